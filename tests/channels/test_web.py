"""The web chat over HTTP, with a made-up answering function."""

import asyncio
import json
import re
import signal
import socket
from contextlib import asynccontextmanager
from html import unescape

import httpx2
import pytest
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient
from web_fake import CANDIDATES, DOMAINS, FORGET, FORGOTTEN, REPLIES, FakeAnswer, buttons, match

from bot.channels import web_server
from bot.channels.web import create_app, serve
from bot.channels.web_protocol import PatientProtocol
from bot.channels.web_reply import shown
from bot.channels.web_session import MOST_EXCHANGES, MOST_SESSIONS, Sessions, SessionsInMemory
from bot.errors import ChannelError
from bot.messages import Message, Reply

ASKED = "低保一年多少钱"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def answer():
    return FakeAnswer()


@pytest.fixture
def app(answer):
    return create_app(answer)


@pytest.fixture
def client(app):
    return TestClient(app)


def said_and_answered(html):
    """The bubbles of a page in order, bare of tags."""
    log = html.partition('id="log"')[2].partition('<section class="dock"')[0]
    return [re.sub(r"<[^>]+>", "", b).strip() for b in re.findall(r'<h2 class="bubble">.*?</h2>', log, re.S)]


def ask(client, text):
    return client.post("/", data={"text": text}).text


def as_json(client, text):
    response = client.post("/chat", json={"text": text})
    assert response.status_code == 200
    return response.json()


def test_the_page_greets_and_offers_the_ten_domains(client):
    html = client.get("/").text
    assert '<html lang="zh-Hans">' in html
    assert "您好，我是甬问" in html
    assert 'href="tel:12345"' in html
    quick = html.partition('class="quick"')[2].partition("</nav>")[0]
    assert re.findall(r'name="text" value="(.*?)"', quick) == [*DOMAINS, "/start"]


def test_a_form_post_shows_the_question_and_the_reply(client):
    html = ask(client, ASKED)
    assert said_and_answered(html) == [ASKED]
    assert "低保标准到2025年要到14000元/年。" in html


@pytest.mark.parametrize("path", ["/", "/embed"])
def test_a_browser_with_cookies_is_sent_to_the_page_so_that_a_reload_asks_nothing(answer, client, path):
    client.get(path)
    for text, said in ((ASKED, [ASKED]), ("/start", [])):
        sent = client.post(path, data={"text": text}, follow_redirects=False)
        assert (sent.status_code, sent.headers["location"]) == (303, f"{path}#newest")
        for _ in range(2):
            assert said_and_answered(client.get(path).text) == said
    assert [m.text for m in answer.messages].count(ASKED) == 1


class Nowhere(SessionsInMemory):
    """A store that is away."""

    async def load(self, session):
        return []


@pytest.mark.parametrize("cookies", [True, False], ids=["cookies", "no cookies"])
def test_where_nothing_can_be_kept_the_reply_is_shown_all_the_same(answer, cookies):
    client = TestClient(create_app(answer, sessions=Sessions(Nowhere())))
    if cookies:
        client.get("/")
    html = ask(client, ASKED)
    assert said_and_answered(html) == [ASKED]
    assert "低保标准到2025年要到14000元/年。" in html


def test_the_conversation_is_still_there_on_the_next_page(client):
    ask(client, ASKED)
    ask(client, "谢谢")
    html = client.get("/").text
    assert said_and_answered(html) == [ASKED, "谢谢"]
    assert html.count('id="newest"') == 1


def test_both_doors_share_one_conversation(client):
    as_json(client, ASKED)
    assert said_and_answered(client.get("/").text) == [ASKED]


def test_another_visitor_sees_nothing_of_it(app, client):
    ask(client, ASKED)
    assert said_and_answered(TestClient(app).get("/").text) == []


def test_messages_carry_the_session_of_the_cookie(answer, client):
    ask(client, ASKED)
    as_json(client, "谢谢")
    spoken = [m for m in answer.messages if not m.text.startswith("/")]
    cookie = client.cookies["yongwen"]
    assert spoken == [Message(ASKED, cookie, "web", cookie), Message("谢谢", cookie, "web", cookie)]


def test_what_every_page_carries_is_asked_outside_the_session(answer, client):
    client.get("/")
    assert {m.session for m in answer.messages} == {""}


