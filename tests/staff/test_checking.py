"""Knowledge is checked once, however many ask for it at a time."""

import asyncio
from typing import Any

import pytest
from editorial import Clock
from tiny_knowledge import tiny

from bot.staff import checking
from bot.staff.checking import Checker
from bot.staff.snapshot import Snapshot, read_texts

pytestmark = pytest.mark.anyio


async def test_what_is_being_checked_is_not_checked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[Any] = []
    real = checking.check
    monkeypatch.setattr(checking, "check", lambda *given: (ran.append(given), real(*given))[1])
    checker, snapshot = Checker(Clock()), Snapshot(read_texts(tiny()))
    checker.begin(snapshot)
    same = snapshot.with_texts({})
    found = await asyncio.gather(checker.check(snapshot), checker.check(same), checker.check(snapshot))
    assert found[0].catalogue is not None and found[0] is found[1] is found[2]
    assert len(ran) == 1
    await checker.check(snapshot.with_texts({"words.txt": "食堂\n"}))
    assert len(ran) == 2


async def test_who_leaves_does_not_stop_the_check_of_the_others() -> None:
    checker, snapshot = Checker(Clock()), Snapshot(read_texts(tiny()))
    leaving = asyncio.ensure_future(checker.check(snapshot))
    staying = asyncio.ensure_future(checker.check(snapshot))
    await asyncio.sleep(0)
    leaving.cancel()
    assert (await staying).catalogue is not None


async def test_a_check_that_failed_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    checker, snapshot = Checker(Clock()), Snapshot(read_texts(tiny()))
    with monkeypatch.context() as broken:
        broken.setattr(checking, "check", lambda *given: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            await checker.check(snapshot)
    assert (await checker.check(snapshot)).catalogue is not None
