"""Accounts: argon2id, roles, sessions that can be ended, sign-in that grows slow for guessers."""

import hashlib
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import AccessError, InputError, StoreError
from bot.staff import accounts, throttle
from bot.staff.accounts import Accounts, allow
from bot.store.accounts import AccountStore
from bot.store.database import open_database, sqlite_url
from bot.store.migrate import migrate

pytestmark = pytest.mark.anyio
GOOD = "correct horse 电池"


class Clock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def staff(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Accounts]:
    database = open_database(sqlite_url(tmp_path / "residents.sqlite"))
    await migrate(database, "residents")
    yield Accounts(AccountStore(database), clock)
    await database.dispose()


async def refusal(staff: Accounts, name: str, password: str, address: str = "", device: str = "") -> str:
    with pytest.raises(AccessError) as caught:
        await staff.authenticate(name, password, address, device)
    return caught.value.code


async def tries(staff: Accounts, clock: Clock, address: str, seconds: int, device: str = "") -> int:
    """How many wrong passwords are looked at when somebody keeps trying for so many seconds."""
    looked_at, end = 0, clock.now + seconds
    while clock.now < end:
        looked_at += await refusal(staff, "lin", "wrong password", address, device) == "wrong-password"
        clock.now += 60
    return looked_at


async def test_the_right_password_is_let_in_and_nothing_else(staff: Accounts) -> None:
    await staff.create("lin", GOOD, "editor")
    assert (await staff.authenticate("lin", GOOD)).role == "editor"
    assert await refusal(staff, "lin", GOOD + "x") == "wrong-password"
    assert await refusal(staff, "nobody", GOOD) == "wrong-password"


async def test_only_an_argon2id_hash_and_a_hash_of_the_token_are_stored(
    staff: Accounts, tmp_path: Path
) -> None:
    await staff.create("lin", GOOD, "editor")
    token = await staff.sign_in("lin", GOOD)
    with closing(sqlite3.connect(tmp_path / "residents.sqlite")) as connection:
        everything = "\n".join(connection.iterdump())
    assert "$argon2id$" in everything
    assert GOOD not in everything
    assert token not in everything
    assert hashlib.sha256(token.encode()).hexdigest() in everything


async def test_a_session_ends_by_signing_out_by_time_by_password_and_by_disabling(
    staff: Accounts, clock: Clock
) -> None:
    await staff.create("lin", GOOD, "editor")
    first, second = await staff.sign_in("lin", GOOD), await staff.sign_in("lin", GOOD)
    await staff.sign_out(first)
    assert await staff.signed_in(first) is None
    assert await staff.signed_in(second) is not None
    clock.now += accounts.SESSION_SECONDS
    assert await staff.signed_in(second) is None
    third = await staff.sign_in("lin", GOOD)
    await staff.set_password("lin", GOOD + "2")
    assert await staff.signed_in(third) is None
    fourth = await staff.sign_in("lin", GOOD + "2")
    await staff.set_role("lin", "reviewer")
    assert await staff.signed_in(fourth) is None
    fifth = await staff.sign_in("lin", GOOD + "2")
    await staff.disable("lin")
    assert await staff.signed_in(fifth) is None
    assert await refusal(staff, "lin", GOOD + "2") == "wrong-password"
    await staff.enable("lin")
    assert await staff.authenticate("lin", GOOD + "2")
    assert await staff.signed_in("") is None
    assert await staff.signed_in("made up") is None


async def test_guessing_at_an_account_is_throttled_for_a_while(staff: Accounts, clock: Clock) -> None:
    await staff.create("lin", GOOD, "editor")
    for _ in range(throttle.MOST_PER_SOURCE):
        assert await refusal(staff, "lin", "wrong password") == "wrong-password"
    assert await refusal(staff, "lin", GOOD) == "throttled"
    clock.now += throttle.WINDOW_SECONDS + 1
    assert await staff.authenticate("lin", GOOD)


async def test_a_stranger_who_goes_on_waits_ever_longer(staff: Accounts, clock: Clock) -> None:
    await staff.create("lin", GOOD, "editor")
    assert await tries(staff, clock, "10.0.0.9", 24 * 3600) < 5 + 8


async def test_strangers_from_everywhere_together_have_few_tries(staff: Accounts, clock: Clock) -> None:
    await staff.create("lin", GOOD, "editor")
    refused = [await refusal(staff, "lin", "wrong password", f"10.0.{n}.1") for n in range(60)]
    assert refused.count("wrong-password") == throttle.MOST_PER_ACCOUNT
    clock.now += 3600 + 1
    assert await staff.authenticate("lin", GOOD, "10.1.0.1")


async def test_no_stranger_shuts_out_whoever_signed_in_with_this_browser_before(
    staff: Accounts, clock: Clock
) -> None:
    await staff.create("lin", GOOD, "editor")
    device = await staff.new_device("lin")
    for n in range(60):
        await refusal(staff, "lin", "wrong password", f"10.0.{n % 30}.1")
        await refusal(staff, f"x{n}", "wrong password", "10.0.0.1")
    assert await refusal(staff, "lin", GOOD, "10.0.0.1") == "throttled"
    assert await staff.authenticate("lin", GOOD, "10.0.0.1", device)
    assert await staff.at_terminal("lin", GOOD)
    assert await refusal(staff, "lin", GOOD, "10.0.0.2") == "throttled"  # its success is theirs alone
    await staff.set_password("lin", GOOD + "2")
    assert await staff.authenticate("lin", GOOD + "2", "10.0.0.2")


