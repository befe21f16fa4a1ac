"""What is sent after the session's end is not lost: whoever wrote it signs in, and goes on with it."""

import re

import pytest
from console_world import PASSWORD, Person

from bot.staff.console.access import BEFORE_SIGN_IN, COOKIE
from bot.staff.console.kept import LONGEST_KEPT, SECRETS
from bot.staff.console.pages import FOLDER as PAGES

KITCHEN = "/staff/knowledge/services/kitchen"
TYPED = '老年食堂\n"要有" <b>一百三十</b> 家 & 更多'
SIGN_IN = 'id="sign-in"'


def typed(who: Person, **more: str) -> dict[str, object]:
    """The form of a service, filled in."""
    who.get(KITCHEN)
    return who.fields | {"description": TYPED, "phrasings": "第一句\n第二句", **more}


def ended(who: Person) -> None:
    who.client.cookies.delete(COOKIE)


def signs_in(who: Person, name: str, password: str = PASSWORD) -> None:
    who.post("/staff/sign-in", **who.fields_after(SIGN_IN) | {"name": name, "password": password})


def test_what_was_typed_is_in_the_form_again_after_signing_in(person):
    editor = person("林编")
    sent = typed(editor)
    ended(editor)
    editor.post(KITCHEN, **sent, do="save")
    assert editor.status == 403 and "没有丢" in editor.text
    signs_in(editor, "林编", "not this one")
    assert editor.status == 403 and "密码不对" in editor.text and "没有丢" in editor.text
    signs_in(editor, "林编")
    assert editor.status == 200 and "还没有存" in editor.text
    editor.post(KITCHEN, **editor.fields | {"do": "look"})
    assert editor.status == 200
    assert editor.fields["description"] == [TYPED]
    assert editor.fields["phrasings"] == ["第一句\n第二句"]
    editor.post(KITCHEN, **editor.fields, do="save")
    assert editor.path.startswith("/staff/drafts/") and "第二句" in editor.text


def test_whoever_signed_in_anew_at_another_window_goes_on_with_it_too(person):
    editor = person("林编")
    sent = typed(editor)
    editor.post("/staff/sign-out")
    editor.sign_in("林编")
    editor.get(KITCHEN)
    editor.post(KITCHEN, **sent | {"do": "save"})
    assert editor.status == 403 and "还没有存" in editor.text
    editor.post(KITCHEN, **editor.fields | {"do": "look"})
    assert editor.fields["description"] == [TYPED]


def test_what_was_to_be_done_is_done_only_once_it_is_sent_again(person, reviewer):
    reviewer.get("/staff/channels")
    sent = reviewer.fields_after('action="/staff/channels/web"')
    late = person("周审")
    late.get("/staff/channels")
    sent = late.fields_after('action="/staff/channels/web"') | {"why": "说错了", "do": "off"}
    ended(late)
    late.post("/staff/channels/web", **sent)
    signs_in(late, "周审")
    assert late.status == 200 and "还没有办" in late.text and "说错了" in late.text
    assert "说错了" not in reviewer.get("/staff/channels")
    late.post("/staff/channels/web", **late.fields)
    assert "说错了" in reviewer.get("/staff/channels")
    reviewer.post("/staff/channels/web", do="on")


def test_nobody_is_given_what_another_wrote(person):
    editor = person("林编")
    sent = typed(editor)
    ended(editor)
    editor.post(KITCHEN, **sent, do="save")
    signs_in(editor, "周审")
    assert editor.path == "/staff/sign-in" or editor.path == "/staff"
    assert "另一位同事" in editor.text and TYPED not in editor.page
    editor.get(KITCHEN)
    editor.post(KITCHEN, **sent | {"do": "save"})
    assert editor.status == 403 and "第二句" not in editor.page


def test_a_form_planted_by_another_browser_is_never_offered(person):
    thief, victim = person("周审"), person("林编")
    planted = typed(thief)
    ended(victim)
    victim.post(KITCHEN, **planted, do="save")
    signs_in(victim, "林编")
    assert "第二句" not in victim.page
    victim.get("/staff")
    assert victim.client.post(KITCHEN, data=planted | {"do": "save"}).status_code == 403


@pytest.mark.parametrize(
    "sent", [{"old": "geheim geheim", "password": "x" * 12}, {"text": "x" * LONGEST_KEPT}, {}]
)
def test_a_secret_far_too_much_and_nothing_are_not_kept(person, sent):
    editor = person("林编")
    editor.get("/staff/password")
    ended(editor)
    editor.post("/staff/password", **sent)
    assert (editor.status, editor.path) == (200, "/staff/sign-in")
    assert "刚才送出的没有收到" in editor.text
    assert not any(value in editor.page for value in sent.values())


def test_every_field_for_a_secret_is_known_as_one():
    found = set()
    for page in PAGES.glob("*.html"):
        text = page.read_text("utf-8")
        found |= set(re.findall(r'name="(\w+)" type="password"', text))
        found |= set(re.findall(r'line\("(\w+)"[^\n]*kind="password"', text))
    assert found == set(SECRETS)


def test_who_presses_sign_out_after_the_end_is_out(person):
    editor = person("林编")
    ended(editor)
    editor.post("/staff/sign-out")
    assert editor.path == "/staff/sign-in" and "已经退出" in editor.text


def test_a_file_that_comes_too_late_is_told_not_to_have_been_taken(person):
    editor = person("林编")
    editor.get("/staff/exchange")
    data = editor.fields_after('action="/staff/exchange/json"')
    ended(editor)
    response = editor.client.post("/staff/exchange/json", data=data, files={"file": b"{}"})
    assert "刚才送出的没有收到" in response.text


def test_the_sign_in_leads_to_no_other_site(person):
    visitor = person()
    visitor.get("/staff/sign-in")
    visitor.client.cookies.set(BEFORE_SIGN_IN, visitor.client.cookies[BEFORE_SIGN_IN], path="/staff")
    planted = {"kept": "https://evil.example/", "kept-text": "x", "mine": "0" * 64}
    visitor.post("/staff/sign-in", name="林编", password=PASSWORD, next="/staff", **planted)
    assert (visitor.status, visitor.path) == (200, "/staff") and "evil" not in visitor.page
