"""The console in a real browser: from two fresh accounts to an answer released and rolled back."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from browser import faint, in_a_thread, launched, needed
from console_world import PASSWORD, settings

from bot.app.serving import serve

playwright = needed()

ASKED, LIKEWISE = "地铁末班车几点", "宁波地铁几点关门"
PATIENCE_MS = 120_000


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the whole service, started as the command starts it."""
    made = replace(settings(tmp_path_factory.mktemp("service")), port=0)
    with in_a_thread(lambda tell: serve(made, tell)) as said:
        yield re.search(r"http://[\w.:]+", said)[0]


@pytest.fixture(scope="module")
def browser(url):
    """Started after the service: Playwright keeps a loop of its own running in this thread."""
    with launched(playwright) as found:
        yield found


class Seat:
    """Somebody at a browser window: counts presses, and keeps what the browser complained of."""

    def __init__(self, browser, url, **options):
        options = {"viewport": {"width": 360, "height": 740}, "locale": "zh-CN"} | options
        self.context = browser.new_context(**options)
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.url = url
        self.clicks = 0
        self.complaints: list[str] = []
        self.hosts: set[str] = set()
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type != "log" else None)
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))
        self.context.on("request", lambda r: self.hosts.add(re.match(r"\w+://([^/:]*)", r.url)[1]))

    def open(self, path: str) -> None:
        self.page.goto(self.url + path)

    def press(self, name: str, role: str = "button") -> None:
        """Press the first button (or link) of this name and wait for the page it leads to."""
        self.clicks += 1
        self.page.get_by_role(role, name=name).first.click()
        self.page.wait_for_load_state()

    def unfold(self, text: str) -> None:
        self.clicks += 1
        self.page.locator("summary", has_text=text).first.click()

    def sign_in(self, name: str) -> None:
        self.open("/staff")
        self.page.get_by_label("账号").fill(name)
        self.page.get_by_label("密码").fill(PASSWORD)
        self.press("登录")

    def reads(self, text: str) -> None:
        """Wait until the page says this."""
        self.page.get_by_text(text).first.wait_for()

    def ask(self, text: str) -> str:
        """Ask the chat; the reply's text."""
        replies = self.page.locator("#log > .reply:not(.waiting)")
        before = replies.count()
        self.page.get_by_label("您想问什么").fill(text)
        self.page.keyboard.press("Enter")
        replies.nth(before).wait_for()
        return replies.nth(before).inner_text()

    def ask_until(self, text: str, known: bool) -> None:
        """Ask until the chat knows it, or no longer does."""
        end = time.monotonic() + PATIENCE_MS / 1000
        while ("老年食堂到2025年" in self.ask(text)) is not known:
            assert time.monotonic() < end


@pytest.fixture
def seat(browser, url):
    """Makes a seat; checks at the end that its browser was content."""
    seats = []

    def made(**options):
        seats.append(Seat(browser, url, **options))
        return seats[-1]

    yield made
    for one in seats:
        one.context.close()
        assert one.complaints == []
        assert one.hosts <= {"127.0.0.1"}


@contextmanager
def counted(figures: dict[str, tuple[int, float]], what: str, *seats: Seat):
    """Note the presses and the seconds a stretch of the story took."""
    clicks, started = sum(s.clicks for s in seats), time.perf_counter()
    yield
    figures[what] = (sum(s.clicks for s in seats) - clicks, time.perf_counter() - started)


def _create_accounts(admin: Seat) -> None:
    for name, role in (("新编辑", "编辑"), ("新审核", "审核")):
        admin.page.get_by_label("账号", exact=True).fill(name)
        admin.page.get_by_label("密码", exact=True).fill(PASSWORD)
        admin.page.locator("#role").select_option(label=role)
        admin.press("新建")
        admin.reads("账号建好了")


def _attach(editor: Seat) -> None:
    editor.unfold(ASKED)
    group = editor.page.locator("details[open]")
    group.get_by_label("别的服务").select_option(label="老年食堂")
    editor.clicks += 1
    group.get_by_role("button", name="归到选的服务").click()
    editor.reads("放进了草稿")


def _review_and_release(reviewer: Seat) -> None:
    reviewer.press("补问法：老年食堂", role="link")
    reviewer.press("审核通过")
    reviewer.press("发布")
    reviewer.reads("发布好了")


def _roll_back(reviewer: Seat) -> None:
    reviewer.press("第 1 版", role="link")
    reviewer.page.get_by_label("为什么退回").fill("弄错了")
    reviewer.press("整个退回到这一版")
    reviewer.reads("整个退回到第 1 版？")
    reviewer.press("退回")
    reviewer.reads("第 3 版")


