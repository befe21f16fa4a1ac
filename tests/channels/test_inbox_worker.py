"""The worker: every update answered, once, in its chat's order, whatever fails in between."""

import asyncio
from contextlib import asynccontextmanager

import anyio
import pytest

from bot.channels.inbox import LEASE_SECONDS, DelayedError, UndeliverableError, Worker
from bot.errors import StoreError
from bot.messages import Incoming

pytestmark = pytest.mark.anyio
PATIENCE = 10


class World:
    """A clock, a messenger that takes calls, and an answering function; `troubles` are raised in turn."""

    def __init__(self, inbox):
        self.inbox = inbox
        self.now = 1000.0
        self.sent = []
        self.again = []
        self.planned = []
        self.troubles = []
        self.gate = None
        self.begun = 0

    def worker(self, channel="telegram/666"):
        return Worker(self.inbox, channel, self.plan, self.make, clock=lambda: self.now, poll=0.02)

    async def plan(self, payload):
        self.planned.append(payload["text"])
        if payload["text"] == "故障":
            raise ValueError("a fault of ours")
        return [{"text": part} for part in payload["text"].split("+")]

    async def make(self, call, again):
        self.begun += 1
        if self.gate:
            await self.gate.wait()
        if self.troubles and (trouble := self.troubles.pop(0)):
            raise trouble
        self.sent.append(call["text"])
        self.again.append(again)

    async def until(self, condition):
        with anyio.fail_after(PATIENCE):
            while not condition():
                await anyio.sleep(0.002)

    async def answered(self):
        with anyio.fail_after(PATIENCE):
            while await self.inbox.waiting(self.now):
                await anyio.sleep(0.002)


@pytest.fixture
def world(inbox):
    return World(inbox)


@asynccontextmanager
async def at_work(worker):
    task = asyncio.create_task(worker.run())
    try:
        yield worker
    finally:
        worker.stop()
        await asyncio.wait_for(task, PATIENCE)


def said(number, text, chat="1001"):
    return Incoming(str(number), chat, number, {"text": text})


async def test_a_fault_of_ours_does_not_silence_the_channel(world, monkeypatch):
    claim, faults = world.inbox.claim, [ValueError("no JSON in a row"), KeyError("x")]

    async def broken(*arguments):
        if faults:
            raise faults.pop()
        return await claim(*arguments)

    monkeypatch.setattr(world.inbox, "claim", broken)
    async with at_work(world.worker()) as worker:
        await worker.receive([said(1, "低保")])
        await world.answered()
    assert world.sent == ["低保"] and not faults


async def test_what_comes_twice_is_answered_once(world):
    async with at_work(world.worker()) as worker:
        await worker.receive([said(1, "低保")])
        await world.answered()
        await worker.receive([said(1, "低保"), said(2, "养老")])
        await world.answered()
    assert world.sent == ["低保", "养老"]
    assert not any(world.again)


async def test_two_workers_answer_each_update_once(world):
    async with at_work(world.worker()) as first, at_work(world.worker()) as second:
        for number in range(20):
            await (first, second)[number % 2].receive([said(number, f"问题{number}", str(number % 5))])
        await world.answered()
    assert sorted(world.sent) == sorted(f"问题{number}" for number in range(20))
    for chat in range(5):
        asked = [f"问题{number}" for number in range(20) if number % 5 == chat]
        assert [text for text in world.sent if text in asked] == asked


async def test_a_slow_chat_holds_up_nobody_else(world):
    world.gate = asyncio.Event()
    async with at_work(world.worker()) as worker:
        await worker.receive([said(1, "慢"), said(2, "后面的")])
        await world.until(lambda: world.begun)
        gate, world.gate = world.gate, None
        await worker.receive([said(3, "别处", "1002")])
        await world.until(lambda: world.sent == ["别处"])
        gate.set()
        await world.answered()
    assert world.sent == ["别处", "慢", "后面的"]


async def test_a_reply_that_did_not_get_through_is_tried_again_after_the_pause_asked_for(world):
    world.troubles = [DelayedError("too many requests", after=90)]
    async with at_work(world.worker()) as worker:
        await worker.receive([said(1, "低保")])
        await world.until(lambda: not world.troubles)
        world.now += 89
        await anyio.sleep(0.03)
        assert world.sent == []
        world.now += 2
        await world.answered()
    assert world.sent == ["低保"]
    assert world.planned == ["低保"]


async def test_the_pause_grows_with_every_failure(world, caplog):
    async with at_work(world.worker()) as worker:
        world.troubles = [DelayedError("no network") for _ in range(4)]
        await worker.receive([said(1, "低保")])
        for left in (3, 2, 1, 0):
            await world.until(lambda left=left: len(world.troubles) == left)
            await world.until(lambda left=left: caplog.text.count("tried again in") == 4 - left)
            world.now += 60
        await world.answered()
    waits = [record.getMessage() for record in caplog.records if "tried again in" in record.getMessage()]
    assert [wait.split(" in ")[1].split(" s")[0] for wait in waits] == ["1", "2", "4", "8"]
    assert world.sent == ["低保"]


async def test_a_reply_kept_through_a_restart_is_sent_from_where_it_stopped(world):
    world.troubles = [None, DelayedError("no network")]
    async with at_work(world.worker()) as worker:
        await worker.receive([said(1, "第一段+第二段")])
        await world.until(lambda: not world.troubles)
    world.now += 5
    async with at_work(world.worker()):
        await world.answered()
    assert world.sent == ["第一段", "第二段"]
    assert world.planned == ["第一段+第二段"]


