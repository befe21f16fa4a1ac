"""The web chat in a real browser: Debian's Chromium, driven by Playwright, the whole way over HTTP."""

import re
from collections.abc import Iterator

import pytest
from browser import faint, in_a_thread, launched, needed
from starlette.responses import HTMLResponse
from starlette.routing import Route
from web_fake import CANDIDATES, DOMAINS, FORGET, FakeAnswer

from bot.channels.web import create_app, serve
from scripts.chromium import CHROMIUM, FLAGS

playwright = needed()

HOSTS = "--host-resolver-rules=MAP chat.test 127.0.0.1"
ASKED = "低保一年多少钱"
PHONE = {"viewport": {"width": 360, "height": 740}, "reduced_motion": "reduce", "locale": "zh-CN"}


# A page as strict as one can be about what it loads: scripts and frames of the chat's host, nothing else.
HOST = """<!doctype html><html lang="zh"><title>街道</title><h1>街道办事处</h1><button>别的</button>
<script src="http://127.0.0.1:{port}/widget.js" defer></script>"""
STRICT = "default-src 'none'; script-src http://127.0.0.1:{port}; frame-src http://127.0.0.1:{port}"


async def host(request):
    """Another site's page with the widget, under another host name."""
    port = request.url.port
    policy = {"Content-Security-Policy": STRICT.format(port=port)}
    return HTMLResponse(HOST.format(port=port), headers=policy)


async def known(answer_id, verdict, comment):
    return True


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The address of a chat that runs in a thread."""
    app = create_app(FakeAnswer(), judge=known, embed_origins=("*",), routes=(Route("/host", host),))
    with in_a_thread(lambda tell: serve(app, "127.0.0.1", 0, tell)) as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    with launched(playwright, HOSTS) as found:
        yield found


class Visit:
    """A browser window, what its console said, and which hosts it asked."""

    def __init__(self, context, url):
        self.context = context
        self.url = url
        self.page = context.new_page()
        self.complaints = []
        self.hosts = set()
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type != "log" else None)
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))
        context.on("request", lambda r: self.hosts.add(re.match(r"\w+://([^/:]*)", r.url)[1]))
        self.page.goto(url)

    def ask(self, text):
        """Type and press Enter; the reply."""
        before = self.replies.count()
        self.page.get_by_label("您想问什么").fill(text)
        self.page.keyboard.press("Enter")
        return self.reply(before)

    def clear(self):
        """Press 清空重来, and once more for yes."""
        self.page.get_by_role("button", name="清空重来").click()
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="再按就清空").click()

    @property
    def replies(self):
        return self.page.locator("#log > .reply:not(.waiting)")

    def reply(self, number):
        reply = self.replies.nth(number)
        reply.wait_for()
        return reply

    @property
    def said(self):
        return self.page.locator("#log > .own .bubble").all_inner_texts()


@pytest.fixture
def open_chat(browser, url):
    """Opens a window with a browser's options; checks at the end that it was content."""
    visits = []

    def opened(address=url, **options):
        visits.append(Visit(browser.new_context(**PHONE | options), address))
        return visits[-1]

    yield opened
    for visit in visits:
        visit.context.close()
        assert visit.complaints == []
        assert visit.hosts <= {"127.0.0.1", "chat.test"}


def test_typing_and_enter_asks(open_chat):
    visit = open_chat()
    assert "14000元" in visit.ask(ASKED).inner_text()
    assert visit.said == [ASKED]
    question = visit.page.get_by_label("您想问什么")
    assert question.input_value() == ""
    assert question.evaluate("e => e === document.activeElement")


def test_the_send_button_asks(open_chat):
    visit = open_chat()
    visit.page.get_by_label("您想问什么").fill(ASKED)
    visit.page.get_by_role("button", name="发送").click()
    assert "14000元" in visit.reply(1).inner_text()


def test_a_candidate_is_asked_by_its_button(open_chat):
    visit = open_chat()
    visit.ask("小孩的事").get_by_role("button", name=CANDIDATES[0]).click()
    assert "托位4.6个" in visit.reply(2).inner_text()
    assert visit.said == ["小孩的事", CANDIDATES[0]]