def test_from_two_fresh_accounts_to_an_answer_and_back(seat, capsys):
    """Learning runs in a process of its own, as it does in service: some seconds."""
    figures: dict[str, tuple[int, float]] = {}
    admin, editor, reviewer, resident = seat(), seat(), seat(viewport={"width": 1280, "height": 800}), seat()
    admin.sign_in("管理")
    admin.open("/staff/users")
    with counted(figures, "create two accounts", admin):
        _create_accounts(admin)
    resident.open("/")
    resident.ask_until(ASKED, known=False)
    resident.ask(LIKEWISE)
    editor.sign_in("新编辑")
    while not editor.page.get_by_text(ASKED).count():
        editor.open("/staff")
    with counted(figures, "from the question to a draft", editor):
        _attach(editor)
    with counted(figures, "hand in", editor):
        editor.press("送审")
        editor.reads("等同事审核")
    assert not editor.page.get_by_role("button", name="审核通过").count()
    reviewer.sign_in("新审核")
    with counted(figures, "review and release", reviewer):
        _review_and_release(reviewer)
    with counted(figures, "until the chat answers it", resident):
        resident.ask_until(ASKED, known=True)
    reviewer.open("/staff/history")
    with counted(figures, "roll back", reviewer):
        _roll_back(reviewer)
    with counted(figures, "until the chat no longer does", resident):
        resident.ask_until(ASKED, known=False)
    with capsys.disabled():
        print("", *(f"{what}: {n} clicks, {s:.1f} s" for what, (n, s) in figures.items()), sep="\n  ")
    clicks = {what: n for what, (n, _) in figures.items()}
    assert clicks["from the question to a draft"] == 2
    assert clicks["hand in"] == 1
    assert clicks["review and release"] == 3
    assert clicks["roll back"] == 3


PAGES = (
    "/staff",
    "/staff/knowledge",
    "/staff/knowledge/replies",
    "/staff/knowledge/services/kitchen",
    "/staff/cut?sentence=去地铁站的路&word=地铁站",
    "/staff/drafts",
    "/staff/history",
    "/staff/history/1",
    "/staff/exchange",
    "/staff/channels",
    "/staff/users",
    "/staff/password",
)
SMALL = """() => [...document.querySelectorAll("button, select, input:not([type=hidden]), .menu a")]
  .filter((e) => e.checkVisibility())
  .filter((e) => (e.closest("label.tick") ?? e).getBoundingClientRect().height < 43.5)
  .map((e) => e.outerHTML)"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_fits_can_be_read_and_pressed(seat, width, scheme):
    visit = seat(viewport={"width": width, "height": 740}, color_scheme=scheme)
    visit.sign_in("管理")
    for path in PAGES:
        visit.open(path)
        for fold in visit.page.locator("details > summary").all():
            fold.click()
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert faint(visit.page, "body *:not(svg *)", ".unseen, .skip") == [], path
        assert visit.page.evaluate(SMALL) == [], path


def test_the_keyboard_alone_reaches_everything_with_the_focus_in_sight(seat):
    visit = seat()
    visit.sign_in("管理")
    visit.open("/staff/knowledge/services/kitchen")
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.textContent") == "跳到正文"
    visit.page.keyboard.press("Enter")
    assert visit.page.evaluate("location.hash") == "#main"
    seen = set()
    for _ in range(120):
        visit.page.keyboard.press("Tab")
        name, outline = visit.page.evaluate(
            "[document.activeElement.value || document.activeElement.name || document.activeElement.tagName,"
            " getComputedStyle(document.activeElement).outlineStyle]"
        )
        assert outline != "none" or name == "BODY", name
        seen.add(name)
    assert {"look", "try", "save", "remove"} <= seen


def test_everything_works_without_javascript(seat):
    visit = seat(java_script_enabled=False)
    visit.sign_in("管理")
    visit.open("/staff/knowledge/services/kitchen")
    visit.page.get_by_label("一句话答案").fill("老年食堂有999家。")
    visit.press("检查并预览")
    assert "999" in visit.page.locator("#summary-fault").inner_text()
    visit.page.get_by_label("一句话答案").fill("老年食堂到2025年要有130家!")
    visit.press("存入草稿")
    assert "没有不对的地方" in visit.page.inner_text("main")
    visit.press("试答：谁的回答会变")
    visit.reads("字句变了的")


def test_words_not_yet_saved_are_asked_about_before_they_are_lost(seat):
    visit = seat()
    visit.sign_in("管理")
    visit.open("/staff/knowledge/services/kitchen")
    asked: list[str] = []
    visit.page.on("dialog", lambda d: (asked.append(d.type), d.accept()))
    visit.page.get_by_label("一句话答案").fill("别的话")
    visit.page.get_by_label("一句话答案").press("End")
    visit.open("/staff")
    assert asked == ["beforeunload"]


@pytest.mark.parametrize("scripts", [True, False])
def test_what_was_typed_when_the_time_was_up_is_there_after_signing_in(seat, scripts):
    visit = seat(java_script_enabled=scripts)
    visit.sign_in("管理")
    visit.open("/staff/knowledge/services/kitchen")
    visit.page.get_by_label("一句话答案").fill("写了很久的话。")
    visit.context.clear_cookies(name="yongwen-staff")
    visit.press("存入草稿")
    visit.reads("没有丢")
    assert visit.page.locator("textarea:visible, input:visible").count() == 2
    visit.page.get_by_label("账号").fill("管理")
    visit.page.get_by_label("密码").fill(PASSWORD)
    visit.press("登录")
    assert not visit.page.locator("textarea:visible, input:visible").count()
    visit.press("回到表单")
    assert visit.page.get_by_label("一句话答案").input_value() == "写了很久的话。"
    visit.complaints = [c for c in visit.complaints if "403" not in c]  # where the form came too late