def test_a_question_in_the_address_is_asked_once(answer, client):
    html = client.get("/", params={"q": ASKED}).text
    assert "14000元" in html
    assert said_and_answered(client.get("/", params={"q": ASKED}).text) == [ASKED]
    assert [m.text for m in answer.messages].count(ASKED) == 1
    assert [m.linked for m in answer.messages if m.text == ASKED] == [True]


def test_a_link_clears_nothing(client):
    ask(client, ASKED)
    assert said_and_answered(client.get("/", params={"q": "/start"}).text) == [ASKED]


def test_clearing_starts_a_new_session(client):
    ask(client, ASKED)
    before = client.cookies["yongwen"]
    assert said_and_answered(ask(client, "/start")) == []
    assert client.cookies["yongwen"] != before
    assert said_and_answered(client.get("/").text) == []


def test_after_forgetting_the_page_shows_nothing_of_what_was_said(client):
    ask(client, ASKED)
    html = as_json(client, FORGET)["html"]
    assert FORGOTTEN.text in html and "data-forgets" in html
    assert "data-forgets" not in as_json(client, "谢谢")["html"]
    assert said_and_answered(client.get("/").text) == ["谢谢"]


@pytest.mark.parametrize("door", [ask, as_json])
def test_who_is_forgotten_is_told_so_once_and_goes_on_under_another_name(client, door):
    ask(client, ASKED)
    before = client.cookies["yongwen"]
    assert FORGOTTEN.text in str(door(client, FORGET))
    assert client.cookies["yongwen"] != before
    assert said_and_answered(client.get("/").text) == []


def test_an_empty_question_gets_the_reply_but_no_bubble(client):
    html = ask(client, "  ")
    assert said_and_answered(html) == []
    assert "我没看到字" in html


def test_the_json_route_tells_everything(client):
    data = as_json(client, ASKED)
    assert data.keys() == {"text", "status", "html", "buttons", "phones", "answer_id"}
    assert data["text"] == REPLIES[ASKED].text
    assert data["status"] == "answered"
    assert data["buttons"] == [{"label": n, "text": n} for n in ("社会救助", "救急难")]
    assert data["phones"] == ["0574-89188000", "12345"]


@pytest.mark.parametrize("text", [t for t in REPLIES if t != "/start"])
def test_the_json_route_carries_the_html_of_the_page(client, text):
    html = as_json(client, text)["html"].strip()
    page = client.get("/").text.replace(' id="newest"', "")
    assert html in page


@pytest.mark.parametrize(
    "words", ["<script>alert(1)</script>", "\"'><img src=x onerror=alert(1)>", "{{ 7*7 }}"]
)
def test_what_a_visitor_types_is_never_markup(client, words):
    pages = [ask(client, words), client.get("/", params={"q": words}).text]
    for html in pages:
        assert unescape(said_and_answered(html)[0]) == words
    for html in (*pages, as_json(client, words)["html"]):
        assert "<script>alert" not in html
        assert "<img src=x" not in html


def test_telephone_numbers_in_the_text_can_be_tapped(client):
    html = as_json(client, ASKED)["html"]
    assert '<a href="tel:057489188000">0574-89188000</a>' in html
    assert '<a href="tel:12345">12345</a>' in html


def test_numbers_that_the_text_does_not_name_are_not_added(client):
    assert "tel:" not in as_json(client, "谢谢")["html"]


def test_an_address_in_the_text_is_a_link_without_the_full_stop(client):
    html = as_json(client, "普惠托位")["html"]
    link = "https://www.ningbo.gov.cn/col/index.html?a=1&amp;b=2"
    assert f'<a href="{link}" rel="noopener noreferrer">{link}</a>。可以看。' in html


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "ftp://example.org/"])
def test_no_other_kind_of_address_is_a_link(address):
    [block] = shown(Reply(f"看{address}吧", "answered")).blocks
    assert [piece.link for piece in block.pieces] == [""]


def test_every_line_of_the_reply_is_a_line_of_the_page(client):
    html = as_json(client, "普惠托位")["html"]
    assert len(re.findall(r"<p>.*?</p>", html, re.S)) == len(REPLIES["普惠托位"].text.splitlines())