def test_a_domain_is_asked_from_the_greeting_and_from_the_row(open_chat):
    visit = open_chat()
    first, second, *_ = DOMAINS
    row = visit.page.get_by_role("navigation", name="十个方面")
    assert not row.is_visible()
    visit.replies.nth(0).get_by_role("button", name=first).click()
    assert "您想看哪一条" in visit.reply(1).inner_text()
    row.get_by_role("button", name=second).click()
    visit.reply(2)
    assert visit.said == [first, second]


def test_the_reply_arrives_in_the_live_region(open_chat):
    visit = open_chat()
    reply = visit.ask(ASKED)
    log = visit.page.get_by_role("log", name="对话")
    assert log.get_attribute("aria-live") == "polite"
    assert log.evaluate("(log, reply) => log.contains(reply)", reply.element_handle())


def test_a_screen_reader_jumps_from_question_to_question(open_chat):
    visit = open_chat()
    visit.ask(ASKED)
    visit.ask("谢谢")
    headings = visit.page.get_by_role("heading")
    assert headings.all_inner_texts() == ["甬问：宁波公共服务问答", ASKED, "谢谢"]
    size = (
        "e => [getComputedStyle(e).fontSize, getComputedStyle(e).fontWeight, getComputedStyle(e).marginTop]"
    )
    assert headings.last.evaluate(size) == ["18px", "400", "0px"], "it looks like a message all the same"


def test_the_start_of_a_long_reply_is_in_view(open_chat):
    visit = open_chat()
    top = visit.ask("老有颐养").bounding_box()["y"]
    header = visit.page.get_by_role("banner").bounding_box()
    assert header["height"] <= top < 250


def test_large_text_stays_after_a_reload(open_chat):
    visit = open_chat()
    size = "() => getComputedStyle(document.documentElement).fontSize"
    switch = visit.page.get_by_role("button", name="大字")
    assert visit.page.evaluate(size) == "18px"
    switch.click()
    assert visit.page.evaluate(size) == "24px"
    visit.page.reload()
    assert visit.page.evaluate(size) == "24px"
    assert switch.get_attribute("aria-pressed") == "true"
    switch.click()
    visit.page.reload()
    assert visit.page.evaluate(size) == "18px"


def top_of(element):
    return element.evaluate("e => e.getBoundingClientRect().top")


def press_where_it_stands(visit, name):
    """As a finger does: Playwright's own click scrolls what stands in the page's head into view first."""
    box = visit.page.get_by_role("button", name=name).bounding_box()
    visit.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_large_text_keeps_ones_place(open_chat):
    visit = open_chat()
    for text in ("小孩的事", "学有优教", ASKED):
        reply = visit.ask(text)
    for _ in range(2):
        before = top_of(reply)
        press_where_it_stands(visit, "大字")
        visit.page.wait_for_timeout(100)
        assert abs(top_of(reply) - before) < 2


def test_in_a_message_longer_than_the_window_the_line_read_keeps_its_place(open_chat):
    visit = open_chat()
    button = visit.ask("学有优教").get_by_role("button").nth(5)
    visit.ask(ASKED)
    button.evaluate("e => scrollTo(0, scrollY + e.getBoundingClientRect().top - 70)")
    before = top_of(button)
    press_where_it_stands(visit, "大字")
    visit.page.wait_for_timeout(100)
    assert abs(top_of(button) - before) < 2


@pytest.mark.parametrize("large", ["0", "1"])
def test_clearing_is_in_view_on_a_phone_and_wants_a_second_press(open_chat, url, large):
    visit = open_chat(f"{url}/?large={large}", viewport={"width": 320, "height": 640})
    visit.ask(ASKED)
    clear = visit.page.get_by_role("button", name="清空重来")
    for _ in range(2):
        box = clear.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 320
        visit.page.locator(".quick form").evaluate("e => e.scrollTo(9999, 0)")
    clear.click()
    assert visit.said == [ASKED]
    visit.page.get_by_role("button", name="再按就清空").wait_for()
    with visit.page.expect_navigation():
        visit.page.get_by_role("button", name="再按就清空").click()
    assert visit.said == []