async def test_a_worker_killed_before_sending_is_replaced_when_its_lease_ends(world):
    world.gate = asyncio.Event()
    killed = world.worker()
    task = asyncio.create_task(killed.run())
    await killed.receive([said(1, "低保"), said(2, "养老", "1002")])
    await world.until(lambda: world.begun == 2)
    task.cancel()
    await asyncio.wait({task})
    world.gate = None
    async with at_work(world.worker()):
        await anyio.sleep(0.03)
        assert world.sent == []
        world.now += LEASE_SECONDS
        await world.answered()
    assert sorted(world.sent) == ["低保", "养老"]
    assert world.planned.count("低保") == 1
    assert all(world.again)


async def test_one_whose_lease_has_ended_sends_nothing_more(world):
    world.gate = asyncio.Event()
    async with at_work(world.worker()) as slow:
        await slow.receive([said(1, "第一段+第二段")])
        await world.until(lambda: world.begun)
        world.now += LEASE_SECONDS + 1
        world.gate.set()
        await world.until(lambda: world.sent)
        await world.answered()
    assert world.sent == ["第一段", "第二段"]


async def test_stopping_finishes_the_call_begun_and_leaves_the_rest_for_later(world):
    world.gate = asyncio.Event()
    worker = world.worker()
    task = asyncio.create_task(worker.run())
    await worker.receive([said(1, "第一段+第二段")])
    await world.until(lambda: world.begun)
    worker.stop()
    world.gate.set()
    await asyncio.wait_for(task, PATIENCE)
    assert world.sent == ["第一段"]
    async with at_work(world.worker()):
        await world.answered()
    assert world.sent == ["第一段", "第二段"]


async def test_stopping_waits_for_a_query_under_way(world, inbox, monkeypatch):
    """Cut off in the middle, it would leave a broken connection behind."""
    begun, ended, gate = asyncio.Event(), [], asyncio.Event()

    async def slow(when):
        begun.set()
        await gate.wait()
        ended.append(when)

    monkeypatch.setattr(inbox, "forget_before", slow)
    worker = world.worker()
    task = asyncio.create_task(worker.run())
    await begun.wait()
    worker.stop()
    await anyio.sleep(0.05)
    assert not task.done()
    gate.set()
    await asyncio.wait_for(task, PATIENCE)
    assert len(ended) == 1


async def test_one_who_left_is_sent_nothing_more_and_others_are(world):
    world.troubles = [UndeliverableError("blocked by the user", lane="1001")]
    async with at_work(world.worker()) as worker:
        await worker.receive([said(1, "低保"), said(2, "再问")])
        await world.until(lambda: not world.troubles)
        await worker.receive([said(3, "养老", "1002")])
        await world.answered()
    assert world.sent == ["养老"]


async def test_a_fault_of_ours_is_given_up_in_the_end_and_the_next_is_answered(world, caplog):
    async with at_work(world.worker()) as worker:
        await worker.receive([said(1, "故障"), said(2, "低保")])
        for tries in (1, 2):
            await world.until(lambda tries=tries: caplog.text.count("tried again in") == tries)
            world.now += 60
        await world.answered()
    assert world.sent == ["低保"]
    assert "a fault of ours" in caplog.text
    assert "given up after 3 tries" in caplog.text


async def test_a_reply_nobody_took_for_a_day_is_given_up(world, caplog):
    world.troubles = [DelayedError("no network"), DelayedError("no network")]
    async with at_work(world.worker()) as worker:
        await worker.receive([said(1, "低保")])
        await world.until(lambda: "tried again" in caplog.text)
        world.now += 25 * 3600
        await world.answered()
    assert world.sent == []
    assert "given up" in caplog.text


class Away:
    """An inbox whose database is away for the methods named."""

    def __init__(self, inbox):
        self.inbox = inbox
        self.methods = set()

    def __getattr__(self, name):
        found = getattr(self.inbox, name)

        async def guarded(*arguments, **named):
            if name in self.methods:
                raise StoreError("inbox: the database is away")
            return await found(*arguments, **named)

        return guarded


async def test_a_database_that_is_away_is_waited_for(world, inbox, caplog):
    world.inbox = Away(inbox)
    async with at_work(world.worker()) as worker:
        world.inbox.methods = {"claim"}
        await worker.receive([said(1, "低保")])
        await world.until(lambda: "updates wait" in caplog.text)
        world.inbox.methods = set()
        await world.answered()
    assert world.sent == ["低保"]


async def test_what_was_sent_while_the_database_went_away_is_not_sent_again(world, inbox, caplog):
    world.inbox = Away(inbox)
    world.inbox.methods = {"finish"}
    async with at_work(world.worker()) as worker:
        await worker.receive([said(1, "低保")])
        await world.until(lambda: "not noted yet" in caplog.text)
        world.now += LEASE_SECONDS + 1
        await anyio.sleep(0.03)
        world.inbox.methods = set()
        await world.answered()
    assert world.sent == ["低保"]


async def test_an_update_that_cannot_be_stored_is_not_taken(world, inbox):
    world.inbox = Away(inbox)
    world.inbox.methods = {"add"}
    with pytest.raises(StoreError):
        await world.worker().receive([said(1, "低保")])