def test_listed_candidates_become_buttons_in_their_place(client):
    html = as_json(client, "小孩的事")["html"]
    assert re.findall(r'<button name="text" value="(.*?)"', html) == list(CANDIDATES)
    assert html.index("您想问的是哪一个") < html.index(CANDIDATES[0]) < html.index("都不是的话")


def test_a_list_of_names_is_not_said_twice(client):
    html = as_json(client, "量子力学")["html"]
    assert re.findall(r'<button name="text" value="(.*?)"', html) == list(DOMAINS)
    assert "、".join(DOMAINS) not in html


@pytest.mark.parametrize("line", ["1. 乙", "2. 甲", "3. 丙", "0. 甲", "1. 甲乙", "1、甲,怎么样", "甲"])
def test_lines_that_do_not_match_the_buttons_stay_text(line):
    reply = Reply(line, "clarify", buttons=buttons("甲", "乙"))
    laid_out = shown(reply)
    assert [b.pieces[0].text for b in laid_out.blocks] == [line]
    assert laid_out.buttons == reply.buttons


@pytest.mark.parametrize("line", ["2. 乙", "2.乙 ", "2、乙(丙)", "2\uff0e 乙 \uff08丙\uff09"])
def test_a_numbered_line_of_a_button_is_the_button(line):
    reply = Reply(line, "clarify", buttons=buttons("甲", "乙"))
    laid_out = shown(reply)
    [choice] = laid_out.blocks[0].choices
    assert (choice.button.label, choice.note) == ("乙", "丙" if "丙" in line else "")
    assert laid_out.buttons == reply.buttons[:1]


def test_an_emergency_has_one_big_call_for_the_number_it_names(client):
    html = as_json(client, "着火了")["html"]
    assert re.findall(r'class="call" href="(.*?)"', html) == ["tel:119"]


def test_the_session_cookie_is_closed_to_scripts_and_other_sites(client):
    [cookie] = client.get("/").headers.get_list("set-cookie")
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    assert "set-cookie" not in client.get("/").headers


def test_the_session_cookie_is_secure_over_https(app):
    client = TestClient(app, base_url="https://testserver")
    assert "Secure" in client.get("/").headers["set-cookie"]


@pytest.mark.parametrize("made_up", ["x", "a" * 33, "../../etc", "a" * 5000])
def test_a_made_up_session_is_replaced(answer, app, made_up):
    client = TestClient(app, headers={"cookie": f"yongwen={made_up}"})
    ask(client, ASKED)
    [message] = [m for m in answer.messages if m.text == ASKED]
    assert re.fullmatch(r"[\w-]{32}", message.session)


def test_large_text_is_remembered_without_javascript(client):
    assert '<html lang="zh-Hans" class="large">' in client.get("/?large=1").text
    html = client.get("/").text
    assert '<html lang="zh-Hans" class="large">' in html
    assert 'name="large" value="0" aria-pressed="true"' in html
    assert 'class="large"' in client.get("/nowhere").text
    assert '<html lang="zh-Hans">' in client.get("/?large=0").text
    assert '<html lang="zh-Hans">' in client.get("/").text


REFUSED = {
    "unknown path": (404, "GET", "/nowhere", {}),
    "unknown file": (404, "GET", "/static/chat.html", {}),
    "out of the folder": (404, "GET", "/static/..%2Fchat.html", {}),
    "wrong method": (405, "DELETE", "/", {}),
    "wrong method at the JSON route": (405, "GET", "/chat", {}),
    "another kind of form": (415, "POST", "/", {"files": {"text": b"x"}}),
    "no kind at all": (415, "POST", "/", {"content": b"text=x"}),
    "form at the JSON route": (415, "POST", "/chat", {"data": {"text": "x"}}),
    "broken JSON": (400, "POST", "/chat", {"json_text": "{"}),
    "not an object": (400, "POST", "/chat", {"json_text": "[1]"}),
    "no text": (400, "POST", "/chat", {"json": {"words": "x"}}),
    "text not a string": (400, "POST", "/chat", {"json": {"text": 5}}),
    "text null": (400, "POST", "/chat", {"json": {"text": None}}),
    "half a character": (400, "POST", "/chat", {"json_text": '{"text": "\\ud800"}'}),
    "too deep": (400, "POST", "/chat", {"json_text": "[" * 60_000}),
    "JSON not UTF-8": (400, "POST", "/chat", {"json_text": '{"text": "低保"}'.encode("gbk")}),
    "form not UTF-8": (400, "POST", "/", {"form_text": "text=低保".encode("gbk")}),
    "form escapes not UTF-8": (400, "POST", "/", {"form_text": b"text=%b5%cd"}),
    "too many fields": (400, "POST", "/", {"form_text": b"a=1&" * 100}),
    "form too long": (413, "POST", "/", {"data": {"text": "x" * 70_000}}),
    "JSON too long": (413, "POST", "/chat", {"json": {"text": "x" * 70_000}}),
    "endless": (413, "POST", "/chat", {"json_text": (b"x" * 1000 for _ in range(100))}),
}