def test_after_forgetting_nothing_that_was_said_stays_on_the_screen(open_chat):
    visit = open_chat()
    visit.ask("我身份证号330203199001011234")
    visit.page.get_by_label("您想问什么").fill(FORGET)
    visit.page.keyboard.press("Enter")
    visit.page.get_by_text("都删掉了").wait_for()
    assert visit.said == []
    assert visit.replies.count() == 2
    assert "330203" not in visit.page.content()
    assert "14000元" in visit.ask(ASKED).inner_text()


def test_what_to_type_is_told_in_whole_on_the_narrowest_phone(open_chat, url):
    visit = open_chat(f"{url}/?large=1", viewport={"width": 320, "height": 640})
    question = visit.page.get_by_label("您想问什么")
    question.fill(question.get_attribute("placeholder"))
    assert question.evaluate("e => e.scrollWidth <= e.clientWidth")


@pytest.mark.parametrize("host", ["127.0.0.1", "chat.test"], ids=["secure", "plain http"])
def test_everything_works_without_javascript(open_chat, url, host):
    visit = open_chat(url.replace("127.0.0.1", host), java_script_enabled=False)
    assert "14000元" in visit.ask(ASKED).inner_text()
    visit.ask("小孩的事").get_by_role("button", name=CANDIDATES[0]).click()
    assert "托位4.6个" in visit.reply(3).inner_text()
    visit.page.get_by_role("button", name="大字").click()
    assert visit.page.locator("html.large").count() == 1
    assert visit.said == [ASKED, "小孩的事", CANDIDATES[0]]
    visit.page.get_by_role("button", name="清空重来").click()
    assert visit.said == []


def test_without_javascript_a_reload_and_the_way_back_ask_nothing_twice(open_chat):
    visit = open_chat(java_script_enabled=False)
    visit.ask(ASKED)
    visit.ask("谢谢")
    visit.page.reload()
    assert visit.said == [ASKED, "谢谢"]
    visit.page.go_back()
    visit.page.go_forward()
    assert visit.said == [ASKED, "谢谢"]


def test_a_conversation_outlives_a_reload_and_ends_when_cleared(open_chat):
    visit = open_chat()
    visit.ask(ASKED)
    visit.page.reload()
    assert visit.said == [ASKED]
    visit.clear()
    assert visit.said == []
    visit.page.goto(visit.url)
    assert visit.said == []


def test_a_question_in_the_address_is_not_asked_again_on_reload(open_chat, url):
    visit = open_chat(f"{url}/?q={ASKED}")
    visit.ask("谢谢")
    visit.page.reload()
    assert visit.said == [ASKED, "谢谢"]


def test_telephone_numbers_can_be_tapped(open_chat):
    visit = open_chat()
    reply = visit.ask(ASKED)
    links = reply.locator(".bubble").get_by_role("link")
    assert [link.get_attribute("href") for link in links.all()] == ["tel:057489188000", "tel:12345"]
    assert visit.page.get_by_role("banner").get_by_role("link", name="打12345").is_visible()


def test_the_keyboard_alone_is_enough(open_chat):
    visit = open_chat(has_touch=True, is_mobile=True)
    keyboard = visit.page.keyboard
    keyboard.press("Tab")
    assert visit.page.get_by_role("link", name="跳到输入框").evaluate("e => e === document.activeElement")
    keyboard.press("Enter")
    keyboard.insert_text("小孩的事")
    keyboard.press("Enter")
    visit.reply(1)
    focused = "document.activeElement.value"
    for _ in range(20):
        if visit.page.evaluate(focused) == CANDIDATES[-1]:
            break
        keyboard.press("Shift+Tab")
    keyboard.press("Enter")
    assert "不知道" in visit.reply(2).inner_text()
    assert visit.said == ["小孩的事", CANDIDATES[-1]]
    keyboard.press("Tab")
    assert visit.reply(2).locator(":focus").count() == 1, "one goes on from the answer"


def test_enter_that_ends_a_composition_does_not_send(open_chat):
    visit = open_chat()
    question = visit.page.get_by_label("您想问什么")
    question.fill("di bao")
    kept_back = question.evaluate(
        """e => [{isComposing: true}, {keyCode: 229}].map(more => !e.dispatchEvent(
            new KeyboardEvent("keydown", {key: "Enter", bubbles: true, cancelable: true, ...more})))"""
    )
    assert kept_back == [True, True]
    assert visit.said == []


