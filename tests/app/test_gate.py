"""Channels switched off at once, and people who come too often asked to wait."""

import asyncio
import time
from functools import partial
from pathlib import Path

import pytest
from app.conftest import KEY, NOON
from sqlalchemy import text

from bot import config
from bot.app import Yongwen, switch_channel, switched_off
from bot.app.databases import second_database
from bot.app.gate import Counter, Gate, InMemoryCounter, watching
from bot.app.memory import Memory
from bot.conversation.knowledge import Knowledge
from bot.errors import InputError, StoreError
from bot.messages import Message, Rate
from bot.store.accounts import AccountStore
from bot.store.conversations import ConversationsInMemory
from bot.store.database import Database
from bot.store.quotas import Quotas
from bot.store.switches import Switches
from bot.store.trail import COMMAND_LINE, Entry

pytestmark = pytest.mark.anyio
HIDDEN = partial(KEY.conversation, "quota")
TWICE = Rate(2, 60)


@pytest.fixture(params=["memory", "database"])
def counter(request: pytest.FixtureRequest, database: Database) -> Counter:
    return InMemoryCounter() if request.param == "memory" else Quotas(database, HIDDEN)


async def test_who_comes_too_often_waits_and_nobody_else(counter: Counter) -> None:
    now = time.time()
    assert [await counter.hit("a", TWICE, now) for _ in range(2)] == [0, 0]
    assert 1 <= await counter.hit("a", TWICE, now) <= 60
    assert await counter.hit("b", TWICE, now) == 0
    await counter.forget("a")
    assert await counter.hit("a", TWICE, now) == 0


async def test_a_window_in_the_database_ends(database: Database) -> None:
    quotas = Quotas(database, HIDDEN)
    assert [await quotas.hit("a", TWICE, 100.0 + n) for n in range(3)] == [0, 0, 58]
    assert await quotas.hit("a", TWICE, 160.0) == 0
    await quotas.forget_expired(220.0)
    assert await quotas.hit("a", TWICE, 220.0) == 0


async def test_an_address_is_not_written_down(database: Database) -> None:
    await Quotas(database, HIDDEN).hit("address:192.0.2.1", TWICE, 100.0)
    async with database.read() as connection:
        rows = (await connection.execute(text("select * from quota"))).all()
    assert len(rows) == 1
    assert "192.0.2.1" not in str(rows)


async def test_many_at_once_are_all_counted(database: Database) -> None:
    quotas = Quotas(database, HIDDEN)
    waits = await asyncio.gather(*(quotas.hit("a", Rate(5, 60), 100.0) for _ in range(20)))
    assert waits.count(0) == 5


async def test_all_addresses_of_a_line_of_ipv6_are_one(counter: Counter) -> None:
    gate = Gate(counter, address=TWICE)
    waits = [await gate.address(f"2001:db8::{n}") for n in range(3)]
    assert [bool(seconds) for seconds in waits] == [False, False, True]
    assert await gate.address("2001:db8:0:1::1") == 0


async def test_where_counting_breaks_people_are_let_in() -> None:
    class Broken(InMemoryCounter):
        async def hit(self, key: str, rate: Rate, now: float) -> int:
            raise StoreError("gone")

    assert await Gate(Broken(), TWICE).person("a", NOON) == 0


@pytest.fixture
def limited(knowledge: Knowledge) -> Yongwen:
    gate = Gate(InMemoryCounter(), TWICE)
    return Yongwen(knowledge, Memory(ConversationsInMemory(), KEY), lambda: NOON, gate=gate)


async def test_a_person_is_asked_to_wait_kindly_but_not_in_danger(limited: Yongwen) -> None:
    said = [await limited.answer(Message("低保一年多少钱", "s", "web", "anna")) for _ in range(3)]
    assert [bool(reply.wait) for reply in said] == [False, False, True]
    assert said[-1].text == limited.knowledge.lookup.say("too-often", phone="12345")
    danger = await limited.answer(Message("家里着火了", "s", "web", "anna"))
    assert (danger.status, danger.wait) == ("emergency", 0)
    assert not (await limited.answer(Message("低保一年多少钱", "t", "web", "bert"))).wait


async def test_a_channel_switched_off_says_so_within_a_second_and_comes_back(
    knowledge: Knowledge, database: Database
) -> None:
    switches, gate = Switches(database), Gate(InMemoryCounter())
    yongwen = Yongwen(knowledge, Memory(ConversationsInMemory(), KEY), lambda: NOON, gate=gate)
    async with watching(gate, switches):
        await switches.off("telegram", "wrong numbers", "li", NOON)
        async with asyncio.timeout(5):
            while "telegram" not in gate.off:
                await asyncio.sleep(0.05)
        closed = await yongwen.answer(Message("低保一年多少钱", "s", "telegram", "anna"))
        assert (closed.topic, closed.status) == ("closed", "unanswered")
        assert closed.text == knowledge.lookup.say("channel-off", phone="12345")
        assert (await yongwen.answer(Message("着火了", "s", "telegram"))).status == "emergency"
        assert (await yongwen.answer(Message("低保一年多少钱", "s", "web"))).status == "answered"
        assert await switches.on("telegram", "wang", NOON + 1)
        assert not await switches.on("telegram", "wang", NOON + 2)
        async with asyncio.timeout(5):
            while gate.off:
                await asyncio.sleep(0.05)
    assert (await yongwen.answer(Message("低保一年多少钱", "s", "telegram"))).status == "answered"
    assert await AccountStore(database).trail(9) == [
        Entry(NOON + 1, "wang", "channel-on", "telegram", {}),
        Entry(NOON, "li", "channel-off", "telegram", {"why": "wrong numbers"}),
    ]


async def test_a_channel_off_at_the_start_is_off_from_the_first_message(
    knowledge: Knowledge, database: Database
) -> None:
    switches, gate = Switches(database), Gate(InMemoryCounter())
    await switches.off("web", "why", "li", NOON)
    async with watching(gate, switches):
        assert gate.off["web"].why == "why"


@pytest.fixture
def settings(tmp_path: Path) -> config.Settings:
    return config.load({"YONGWEN_RESIDENTS": str(tmp_path / "new" / "residents.sqlite")})


async def test_the_switch_of_the_command_line(
    settings: config.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", lambda uid: {}[uid])
    await switch_channel(settings, "web", "one reason")
    await switch_channel(settings, "web", "another")
    off = await switched_off(settings)
    assert {name: o.why for name, o in off.items()} == {"web": "another"}
    await switch_channel(settings, "web", None)
    assert await switched_off(settings) == {}
    database = second_database(settings)
    lines = [(e.account, e.action) for e in await AccountStore(database).trail(9)]
    await database.dispose()
    assert lines == [(COMMAND_LINE, "channel-on"), *[(COMMAND_LINE, "channel-off")] * 2]
    with pytest.raises(InputError, match="no channel 'fax'; there are web, api"):
        await switch_channel(settings, "fax", "why")
