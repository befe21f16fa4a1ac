"""Work in a process of its own: its result, its progress, what it raises, and that it may die."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

from bot.errors import InputError, WorkerError, YongwenError
from bot.staff.progress import Progress, unreported
from bot.staff.workers import InTurn, in_process

pytestmark = pytest.mark.anyio
Told = Callable[[int, int], None]


def doubled(number: int, progress: Told) -> int:
    progress(1, 2)
    return 2 * number


def refused(_progress: Told) -> None:
    raise InputError("no")


def broken(_progress: Told) -> None:
    raise KeyError("x")


def killed(_progress: Told) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def test_the_result_and_the_progress_come_back() -> None:
    told: list[tuple[int, int]] = []
    assert await in_process(doubled, 21, progress=lambda *at: told.append(at)) == 42
    assert told == [(1, 2)]


async def test_what_it_raises_is_raised_here() -> None:
    with pytest.raises(InputError, match="no"):
        await in_process(refused)
    with pytest.raises(YongwenError, match="KeyError"):
        await in_process(broken)


async def test_a_process_that_dies_is_told_apart_from_a_refusal() -> None:
    with pytest.raises(WorkerError, match="died; is there enough memory"):
        await in_process(killed)


def hungry(size: int, progress: Told) -> int:
    held = bytearray(size)
    time.sleep(0.2)
    progress(1, 2)
    return len(held)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how much memory another process takes")
async def test_who_wants_more_memory_than_allowed_is_ended() -> None:
    told: list[tuple[int, int]] = []
    allowed = 1024**3
    assert await in_process(hungry, 1024, progress=lambda *at: told.append(at), memory=allowed) == 1024
    with pytest.raises(WorkerError, match="wanted more than 1,073,741,824 bytes"):
        await in_process(hungry, 4 * allowed, memory=allowed)
    assert told == [(1, 2)]


async def test_of_much_work_at_once_some_waits_and_all_is_done() -> None:
    running, most, go = 0, 0, asyncio.Event()

    async def run(
        work: Callable[..., Any], *arguments: Any, progress: Progress = unreported, memory: int | None = None
    ) -> Any:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await go.wait()
        running -= 1
        return work(*arguments, progress)

    in_turn = InTurn(2, run)
    tasks = [asyncio.create_task(in_turn(doubled, number)) for number in range(5)]
    refusal = asyncio.create_task(in_turn(refused))
    for _ in range(20):
        await asyncio.sleep(0)
    assert running == 2
    tasks[4].cancel()
    go.set()
    assert await asyncio.gather(*tasks[:4]) == [0, 2, 4, 6]
    with pytest.raises(InputError):
        await refusal
    assert (most, running) == (2, 0)
    assert await in_turn(doubled, 1) == 2
