"""Signing in and out, and that nothing opens without."""

import re
from html import unescape

import pytest
from console_world import PASSWORD, another
from starlette.testclient import TestClient

from bot.staff.console.access import BEFORE_SIGN_IN, COOKIE
from bot.staff.console.kept import LONGEST_KEPT
from bot.staff.throttle import MOST_PER_SOURCE

PAGES = (
    "/staff",
    "/staff/knowledge",
    "/staff/knowledge/replies",
    "/staff/knowledge/services/kitchen",
    "/staff/cut",
    "/staff/drafts",
    "/staff/drafts/000000000000",
    "/staff/jobs/x",
    "/staff/history",
    "/staff/history/1",
    "/staff/exchange",
    "/staff/channels",
    "/staff/users",
    "/staff/password",
    "/staff/no-such-page",
)
FORMS = (
    "/staff/asked",
    "/staff/settle",
    "/staff/verified",
    "/staff/knowledge/services/kitchen",
    "/staff/drafts/x",
    "/staff/drafts/x/rebase",
    "/staff/jobs/x",
    "/staff/history/1/back",
    "/staff/exchange/x",
    "/staff/channels/x",
    "/staff/users",
    "/staff/users/x",
    "/staff/sign-out",
    "/staff/password",
)


def every_route(client: TestClient) -> set[tuple[str, str]]:
    """(method, path) of all routes of the console, as the app holds them."""
    routes = [r for r in client.app.app.routes if getattr(r, "path", "").startswith("/staff")]
    return {(m, r.path) for r in routes for m in r.methods - {"HEAD"}}


def test_the_lists_above_name_every_route_of_the_console(client):
    def known(method: str, path: str) -> bool:
        pattern = re.sub(r"\{[^}]+\}", "[^/]+", path)
        return any(re.fullmatch(pattern, p) for p in (PAGES if method == "GET" else FORMS))

    routes = every_route(client)
    assert len(routes) > 20
    open_to_all = {("GET", "/staff/sign-in"), ("POST", "/staff/sign-in"), ("GET", "/staff/static/{name}")}
    open_to_all |= {("GET", "/staff/")}  # which only says where /staff is
    left = {("POST", "/staff/{rest:path}"), ("GET", "/staff/exchange/{key}")}
    assert not {r for r in routes - open_to_all - left if not known(*r)}


@pytest.mark.parametrize("path", PAGES)
def test_no_page_opens_without_signing_in(client, path):
    response = another(client).client.get(path, follow_redirects=False)
    assert response.status_code == 303
    assert response.headers["location"].startswith("/staff/sign-in?next=")


@pytest.mark.parametrize("path", FORMS)
def test_no_form_is_taken_without_signing_in(client, path):
    response = another(client).client.post(path, data={"do": "save"}, follow_redirects=False)
    done = "signed-out" if path == "/staff/sign-out" else "expired"
    assert (response.status_code, response.headers["location"]) == (303, f"/staff/sign-in?done={done}")


@pytest.mark.parametrize("path", FORMS)
def test_no_form_is_taken_without_its_sessions_token(editor, admin, path):
    editor.get("/staff/drafts")
    someone_elses = re.search(r'name="token" value="(\w+)"', admin.get("/staff"))[1]
    for token in ({}, {"token": ""}, {"token": "0" * 64}, {"token": someone_elses}):
        response = editor.client.post(path, data={"do": "save"} | token, follow_redirects=False)
        assert response.status_code == 403, token
    assert editor.get("/staff") and editor.path == "/staff"


def test_a_form_from_another_site_is_refused(editor):
    token = re.search(r'name="token" value="(\w+)"', editor.page)[1]
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        response = editor.client.post("/staff/sign-out", data={"token": token}, headers=headers)
        assert response.status_code == 403
    assert "林编" in editor.get("/staff")


def test_signing_in_leads_to_the_page_first_asked_for(person):
    visitor = person()
    visitor.get("/staff/history?service=kitchen&day=2026-11-23")
    after = re.search(r'name="next" value="([^"]*)"', visitor.page)[1].replace("&amp;", "&")
    visitor.post("/staff/sign-in", name="林编", password=PASSWORD, next=after)
    assert (visitor.status, visitor.path) == (200, "/staff/history")


def test_a_wrong_password_does_not_forget_the_page_first_asked_for(person):
    visitor = person()
    visitor.get("/staff/history?service=kitchen&day=2026-11-23")
    for password in ("falsch", PASSWORD):
        action, after = re.search(
            r'action="([^"]*)".*?name="next" value="([^"]*)"', visitor.page, re.S
        ).groups()
        visitor.post(unescape(action), name="林编", password=password, next=unescape(after))
    assert (visitor.status, visitor.path) == (200, "/staff/history")