def refuse(client, method, path, body):
    body = dict(body)
    for key, kind in (("json_text", "application/json"), ("form_text", FORM)):
        if key in body:
            body = {"content": body[key], "headers": {"content-type": kind}}
    return client.request(method, path, **body)


@pytest.mark.parametrize(("status", "method", "path", "body"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_gets_a_kind_sentence(answer, client, status, method, path, body):
    response = refuse(client, method, path, body)
    assert response.status_code == status
    text = response.json()["html"] if path == "/chat" else response.text
    assert re.search(r"[\u4e00-\u9fff]{4}", text)
    assert "Traceback" not in text
    assert answer.messages == []


def test_the_wrong_method_names_the_right_ones(client):
    assert set(client.delete("/").headers["allow"].split(", ")) == {"GET", "HEAD", "POST"}


def test_a_form_may_hold_unescaped_utf8(client):
    response = client.post("/", content="text=低保一年多少钱".encode(), headers={"content-type": FORM})
    assert said_and_answered(response.text) == [ASKED]


@pytest.mark.parametrize("path", ["/", "/chat"])
def test_a_failure_inside_shows_no_traceback(path):
    async def broken(message):
        raise RuntimeError("secret detail")

    body = {"json": {"text": "x"}} if path == "/chat" else {"data": {"text": "x"}}
    response = TestClient(create_app(broken)).post(path, **body)
    assert response.status_code == 500
    assert "出了点问题" in response.text
    assert "secret" not in response.text


ELSEWHERE = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"origin": "https://evil.example"},
    {"origin": "http://testserver.evil.example"},
    {"origin": "http://testserver:81"},
]


@pytest.mark.parametrize("path", ["/", "/chat"])
@pytest.mark.parametrize("headers", ELSEWHERE, ids=str)
def test_posts_from_other_sites_are_refused(answer, client, path, headers):
    body = {"json": {"text": ASKED}} if path == "/chat" else {"data": {"text": ASKED}}
    assert client.post(path, headers=headers, **body).status_code == 403
    assert answer.messages == []


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "same-origin", "origin": "null"},
        {"sec-fetch-site": "none"},
        {"origin": "http://testserver"},
        {"origin": "null"},
        {},
    ],
    ids=str,
)
def test_posts_from_our_own_page_are_taken(client, headers):
    assert client.post("/", data={"text": ASKED}, headers=headers).status_code == 200