def test_a_second_question_waits_for_the_first_reply(open_chat):
    visit = open_chat()
    held = []
    visit.page.route("**/chat", lambda route: held.append(route))
    question = visit.page.get_by_label("您想问什么")
    for text in (ASKED, "谢谢"):
        question.fill(text)
        visit.page.keyboard.press("Enter")
    assert visit.said == [ASKED]
    assert question.input_value() == "谢谢"
    assert len(held) == 1
    held[0].continue_()
    assert "14000元" in visit.reply(1).inner_text()


def test_a_network_that_fails_leaves_a_telephone_number_and_a_second_try(open_chat):
    visit = open_chat()
    visit.page.route("**/chat", lambda route: route.abort())
    failed = visit.ask(ASKED)
    numbers = [link.get_attribute("href") for link in failed.get_by_role("link").all()]
    assert numbers == ["tel:12345", "tel:110", "tel:119", "tel:120"]
    visit.page.unroute("**/chat")
    failed.get_by_role("button", name="再发一次").click()
    visit.page.get_by_text("14000元").wait_for()
    assert visit.said == [ASKED]
    assert failed.count() == 1
    assert all("ERR_FAILED" in complaint for complaint in visit.complaints)
    visit.complaints.clear()


@pytest.mark.parametrize("width", [320, 360, 1280])
@pytest.mark.parametrize("large", ["0", "1"])
def test_nothing_sticks_out_and_every_target_fits_a_finger(open_chat, url, width, large):
    visit = open_chat(f"{url}/?large={large}", viewport={"width": width, "height": 740})
    for text in (ASKED, "普惠托位", "小孩的事", "着火了", "w" * 200):
        visit.ask(text)
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    targets = visit.page.locator("button, input, a:visible:not(.skip)")
    small = [t.inner_text() for t in targets.all() if (box := t.bounding_box()) and box["height"] < 43.5]
    assert small == []


OVERLAPPING = """() => {
  const boxes = [...document.querySelectorAll(".top strong, .top button, .tool, .ask input, .ask button")]
    .map((e) => e.getBoundingClientRect());
  return boxes.some((a, i) => boxes.slice(i + 1).some((b) =>
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom));
}"""


@pytest.mark.parametrize("large", ["0", "1"])
def test_with_the_phones_own_text_at_twice_its_size_everything_has_room(browser, url, large):
    options = {"executable_path": CHROMIUM, "args": [*FLAGS, "--blink-settings=defaultFontSize=32"]}
    with browser.browser_type.launch(**options) as twice, twice.new_context(**PHONE) as context:
        visit = Visit(context, f"{url}/?large={large}")
        for text in (ASKED, "着火了", "小孩的事"):
            visit.ask(text)
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= 360
        assert not visit.page.evaluate(OVERLAPPING)
        box = visit.page.get_by_label("您想问什么").bounding_box()
        assert box["width"] > 4 * 36, "no room for a few words"
        wrong = visit.replies.nth(1).get_by_role("button", name="答得不对").bounding_box()
        assert wrong["height"] < wrong["width"], "不对 broken in two reads as two buttons"


@pytest.mark.parametrize(("text", "size"), [(32, (360, 640)), (16, (640, 360))], ids=["large", "sideways"])
def test_where_height_is_short_only_the_question_stays_in_view_and_nothing_is_lost(browser, url, text, size):
    options = {"executable_path": CHROMIUM, "args": [*FLAGS, f"--blink-settings=defaultFontSize={text}"]}
    width, height = size
    viewport = {"viewport": {"width": width, "height": height}}
    with browser.browser_type.launch(**options) as other, other.new_context(**PHONE | viewport) as context:
        visit = Visit(context, url)
        reply = visit.ask(ASKED)
        question = visit.page.get_by_label("您想问什么")
        clear = visit.page.get_by_role("button", name="清空重来")
        assert 0 <= reply.bounding_box()["y"] < height / 8, "the answer begins at the top"
        assert question.bounding_box()["y"] > height / 2
        assert clear.bounding_box()["y"] > height, "it takes no room from the answer"
        visit.clear()
        assert visit.said == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_the_contrast_that_wcag_asks_for(open_chat, scheme):
    visit = open_chat(color_scheme=scheme)
    for text in (ASKED, "小孩的事", "着火了"):
        visit.ask(text)
    assert faint(visit.page) == []


