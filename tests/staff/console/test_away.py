"""Signing in by an OpenID provider: a real one on this machine, the browser's way over it and back."""

import re
import sys
from dataclasses import replace

import httpx
import openid_fake
import pytest
from console_world import PASSWORD, another, running, settings

from bot.app import parts
from bot.app.console import provider as provider_of
from bot.config import load
from bot.errors import ChannelError, SettingsError
from bot.staff.console.access import COOKIE
from bot.staff.console.away import AWAY, BACK, TICKET

PROVIDER = pytest.importorskip("bot.staff.provider", reason="needs the extra oidc")


@pytest.fixture(scope="module")
def issuer():
    with openid_fake.running(openid_fake.Provider()) as found:
        yield found


@pytest.fixture
def openid(issuer):
    """The provider as it is at first."""
    yield issuer
    issuer.person, issuer.other, issuer.info, issuer.metadata = {}, {}, {}, {}
    issuer.refuses, issuer.signs = "", "RS256"


@pytest.fixture(scope="module")
def client(tmp_path_factory, issuer):
    made = replace(
        settings(tmp_path_factory.mktemp("service")),
        oidc_issuer=issuer.url,
        oidc_client_id=openid_fake.CLIENT,
        oidc_client_secret=openid_fake.SECRET,
    )
    with running(made) as found:
        yield found


def left(who, path="/staff"):
    """The browser at the provider, which has sent it back: the address it shall open."""
    gone = who.client.get(AWAY, params={"next": path}, follow_redirects=False)
    assert gone.status_code == 303
    answer = httpx.get(gone.headers["location"])
    return answer.headers["location"].removeprefix("http://127.0.0.1")


def came_back(who, path="/staff"):
    return who.get(left(who, path))


def is_out(who):
    assert COOKIE not in who.client.cookies
    assert who.get("/staff") and who.path == "/staff/sign-in"


def test_who_has_an_account_gets_a_session_and_the_page_first_asked_for(person, openid):
    openid.person = {"preferred_username": "林编"}
    visitor = person()
    visitor.get("/staff/history")
    way = re.search(r'href="(/staff/sign-in/provider[^"]*)"', visitor.page)[1]
    assert way == f"{AWAY}?next=/staff/history"
    came_back(visitor, "/staff/history")
    assert (visitor.status, visitor.path) == (200, "/staff/history")
    assert "林编" in visitor.text and TICKET not in visitor.client.cookies
    assert "管理" in person("管理").get("/staff/users") and openid.traded


def test_what_was_sent_too_late_is_gone_on_with_after_signing_in_at_a_new_window(person, openid):
    openid.person = {"preferred_username": "林编"}
    visitor = person("林编")
    visitor.get("/staff/knowledge/replies/thanks")
    sent = visitor.fields | {"text": "不客气，慢走。", "do": "save"}
    visitor.client.cookies.delete(COOKIE)
    visitor.post("/staff/knowledge/replies/thanks", **sent)
    late = visitor.fields_after('id="sign-in"')
    assert re.search(r'href="/staff/sign-in/provider" target="_blank"', visitor.page)
    visitor.post("/staff/sign-in", **late, elsewhere="1")
    assert visitor.status == 403 and "还没有登录" in visitor.text
    came_back(visitor)
    assert visitor.path == "/staff"
    visitor.post("/staff/sign-in", **late, elsewhere="1")
    visitor.post("/staff/knowledge/replies/thanks", **visitor.fields | {"do": "look"})
    assert visitor.status == 200 and visitor.fields["text"] == ["不客气，慢走。"]


def test_the_session_is_one_that_can_be_revoked(person, openid, admin):
    openid.person = {"preferred_username": "周审"}
    visitor, copy = person(), person()
    came_back(visitor)
    copy.client.cookies.set(COOKIE, visitor.client.cookies[COOKIE], path="/staff")
    assert copy.get("/staff") and copy.path == "/staff"
    visitor.post("/staff/sign-out")
    is_out(visitor)
    assert copy.get("/staff") and copy.path == "/staff/sign-in"
    came_back(visitor)
    admin.get("/staff/users")
    admin.post("/staff/users/周审", do="disable")
    assert visitor.get("/staff") and visitor.path == "/staff/sign-in"
    visitor.client.cookies.clear()
    came_back(visitor)
    assert visitor.status == 403 and "停用" in visitor.text
    is_out(visitor)
    admin.post("/staff/users/周审", do="enable")


def test_nobody_gets_an_account_by_coming(person, openid, admin):
    openid.person = {"preferred_username": "路人"}
    visitor = person()
    came_back(visitor)
    assert visitor.status == 403 and "没有给您建账号" in visitor.text
    is_out(visitor)
    assert "路人" not in admin.get("/staff/users")


def nothing_is_proved_to(visitor):
    came_back(visitor)
    assert visitor.status == 403 and "证明不对" in visitor.text
    is_out(visitor)


@pytest.mark.parametrize("claims", [{}, {"preferred_username": ""}, {"preferred_username": ["林编"]}])
def test_who_is_not_named_stays_out(person, openid, claims):
    openid.person = claims
    nothing_is_proved_to(person())


def test_a_claim_may_be_told_only_to_who_asks_for_it(person, openid):
    openid.info = {"preferred_username": "林编"}
    visitor = person()
    came_back(visitor)
    assert visitor.path == "/staff"
    openid.info |= {"sub": "somebody else"}
    another_visitor = person()
    came_back(another_visitor)
    is_out(another_visitor)


