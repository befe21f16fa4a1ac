"""Calls that come together are made as one, and each gets its own answer."""

import asyncio

import pytest

from bot.store.batching import MOST, Batched

pytestmark = pytest.mark.anyio


class Doubling:
    def __init__(self):
        self.batches = []

    async def __call__(self, numbers):
        self.batches.append(list(numbers))
        await asyncio.sleep(0)
        if None in numbers:
            raise ValueError("none")
        return [2 * n for n in numbers]


async def test_what_comes_together_is_asked_together():
    call = Doubling()
    batched = Batched(call)
    assert await asyncio.gather(*(batched(n) for n in range(10))) == [2 * n for n in range(10)]
    assert call.batches == [list(range(10))]


async def test_what_comes_while_one_is_under_way_shares_the_next():
    call = Doubling()
    batched = Batched(call)
    first = asyncio.create_task(batched(1))
    while not call.batches:
        await asyncio.sleep(0)
    assert await asyncio.gather(batched(2), batched(3), first) == [4, 6, 2]
    assert call.batches == [[1], [2, 3]]


async def test_no_call_is_larger_than_a_statement_may_be():
    call = Doubling()
    batched = Batched(call)
    await asyncio.gather(*(batched(n) for n in range(MOST + 1)))
    assert [len(b) for b in call.batches] == [MOST, 1]


async def test_a_failure_is_told_to_all_who_share_it_and_ends_with_them():
    batched = Batched(Doubling())
    found = await asyncio.gather(batched(None), batched(1), return_exceptions=True)
    assert [type(e) for e in found] == [ValueError, ValueError]
    assert await batched(2) == 4


async def test_who_goes_away_keeps_nobody_else_from_an_answer():
    batched = Batched(Doubling())
    gone, stays = asyncio.create_task(batched(1)), asyncio.create_task(batched(2))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays == 4
    with pytest.raises(asyncio.CancelledError):
        await gone


async def test_who_is_stopped_leaves_no_call_under_way_behind():
    began, ended = asyncio.Event(), asyncio.Event()

    async def call(asked):
        began.set()
        await asyncio.sleep(0.01)
        ended.set()
        raise ValueError(asked)

    asking = asyncio.create_task(Batched(call)(1))
    await began.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert ended.is_set()