def test_on_paper_only_the_conversation_remains(open_chat):
    visit = open_chat()
    reply = visit.ask(ASKED)
    visit.page.emulate_media(media="print")
    assert reply.get_by_text("14000元").is_visible()
    assert not visit.page.get_by_label("您想问什么").is_visible()
    assert not visit.page.get_by_role("button", name="大字").is_visible()


def test_an_answer_is_judged_by_a_press(open_chat):
    visit = open_chat()
    reply = visit.ask(ASKED)
    reply.get_by_role("button", name="答得不对").click()
    reply.get_by_role("status").wait_for()
    assert "谢谢" in reply.get_by_role("status").inner_text()
    assert reply.get_by_role("status").get_by_role("link").get_attribute("href") == "tel:12345"
    assert visit.said == [ASKED]
    visit.page.reload()
    assert visit.replies.nth(1).get_by_role("button", name="答得对").count() == 0


def test_a_judgement_that_does_not_arrive_is_told_and_can_be_given_again(open_chat):
    visit = open_chat()
    reply = visit.ask(ASKED)
    visit.page.route("**/feedback", lambda route: route.abort())
    for _ in range(2):
        reply.get_by_role("button", name="答得不对").click()
        reply.get_by_text("没记下").wait_for()
        assert reply.get_by_role("status").count() == 1
    visit.page.unroute("**/feedback")
    reply.get_by_role("button", name="答得不对").click()
    reply.get_by_text("谢谢").wait_for()
    visit.complaints = [c for c in visit.complaints if "ERR_FAILED" not in c]


@pytest.mark.parametrize("body", ["<h1>502</h1>", "{}", '{"html": "<p>Bad gateway</p>"}', "null", ""])
def test_what_another_server_answers_in_our_place_is_no_reply(open_chat, body):
    visit = open_chat()
    visit.page.route("**/chat", lambda route: route.fulfill(status=502, body=body))
    reply = visit.ask(ASKED)
    assert "没发出去" in reply.inner_text() and "502" not in reply.inner_text()
    visit.page.unroute("**/chat")
    reply.get_by_role("button", name="再发一次").click()
    assert "14000元" in visit.reply(1).inner_text()
    visit.complaints = [c for c in visit.complaints if "502" not in c]


OLD = """
  delete AbortSignal.timeout;
  Object.defineProperty(Event.prototype, "submitter", { value: undefined });
  delete SubmitEvent.prototype.submitter;
  const Whole = FormData;
  window.FormData = function (form) { return new Whole(form); };
"""


def test_the_browser_of_an_old_phone_asks_chooses_and_judges_too(browser, url):
    context = browser.new_context(**PHONE)
    context.add_init_script(OLD)
    visit = Visit(context, url)
    assert "14000元" in visit.ask(ASKED).inner_text()
    visit.ask("小孩的事").get_by_role("button", name=CANDIDATES[0]).click()
    reply = visit.reply(3)
    assert "托位4.6个" in reply.inner_text()
    reply.get_by_role("button", name="答得对").click()
    reply.get_by_text("谢谢").wait_for()
    assert "14000元" in visit.ask(ASKED).inner_text()
    context.close()
    assert visit.complaints == []


def test_an_answer_is_copied_with_its_link(open_chat, url):
    visit = open_chat(permissions=["clipboard-read", "clipboard-write"])
    visit.ask(ASKED).get_by_role("button", name="复制").click()
    visit.page.get_by_role("button", name="已复制").wait_for()
    copied = visit.page.evaluate("navigator.clipboard.readText()")
    assert copied.splitlines()[0] == "低保标准到2025年要到14000元/年。"
    assert "0574-89188000" in copied
    assert copied.endswith(f"{url}/?q=%E4%BD%8E%E4%BF%9D%E6%A0%87%E5%87%86")


def test_without_a_share_sheet_the_link_is_copied(open_chat, url):
    visit = open_chat(url.replace("127.0.0.1", "chat.test"))
    share = visit.ask(ASKED).get_by_role("link", name="分享")
    share.click()
    visit.page.get_by_text("链接已复制").wait_for()
    assert visit.said == [ASKED]


