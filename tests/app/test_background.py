"""What goes on beside the answering: again after a failure, and never cut off in the middle of a step."""

import asyncio

import pytest

from bot.app.background import every, repeating

pytestmark = pytest.mark.anyio


async def test_a_step_under_way_is_finished_and_none_begun_after() -> None:
    begun, done = asyncio.Event(), []

    async def step() -> None:
        begun.set()
        await asyncio.sleep(0.05)
        done.append(len(done))

    async with asyncio.timeout(30):
        async with repeating(step, every(0)):
            await begun.wait()
            assert done == []
        assert done == [0]
        await asyncio.sleep(0.1)
    assert done == [0]


async def test_a_wait_is_cut_short() -> None:
    async with asyncio.timeout(30), repeating(lambda: asyncio.sleep(0), every(3600)):
        await asyncio.sleep(0.01)


async def test_a_step_that_fails_is_said_and_taken_again(caplog: pytest.LogCaptureFixture) -> None:
    tries: list[int] = []
    thrice = asyncio.Event()

    async def step() -> None:
        tries.append(1)
        if len(tries) == 3:
            thrice.set()
        raise ValueError("broken")

    async with asyncio.timeout(30), repeating(step, every(0)):
        await thrice.wait()
    assert caplog.text.count("it is tried again") >= 2
    assert "broken" in caplog.text