async def test_a_known_browser_is_no_way_to_guess_either(staff: Accounts, clock: Clock) -> None:
    await staff.create("lin", GOOD, "editor")
    device = await staff.new_device("lin")
    assert await tries(staff, clock, "10.0.0.9", 3600, device) <= 5 * 4
    for _ in range(throttle.MOST_PER_SOURCE):
        with pytest.raises(AccessError, match="wrong"):
            await staff.at_terminal("lin", "wrong password")
    with pytest.raises(AccessError, match="wait 15 minutes"):
        await staff.at_terminal("lin", GOOD)


async def test_a_browser_is_known_by_nothing_but_what_it_was_given(staff: Accounts) -> None:
    await staff.create("lin", GOOD, "editor")
    await staff.create("wang", GOOD, "editor")
    old, others = await staff.new_device("lin"), await staff.new_device("wang")
    await staff.set_password("lin", GOOD)
    for _ in range(throttle.MOST_PER_SOURCE):
        await refusal(staff, "lin", "wrong password", "10.0.0.9")
    for device in (old, others, "", ".", "terminal", "x.é", f"{old}x"):
        assert await refusal(staff, "lin", GOOD, "10.0.0.9", device) == "throttled", device


async def test_failures_noted_by_a_clock_that_went_ahead_shut_nobody_out(
    staff: Accounts, clock: Clock
) -> None:
    await staff.create("lin", GOOD, "editor")
    clock.now += 400 * 24 * 3600
    await tries(staff, clock, "10.0.0.9", 3600)
    clock.now -= 401 * 24 * 3600
    assert await staff.authenticate("lin", GOOD, "10.0.0.9")


@pytest.mark.parametrize(
    ("theirs", "another"), [("10.0.0.9", "10.0.0.8"), ("2001:db8::{}", "2001:db8:0:1::1")]
)
async def test_guessing_from_an_address_is_throttled_over_all_accounts(
    staff: Accounts, monkeypatch: pytest.MonkeyPatch, theirs: str, another: str
) -> None:
    monkeypatch.setattr(throttle, "MOST_PER_ADDRESS", 3)
    await staff.create("lin", GOOD, "editor")
    for n, name in enumerate(("a1", "b2", "c3")):
        assert await refusal(staff, name, "wrong password", theirs.format(n)) == "wrong-password"
    assert await refusal(staff, "lin", GOOD, theirs.format(9)) == "throttled"
    assert await staff.authenticate("lin", GOOD, another)


@pytest.mark.parametrize(
    ("name", "password", "role"),
    [("a b", GOOD, "editor"), ("", GOOD, "editor"), ("lin", "short", "editor"), ("lin", GOOD, "king")],
)
async def test_what_will_not_do_is_refused(staff: Accounts, name: str, password: str, role: str) -> None:
    with pytest.raises(InputError):
        await staff.create(name, password, role)
    assert await staff.all() == []


async def test_a_name_is_given_once(staff: Accounts) -> None:
    await staff.create("lin", GOOD, "editor")
    with pytest.raises(InputError, match="lin already"):
        await staff.create("lin", GOOD, "admin")
    assert [a.role for a in await staff.all()] == ["editor"]


async def test_changing_an_account_that_is_not_there_says_so(staff: Accounts) -> None:
    for change in (staff.set_password("x1", GOOD), staff.disable("x1"), staff.set_role("x1", "admin")):
        with pytest.raises(InputError, match="x1"):
            await change


async def test_each_role_may_do_its_part_and_no_more(staff: Accounts) -> None:
    may = {"editor": {"edit"}, "reviewer": {"edit", "review", "release"}}
    may["admin"] = may["reviewer"] | {"accounts"}
    for role in accounts.ROLES:
        account = await staff.create(f"{role}1", GOOD, role)
        for what in ("edit", "review", "release", "accounts"):
            if what in may[role]:
                allow(account, what)
            else:
                with pytest.raises(AccessError):
                    allow(account, what)
            with pytest.raises(AccessError):
                allow(account._replace(disabled=True), what)


async def test_a_change_that_cannot_be_written_down_is_not_made(staff: Accounts, tmp_path: Path) -> None:
    await staff.create("lin", GOOD, "editor")
    token = await staff.sign_in("lin", GOOD)
    with closing(sqlite3.connect(tmp_path / "residents.sqlite")) as file:
        file.execute("DROP TABLE audit")
    for change in (
        staff.create("wang", GOOD, "admin"),
        staff.set_password("lin", "another 好密码 1"),
        staff.set_role("lin", "admin"),
        staff.disable("lin"),
        staff.sign_in("lin", GOOD),
    ):
        with pytest.raises(StoreError):
            await change
    assert [(a.name, a.role, a.disabled) for a in await staff.all()] == [("lin", "editor", False)]
    assert await staff.signed_in(token) == await staff.authenticate("lin", GOOD)


async def test_every_change_leaves_a_line_in_the_audit_trail(staff: Accounts) -> None:
    await staff.create("boss", GOOD, "admin")
    await staff.create("lin", GOOD, "editor", by="boss")
    await staff.disable("lin", by="boss")
    lines = [(e.account, e.action, e.subject) for e in await staff.trail(subject="lin")]
    assert lines == [("boss", "user-disable", "lin"), ("boss", "user-add", "lin")]