@pytest.mark.parametrize(
    "path", ["https://evil.example/", "//evil.example", "/staffing", "/", "/staff/sign-in"]
)
def test_signing_in_leads_nowhere_else(person, path):
    visitor = person()
    visitor.get("/staff/sign-in", next=path)
    response = visitor.client.post(
        "/staff/sign-in",
        data={
            "token": re.search(r'name="token" value="(\w+)"', visitor.page)[1],
            "name": "林编",
            "password": PASSWORD,
            "next": path,
        },
        follow_redirects=False,
    )
    assert (response.status_code, response.headers["location"]) == (303, "/staff")


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client):
    def cookie(scheme: str) -> str:
        fresh = TestClient(client.app, base_url=f"{scheme}://127.0.0.1")
        fresh.portal = client.portal
        page = fresh.get("/staff/sign-in").text
        token = re.search(r'name="token" value="(\w+)"', page)[1]
        data = {"token": token, "name": "林编", "password": PASSWORD}
        response = fresh.post("/staff/sign-in", data=data, follow_redirects=False)
        return next(c for c in response.headers.get_list("set-cookie") if c.startswith(COOKIE + "="))

    plain, secure = cookie("http"), cookie("https")
    assert "Max-Age" not in plain
    assert "HttpOnly" in plain and "SameSite=lax" in plain and "Path=/staff" in plain
    assert "Secure" not in plain and "Secure" in secure


def test_a_cookie_stolen_before_signing_out_opens_nothing_after(person):
    editor = person("林编")
    stolen = editor.client.cookies[COOKIE]
    thief = person()
    thief.client.cookies.set(COOKIE, stolen, path="/staff")
    assert "林编" in thief.get("/staff")
    editor.post("/staff/sign-out")
    assert "已经退出" in editor.text
    for who in (editor, thief):
        who.client.cookies.set(COOKIE, stolen, path="/staff")
        who.get("/staff")
        assert who.path == "/staff/sign-in"


def test_a_sign_in_page_left_open_too_long_is_shown_anew(person):
    visitor = person()
    visitor.get("/staff/sign-in")
    visitor.client.cookies.delete(BEFORE_SIGN_IN)
    visitor.post("/staff/sign-in", name="林编", password=PASSWORD)
    assert visitor.status == 403
    assert "再登录一次" in visitor.text
    visitor.post("/staff/sign-in", name="林编", password=PASSWORD)
    assert (visitor.status, visitor.path) == (200, "/staff")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"data": {"name": "x" * 3 * LONGEST_KEPT}}, 413),
        ({"data": {"name": "x"}, "files": {"file": b"x" * 20_000}}, 415),
    ],
)
def test_a_stranger_sends_no_more_than_a_name_a_password_and_what_they_wrote(person, sent, status):
    assert person().client.post("/staff/sign-in", **sent).status_code == status


def test_a_wrong_password_and_an_unknown_name_read_the_same(person):
    said = []
    for name in ("林编", "没有这个人"):
        visitor = person()
        visitor.sign_in(name, "wrong password")
        assert visitor.status == 403
        said.append(visitor.text.replace(name, ""))
    assert said[0] == said[1]
    assert "账号或密码不对" in said[0]


def test_guessing_is_slowed_down_and_says_so(admin, person):
    admin.get("/staff/users")
    admin.post("/staff/users", name="被猜的人", password=PASSWORD, role="editor")
    theirs = person("被猜的人")
    theirs.post("/staff/sign-out")
    for _ in range(MOST_PER_SOURCE):
        assert person().sign_in("被猜的人", "not this one").status == 403
    late = person().sign_in("被猜的人")
    assert late.status == 429
    assert "15 分钟" in late.text and "管理员" in late.text and late.headers["retry-after"] == "900"
    assert theirs.sign_in("被猜的人").path == "/staff"


def test_whoever_knows_their_password_chooses_another_which_nobody_told_them(admin, person):
    admin.get("/staff/users")
    admin.post("/staff/users", name="新来的", password=PASSWORD, role="editor")
    new, elsewhere = person("新来的"), person("新来的")
    for old, chosen, status, said in (
        ("not this one", "mine alone 1", 403, "现在的密码不对"),
        (PASSWORD, "short", 400, "10 到 200 位"),
    ):
        new.get("/staff/password")
        new.post("/staff/password", old=old, password=chosen)
        assert new.status == status and said in new.text
    new.post("/staff/password", old=PASSWORD, password="mine alone 1")
    assert (new.status, new.path) == (200, "/staff") and "密码换好了" in new.text
    elsewhere.get("/staff")
    assert elsewhere.path == "/staff/sign-in"
    assert person().sign_in("新来的", PASSWORD).status == 403
    assert person().sign_in("新来的", "mine alone 1").path == "/staff"


def test_an_old_password_is_not_guessed_at_from_an_open_console(admin, person):
    admin.get("/staff/users")
    admin.post("/staff/users", name="走开的", password=PASSWORD, role="editor")
    left_open = person("走开的")
    for status in (*[403] * MOST_PER_SOURCE, 429):
        left_open.get("/staff/password")
        left_open.post("/staff/password", old="not this one", password="mine alone 1")
        assert left_open.status == status
    assert "15 分钟" in left_open.text