UNSOUND = {
    "another nonce": {"nonce": "x"},
    "another's": {"aud": "another-client"},
    "another's too": {"aud": ["another-client", openid_fake.CLIENT], "azp": "another-client"},
    "another issuer": {"iss": "https://evil.example"},
    "expired": {"exp": 1_000_000_000},
    "not yet": {"nbf": 4_000_000_000},
    "without an end": {"exp": None},
    "another access token": {"at_hash": "x"},
}


@pytest.mark.parametrize("claims", UNSOUND.values(), ids=UNSOUND.keys())
def test_an_id_token_that_proves_nothing_opens_nothing(person, openid, claims):
    openid.person, openid.other = {"preferred_username": "林编"}, claims
    nothing_is_proved_to(person())


@pytest.mark.parametrize("signed", ["none", "HS256", "stranger"])
def test_an_id_token_not_signed_by_the_provider_opens_nothing(person, openid, signed):
    openid.person, openid.signs = {"preferred_username": "林编"}, signed
    openid.metadata = {"id_token_signing_alg_values_supported": ["none", "HS256", "RS256"]}
    nothing_is_proved_to(person())


def test_the_provider_may_change_its_key(person, openid):
    openid.person = {"preferred_username": "林编"}
    openid.rotate("two")
    visitor = person()
    came_back(visitor)
    assert visitor.path == "/staff"


def test_only_the_browser_that_left_may_come_back_and_only_once(person, openid):
    openid.person = {"preferred_username": "林编"}
    victim, attacker = person(), person()
    way = left(attacker)
    victim.get(way)  # without a ticket
    assert victim.status == 403 and "不是在这个浏览器里" in victim.text
    left(victim)
    victim.get(way)  # with a ticket for another way
    assert victim.status == 403
    is_out(victim)
    ticket = attacker.client.cookies[TICKET]
    attacker.get(way)
    assert attacker.path == "/staff"
    again = person()
    again.client.cookies.set(TICKET, ticket.strip('"'), path="/staff")
    again.get(way)  # a copy of ticket and address: the provider takes a code once
    assert again.status == 403
    is_out(again)


def test_a_no_of_the_provider_is_told_and_a_password_still_opens(person, openid):
    openid.refuses = "access_denied"
    visitor = person()
    came_back(visitor)
    assert visitor.status == 403 and "没有同意" in visitor.text
    visitor.post("/staff/sign-in", name="林编", password=PASSWORD, next="/staff")
    assert visitor.path == "/staff"


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example", "/", BACK])
def test_the_way_back_leads_nowhere_else(person, openid, path):
    openid.person = {"preferred_username": "林编"}
    visitor = person()
    answer = visitor.client.get(left(visitor, path), follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff")


def provider_at(url, claim="preferred_username"):
    return PROVIDER.Provider(url, openid_fake.CLIENT, openid_fake.SECRET, claim)


async def who(found, **more):
    url, ticket = await found.leave("http://127.0.0.1/back")
    said = dict(httpx.URL(httpx.get(url).headers["location"]).params)
    return await found.who(ticket, "http://127.0.0.1/back", said)


@pytest.mark.anyio
async def test_an_address_nobody_verified_names_nobody(openid):
    openid.person = {"email": "lin@example.org", "email_verified": False}
    with pytest.raises(Exception, match="not verified") as raised:
        await who(provider_at(openid.url, "email"))
    assert raised.value.code == "provider-unsound"
    openid.person |= {"email_verified": True}
    assert await who(provider_at(openid.url, "email")) == "lin@example.org"


@pytest.mark.anyio
async def test_a_provider_that_calls_itself_otherwise_is_not_believed(openid):
    openid.metadata = {"issuer": "https://evil.example"}
    with pytest.raises(Exception, match="evil") as raised:
        await provider_at(openid.url).leave("http://127.0.0.1/back")
    assert raised.value.code == "provider-unsound"


def test_a_provider_that_is_down_is_told(tmp_path):
    there = {"oidc_issuer": "http://127.0.0.1:1", "oidc_client_id": "x", "oidc_client_secret": "y"}
    with running(replace(settings(tmp_path), **there)) as client:
        visitor = another(client)
        visitor.get(AWAY)
        assert visitor.status == 403 and "连不上" in visitor.text
        visitor.sign_in("林编")
        assert visitor.path == "/staff"


def test_without_a_provider_there_is_no_such_way():
    assert provider_of(load({})) is None


def test_a_provider_half_set_stops_the_start():
    with pytest.raises(SettingsError, match="YONGWEN_OIDC_CLIENT_SECRET"):
        provider_of(load({"YONGWEN_OIDC_ISSUER": "https://id.example", "YONGWEN_OIDC_CLIENT_ID": "x"}))
    with pytest.raises(SettingsError, match="YONGWEN_OIDC_ISSUER"):
        load({"YONGWEN_OIDC_ISSUER": "http://id.example"})


def test_set_but_not_installed_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "authlib.integrations.httpx_client", None)
    monkeypatch.delitem(sys.modules, "bot.staff.provider")
    with pytest.raises(
        ChannelError, match=r"authlib.* missing, of the extra oidc: python3 scripts/bootstrap\.py extras"
    ):
        parts.extra("bot.staff.provider", "oidc")
