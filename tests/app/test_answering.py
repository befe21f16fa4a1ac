"""Many who ask at once."""

import asyncio

import pytest

from bot.app import Yongwen
from bot.messages import Message
from bot.store.conversations import InMemory

pytestmark = pytest.mark.anyio


async def test_between_two_answers_that_are_worked_out_others_get_on(knowledge):
    yongwen, passes = Yongwen(knowledge, InMemory()), 0

    async def others():
        nonlocal passes
        while True:
            passes += 1
            await asyncio.sleep(0)

    async def answered_in(text):
        await yongwen.answer(Message(text))
        return passes

    beside = asyncio.create_task(others())
    found = await asyncio.gather(*map(answered_in, ("低保", "养老", "医保", "托育", "公租房")))
    beside.cancel()
    assert len(set(found)) == 5