def test_strangers_keep_nobody_from_choosing_another_password(admin, person):
    admin.get("/staff/users")
    admin.post("/staff/users", name="被盯上的", password=PASSWORD, role="editor")
    theirs = person("被盯上的")
    while person().sign_in("被盯上的", "not this one").status == 403:
        pass
    theirs.get("/staff/password")
    theirs.post("/staff/password", old=PASSWORD, password="mine alone 1")
    assert (theirs.status, theirs.path) == (200, "/staff")


def test_only_an_administrator_sees_accounts(editor, reviewer, admin):
    for who, status in ((editor, 403), (reviewer, 403), (admin, 200)):
        who.get("/staff/users")
        assert who.status == status
        assert ("/staff/users" in who.page) is (status == 200)
    editor.get("/staff")
    editor.post("/staff/users", name="冒名", password=PASSWORD, role="admin")
    assert editor.status == 403
    admin.get("/staff/users")
    assert "冒名" not in admin.text


@pytest.mark.parametrize("change", [{"do": "role", "role": "editor"}, {"do": "disable"}])
def test_an_administrator_does_not_shut_the_door_behind_themselves(admin, change):
    admin.get("/staff/users")
    admin.post("/staff/users/管理", **change)
    assert admin.status == 400 and "另一位管理员" in admin.text
    admin.get("/staff/users")
    assert admin.status == 200


TOO_LARGE = ("9" * 5000, "9" * 20)


@pytest.mark.parametrize("number", TOO_LARGE)
def test_a_number_no_page_ever_sent_is_refused_or_passed_over(editor, number):
    editor.get("/staff", days=number)
    assert editor.status == 200
    editor.post("/staff/knowledge/services/kitchen", version=number, do="look")
    assert editor.status == 400
    editor.get("/staff/drafts")
    editor.post("/staff/drafts/000000000000", version=number, do="submit")
    assert editor.status == 404
    editor.get(f"/staff/history/{number}")
    assert editor.status == 404


@pytest.mark.parametrize(
    "path", ["/staff/drafts/%00", "/staff/knowledge?draft=%00", "/staff?days=%00", "/staff/users/%00"]
)
def test_an_address_with_what_postgresql_does_not_keep_is_refused(admin, path):
    admin.get("/staff/users")
    assert admin.client.get(path).status_code == 400


@pytest.mark.parametrize("path", ["/staff/settle", "/staff/knowledge/replies/thanks", "/staff/exchange/json"])
def test_a_form_with_it_is_refused(editor, path):
    editor.get("/staff")
    editor.post(path, text="谢\0谢", answer="\0", draft="")
    assert editor.status == 400
    data = {"token": re.search(r'name="token" value="(\w+)"', editor.get("/staff"))[1], "text": "\0"}
    assert editor.client.post(path, data=data, files={"file": b"{}"}).status_code == 400


def test_a_stranger_may_not_send_it_either(person):
    visitor = person()
    visitor.get("/staff/sign-in")
    visitor.post("/staff/sign-in", name="林\0编", password=PASSWORD)
    assert visitor.status == 400


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-13-01", "x"])
def test_any_day_may_be_asked_for(editor, day):
    editor.get("/staff/history", service="kitchen", day=day)
    assert editor.status == 200


@pytest.mark.parametrize("word", ["x" * 3000, "两\n行", "\x01", "+【"])
def test_any_word_may_be_tried_in_a_sentence(editor, word):
    editor.get("/staff/cut", sentence="老年食堂在哪", word=word, means="没有过的词")
    assert editor.status == 200


@pytest.mark.parametrize("path", PAGES)
def test_pages_keep_to_the_policy_no_inline_no_foreign_host_nothing_cached(admin, path):
    response = admin.client.get(path)
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert response.headers["cache-control"] == "no-store"
    page = response.text
    assert not re.search(r"<script(?![^>]* src=)|<style|\bstyle=|\bon\w+=\"", page)
    assert set(re.findall(r'(?:src|href|action)="(?:https?:)?//', page)) == set()
    assert '<html lang="zh-Hans">' in page
    assert page.count("<h1>") == 1
    assert 'class="skip" href="#main"' in page


@pytest.mark.parametrize("path", PAGES)
def test_every_control_has_a_name(admin, path):
    page = admin.get(path)
    labelled = set(re.findall(r'<label[^>]* for="([^"]+)"', page))
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for tag in re.findall(r"<(?:input|select|textarea)\b[^>]*>", page):
        if re.search(r'type="hidden"| hidden>', tag) or 'type="checkbox"' in tag or 'type="radio"' in tag:
            continue
        found = re.search(r'\bid="([^"]+)"', tag)
        assert found and found[1] in labelled, tag