def test_with_a_share_sheet_the_link_is_handed_to_it(open_chat):
    visit = open_chat()
    visit.page.evaluate("void (navigator.share = async (data) => { window.shared = data.url; })")
    visit.ask(ASKED).get_by_role("link", name="分享").click()
    assert visit.page.evaluate("window.shared").endswith("/?q=%E4%BD%8E%E4%BF%9D%E6%A0%87%E5%87%86")


def framed(visit):
    return visit.page.frame_locator("#yongwen-widget iframe")


def ask_framed(visit, text):
    frame = framed(visit)
    frame.get_by_label("您想问什么").fill(text)
    visit.page.keyboard.press("Enter")
    return frame


@pytest.fixture
def host_page(url):
    return f"{url.replace('127.0.0.1', 'chat.test')}/host"


@pytest.mark.parametrize("width", [360, 1280])
def test_the_widget_answers_in_another_sites_page(open_chat, host_page, width):
    visit = open_chat(host_page, viewport={"width": width, "height": 740})
    launcher = visit.page.get_by_role("button", name="问甬问")
    assert launcher.get_attribute("aria-expanded") == "false"
    box = launcher.bounding_box()
    assert min(box["width"], box["height"]) >= 44
    launcher.click()
    frame = ask_framed(visit, ASKED)
    frame.get_by_text("14000元").wait_for()
    panel = visit.page.get_by_role("dialog", name="甬问").bounding_box()
    assert panel["x"] >= 0
    assert panel["x"] + panel["width"] <= width
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    assert frame.locator("html").evaluate("e => e.scrollWidth <= e.clientWidth")
    frame.get_by_role("button", name="社会救助").click()
    frame.locator("#log > .own").nth(1).wait_for()


def test_the_widgets_own_words_grow_with_the_visitors_text(browser, host_page):
    options = {"executable_path": CHROMIUM, "args": [*FLAGS, HOSTS, "--blink-settings=defaultFontSize=32"]}
    with browser.browser_type.launch(**options) as twice, twice.new_context(**PHONE) as context:
        visit = Visit(context, host_page)
        launcher = visit.page.get_by_role("button", name="问甬问")
        assert launcher.evaluate("e => getComputedStyle(e).fontSize") == "32px"
        launcher.click()
        close = visit.page.get_by_role("button", name="关闭")
        box = close.bounding_box()
        assert close.evaluate("e => getComputedStyle(e).fontSize") == "32px"
        assert box["x"] >= 0 and box["x"] + box["width"] <= 360 and box["width"] >= 64
        close.click()
        visit.page.get_by_role("dialog", name="甬问").wait_for(state="hidden")


def test_the_widget_is_opened_and_left_by_keys_alone(open_chat, host_page):
    visit = open_chat(host_page, viewport={"width": 1280, "height": 740})
    keyboard = visit.page.keyboard
    visit.page.get_by_role("button", name="别的").focus()
    keyboard.press("Tab")
    keyboard.press("Enter")
    framed(visit).get_by_label("您想问什么").wait_for()
    panel = visit.page.get_by_role("dialog", name="甬问")
    framed(visit).locator("#question:focus").wait_for()
    keyboard.insert_text(ASKED)
    keyboard.press("Enter")
    framed(visit).get_by_text("14000元").wait_for()
    keyboard.press("Escape")
    panel.wait_for(state="hidden")
    launcher = visit.page.get_by_role("button", name="问甬问")
    assert launcher.evaluate("e => e.getRootNode().activeElement === e")
    keyboard.press("Enter")
    panel.wait_for()
    assert framed(visit).get_by_text("14000元").is_visible()


def test_the_widget_leaves_the_page_around_it_alone(open_chat, host_page):
    visit = open_chat(host_page)
    look = (
        "JSON.stringify([...document.querySelectorAll('h1, button')].map((e) => ({...getComputedStyle(e)})))"
    )
    before = visit.page.evaluate(look)
    visit.page.get_by_role("button", name="问甬问").click()
    framed(visit).get_by_label("您想问什么").wait_for()
    assert visit.page.evaluate(look) == before
    assert visit.page.evaluate("Object.keys(window).filter((k) => /yongwen/i.test(k)).length") == 0