def test_a_link_from_another_site_may_ask(client):
    response = client.get("/", params={"q": ASKED}, headers={"sec-fetch-site": "cross-site"})
    assert "14000元" in response.text


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("HEAD", "/"),
        ("GET", "/nowhere"),
        ("PUT", "/"),
        ("POST", "/chat"),
        ("GET", "/static/chat.js"),
    ],
)
def test_every_response_carries_the_security_headers(client, method, path):
    headers = client.request(method, path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_pages_are_not_kept_by_caches(client):
    assert client.get("/").headers["cache-control"] == "no-store"
    assert client.post("/chat", json={"text": ASKED}).headers["cache-control"] == "no-store"


def test_no_page_needs_another_host_or_inline_code(client):
    html = client.get("/").text
    assert re.findall(r'(?:src|href|action)="(?!/|tel:|#)([^"]*)"', html) == []
    assert not re.search(r"<style|style=|<script>|\son\w+=", html)
    for name in ("chat.css", "chat.js"):
        assert not re.search(
            r"https?:|//\w|@import|url\(", re.sub(r"//.*", "", client.get(f"/static/{name}").text)
        )


def test_static_files_are_kept_for_ever_under_their_hash(client):
    links = re.findall(r'"(/static/[^"]+)"', client.get("/").text)
    assert {link.partition("?")[0] for link in links} == {
        "/static/chat.css", "/static/chat.js", "/static/favicon.svg",
    }  # fmt: skip
    for link in links:
        response = client.get(link)
        assert response.status_code == 200
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_static_files_without_their_hash_are_asked_for_again(client):
    first = client.get("/static/chat.css")
    assert first.headers["cache-control"] == "no-cache"
    assert first.headers["content-type"] == "text/css; charset=utf-8"
    again = client.get("/static/chat.css", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_session_keeps_its_last_exchanges(client):
    for i in range(MOST_EXCHANGES + 3):
        as_json(client, f"第{i}问")
    said = said_and_answered(client.get("/").text)
    assert said == [f"第{i}问" for i in range(3, MOST_EXCHANGES + 3)]


def test_a_very_long_question_is_kept_shortened(client):
    [said] = said_and_answered(ask(client, "问" * 5000))
    assert said == "问" * 600 + "…"


@pytest.mark.parametrize("asked", [ASKED, "房子", "着火了"])
def test_what_is_shown_again_is_what_was_shown(client, asked):
    """All of it but where to look first: choices, buttons, links, feedback."""
    first, again = ask(client, asked), client.get("/").text
    assert 'id="newest"' in first
    assert again == first


def test_pages_that_share_a_store_show_the_same(answer):
    store = SessionsInMemory()
    one, other = (TestClient(create_app(answer, sessions=Sessions(store))) for _ in range(2))
    ask(one, ASKED)
    other.cookies.update(one.cookies)
    assert said_and_answered(other.get("/").text) == [ASKED]
    ask(other, "谢谢")
    assert said_and_answered(one.get("/").text) == [ASKED, "谢谢"]


def test_of_what_was_said_only_what_the_mask_leaves_is_kept(answer):
    store = SessionsInMemory()
    sessions = Sessions(store, lambda said: said.replace("13800138000", "***"))
    client = TestClient(create_app(answer, sessions=sessions))
    asked = f"{ASKED}，我的号码13800138000"
    assert said_and_answered(client.get("/", params={"q": asked}).text) == [f"{ASKED}，我的号码***"]
    assert said_and_answered(client.get("/", params={"q": asked}).text) == [f"{ASKED}，我的号码***"], (
        "a reload"
    )
    kept = asyncio.run(store.load(client.cookies["yongwen"]))
    assert [exchange["said"] for exchange in kept] == [f"{ASKED}，我的号码***"]


async def _room_is_made():
    sessions = Sessions()
    for i in range(MOST_SESSIONS):
        await sessions.add(str(i), "一", REPLIES[ASKED])
    await sessions.add("0", "二", REPLIES[ASKED])
    await sessions.add("one more", "一", REPLIES[ASKED])
    assert await sessions.exchanges("1") == ()
    assert [exchange.said for exchange in await sessions.exchanges("0")] == ["一", "二"]


def test_the_session_used_longest_ago_makes_room():
    asyncio.run(_room_is_made())


def test_the_lifespan_is_run():
    seen = []

    @asynccontextmanager
    async def lifespan(app):
        seen.append("up")
        yield
        seen.append("down")

    with TestClient(create_app(FakeAnswer(), lifespan)) as client:
        assert client.get("/").status_code == 200
    assert seen == ["up", "down"]


async def serving(app, proxies=()):
    """The task that serves on a free port, and its address."""
    url = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(serve(app, "127.0.0.1", 0, url.set_result, proxies))
    return task, await url


@pytest.mark.anyio
async def test_serve_answers_and_stops_when_cancelled(app):
    task, url = await serving(app)
    async with httpx2.AsyncClient(base_url=url, trust_env=False) as client:
        response = await client.post("/chat", json={"text": ASKED})
    assert json.loads(response.content)["status"] == "answered"
    assert "server" not in response.headers
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("proxies", "seen"),
    [(["127.0.0.0/8"], "https 192.0.2.7"), (["192.0.2.0/24"], "http 127.0.0.1"), ([], "http 127.0.0.1")],
)
async def test_only_a_known_proxy_is_believed_who_a_visitor_is(answer, proxies, seen):
    async def told(request):
        return Response(f"{request.url.scheme} {request.client.host}")

    task, url = await serving(create_app(answer, routes=[Route("/told", told)]), proxies)
    forwarded = {"X-Forwarded-For": "198.51.100.1, 192.0.2.7", "X-Forwarded-Proto": "https"}
    async with httpx2.AsyncClient(base_url=url, trust_env=False) as client:
        response = await client.get("/told", headers=forwarded)
    task.cancel()
    await asyncio.wait([task])
    assert response.text == seen


@pytest.mark.anyio
async def test_a_reply_does_not_wait_for_the_visitor_to_confirm_its_head(app, monkeypatch):
    """Head and body leave apart: by the socket's default the body would wait some 40 ms."""
    at_once = []

    class Watched(PatientProtocol):
        def connection_made(self, transport):
            accepted = transport.get_extra_info("socket")
            at_once.append(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            super().connection_made(transport)

    monkeypatch.setattr(web_server, "PatientProtocol", Watched)
    task, url = await serving(app)
    async with httpx2.AsyncClient(base_url=url, trust_env=False) as client:
        assert (await client.get("/")).status_code == 200
    task.cancel()
    await asyncio.wait([task])
    assert at_once
    assert all(at_once)


@pytest.mark.anyio
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_serve_returns_on_a_signal_and_gives_the_handlers_back(app, number):
    before = signal.getsignal(number)
    task, _ = await serving(app)
    signal.raise_signal(number)
    await task
    assert signal.getsignal(number) is before


@pytest.mark.anyio
async def test_a_port_in_use_is_an_error_for_the_operator(app):
    task, url = await serving(app)
    port = int(url.rpartition(":")[2])
    with pytest.raises(ChannelError, match=rf"cannot listen on 127\.0\.0\.1 port {port}: .*in use"):
        await serve(app, "127.0.0.1", port)
    task.cancel()
    await asyncio.wait([task])


@pytest.mark.anyio
async def test_a_lifespan_that_fails_is_an_error_for_the_operator():
    @asynccontextmanager
    async def broken(app):
        raise RuntimeError("no database")
        yield

    with pytest.raises(ChannelError, match="could not start"):
        await serve(create_app(FakeAnswer(), broken), "127.0.0.1", 0)


def test_further_routes_share_the_server_its_headers_and_its_kind_errors(answer):
    async def other(request):
        raise RuntimeError("secret detail")

    client = TestClient(create_app(answer, routes=(Route("/other", other),)))
    assert client.get("/").status_code == 200
    response = client.get("/other")
    assert response.status_code == 500
    assert "出了点问题" in response.text
    assert response.headers["x-content-type-options"] == "nosniff"


def test_a_door_without_cookies_may_be_posted_to_from_another_site(answer):
    async def heard(request):
        return Response("heard")

    client = TestClient(create_app(answer, routes=(Route("/api/v1/ask", heard, methods=["POST"]),)))
    assert client.post("/api/v1/ask", headers={"origin": "https://elsewhere.example"}).text == "heard"


def test_a_route_may_set_its_own_security_policy(answer):
    async def own(request):
        return Response(headers={"Content-Security-Policy": "default-src 'self'"})

    response = TestClient(create_app(answer, routes=(Route("/own", own),))).get("/own")
    assert response.headers["content-security-policy"] == "default-src 'self'"


class Verdicts:
    """Keeps feedback; knows the answers whose id begins with `id-`."""

    def __init__(self):
        self.given = []

    async def __call__(self, answer_id, verdict, comment):
        self.given.append((answer_id, verdict))
        return answer_id.startswith("id-")


@pytest.fixture
def verdicts():
    return Verdicts()


@pytest.fixture
def judged(answer, verdicts):
    return TestClient(create_app(answer, judge=verdicts, embed_origins=("https://www.example.org",)))


def test_an_answer_can_be_judged_without_javascript(judged, verdicts):
    html = ask(judged, ASKED)
    [id_] = re.findall(r'name="answer" value="([^"]+)"', html)
    page = judged.post("/feedback", data={"answer": id_, "verdict": "wrong"})
    assert verdicts.given == [("id-低保标准", "wrong")]
    assert [r.status_code for r in page.history] == [303]
    assert "谢谢，记下了" in page.text
    assert 'name="answer"' not in page.text


def test_what_is_no_answer_to_judge_is_not_asked_about(judged):
    for text in ("着火了", "谢谢", "", "太长", "9"):
        assert 'name="answer"' not in as_json(judged, text)["html"]
    assert 'name="answer" value="id-clarify"' in as_json(judged, "小孩的事")["html"]


@pytest.mark.parametrize(("verdict", "calls"), [("right", 0), ("wrong", 1)])
def test_whoever_says_it_is_wrong_is_told_whom_to_call(judged, verdict, calls):
    ask(judged, ASKED)
    page = judged.post("/feedback", data={"answer": "id-低保标准", "verdict": verdict}).text
    thanks = page.partition('class="thanks"')[2].partition("</p>")[0]
    assert thanks.count('href="tel:12345"') == calls


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"answer": "other", "verdict": "right"}, 404),
        ({"answer": "id-x", "verdict": "maybe"}, 400),
        ({"answer": "id-x"}, 400),
        ({"verdict": "right"}, 400),
        ({"answer": "i" * 65, "verdict": "right"}, 400),
        ({"answer": "id-\0", "verdict": "right"}, 400),
    ],
)
def test_feedback_that_means_nothing_is_refused(judged, verdicts, fields, status):
    assert judged.post("/feedback", data=fields).status_code == status
    assert len(verdicts.given) == (status == 404)


def test_a_shared_link_asks_for_the_service_not_in_the_visitors_own_words(judged):
    [link] = re.findall(r'href="([^"]+)" data-share', as_json(judged, ASKED)["html"])
    assert link == "/?q=%E4%BD%8E%E4%BF%9D%E6%A0%87%E5%87%86"
    assert said_and_answered(judged.get(link).text)[-1] == "低保标准"


def test_only_answers_are_shared(judged):
    for text in ("小孩的事", "着火了", "谢谢", "天气"):
        assert "data-share" not in as_json(judged, text)["html"]


def test_several_answers_are_shared_by_their_question():
    reply = Reply("一\n二", "answered", 0.9, (match("甲"), match("乙")))
    assert shown(reply, "甲和乙").asks == "甲和乙"


def test_the_frame_is_for_the_named_sites_only(judged):
    policies = {p: judged.get(p).headers["content-security-policy"] for p in ("/", "/embed")}
    assert policies["/"].endswith("frame-ancestors 'self'")
    assert policies["/embed"].endswith("frame-ancestors 'self' https://www.example.org")
    assert judged.put("/embed").headers["content-security-policy"] == policies["/embed"]


def framed_session(html):
    return set(re.findall(r'name="session" value="([^"]+)"', html))


def test_a_frame_without_cookies_keeps_its_conversation(answer, judged):
    [session] = framed_session(judged.get("/embed").text)
    for text in (ASKED, "谢谢"):
        judged.cookies.clear()
        html = judged.post("/chat", json={"text": text, "session": session}).json()["html"]
        assert framed_session(html) <= {session}
    judged.cookies.clear()
    html = judged.post("/embed", data={"text": "小孩的事", "session": session}).text
    assert said_and_answered(html) == [ASKED, "谢谢", "小孩的事"]
    assert framed_session(html) == {session}
    assert {m.session for m in answer.messages if not m.text.startswith("/")} == {session}


def test_a_frame_and_the_page_are_two_conversations(judged):
    ask(judged, ASKED)
    assert said_and_answered(judged.get("/embed").text) == []


def test_a_made_up_session_is_not_taken(judged):
    [session] = framed_session(judged.post("/embed", data={"text": "x", "session": "guess"}).text)
    assert session != "guess"


def test_over_https_the_frames_cookie_is_one_that_third_parties_may_have(answer):
    client = TestClient(create_app(answer), base_url="https://testserver")
    header = client.get("/embed").headers["set-cookie"]
    assert header.startswith("yongwen-embed=")
    assert {"Secure", "HttpOnly", "SameSite=None", "Partitioned"} <= set(header.split("; "))
    assert "SameSite=lax" in client.get("/").headers["set-cookie"]


def test_the_widget_may_be_loaded_by_any_page_and_is_asked_for_again(judged):
    first = judged.get("/widget.js")
    assert first.headers["cross-origin-resource-policy"] == "cross-origin"
    assert first.headers["content-type"].startswith("text/javascript")
    assert judged.get("/widget.js", headers={"if-none-match": first.headers["etag"]}).status_code == 304
