"""Heavy work in a process of its own, so that whoever answers residents meanwhile is not slowed."""

import asyncio
import gc
import multiprocessing
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Protocol, TypeVar

from bot.errors import WorkerError, YongwenError
from bot.staff.progress import Progress, unreported

T = TypeVar("T")
_NICE = 10
_SIZE = Path("/proc/self/statm")
MOST_AT_ONCE = 2
"""A release need not wait for somebody's trial."""


class Runner(Protocol):
    """Runs `work(*arguments, progress)` somewhere and gives what it returns; `in_process` is one."""

    async def __call__(self, work: Callable[..., T], *arguments: Any, progress: Progress) -> T:
        """Run it; what it raises is raised here."""


async def in_process(work: Callable[..., T], *arguments: Any, progress: Progress = unreported) -> T:
    """Run `work(*arguments, progress)` in a fresh process at low priority; what it raises is raised here.

    Function, arguments and result must be picklable. The process ends when the caller is cancelled or dies.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_child, args=(theirs, work, arguments), daemon=True)
    await asyncio.to_thread(process.start)
    theirs.close()
    try:
        while True:
            kind, value = await asyncio.to_thread(_receive, ours)
            if kind == "progress":
                progress(*value)
            elif kind == "result":
                return value  # type: ignore[no-any-return]
            else:
                raise value
    finally:
        process.kill()
        await asyncio.to_thread(process.join)
        ours.close()


class InTurn:
    """Runs work as another does, but so much at once and no more: each process takes some hundred megabytes.

    However often somebody presses, what comes further waits.
    """

    def __init__(self, most: int = MOST_AT_ONCE, run: Runner = in_process) -> None:
        self._turns = asyncio.Semaphore(most)
        self._run = run

    async def __call__(self, work: Callable[..., T], *arguments: Any, progress: Progress = unreported) -> T:
        """Run it when it is its turn; what it raises is raised here."""
        async with self._turns:
            return await self._run(work, *arguments, progress=progress)


@contextmanager
def growing_at_most(size: int) -> Iterator[None]:
    """Within this, the process may take so many bytes more; where it wants more, it fails or dies.

    Only Linux can tell how large a process is; elsewhere nothing is limited.
    """
    try:
        pages = int(_SIZE.read_text("ascii").split()[0])
    except OSError:
        yield
        return
    import resource

    most, hardest = resource.getrlimit(resource.RLIMIT_AS)
    wanted = pages * resource.getpagesize() + size
    resource.setrlimit(resource.RLIMIT_AS, (wanted if hardest < 0 else min(wanted, hardest), hardest))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (most, hardest))


def _receive(connection: Connection) -> tuple[str, Any]:
    try:
        return connection.recv()  # type: ignore[no-any-return]
    except (EOFError, OSError):
        return "failed", WorkerError("the process that learns died; is there enough memory?")


def _child(connection: Connection, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    if hasattr(os, "nice"):
        os.nice(_NICE)
    gc.disable()  # it lives for one piece of work, and what that makes points in no circles
    try:
        result = work(*arguments, lambda done, total: connection.send(("progress", (done, total))))
        connection.send(("result", result))
    except BrokenPipeError:
        return  # whoever asked is gone
    except Exception as error:
        connection.send(("failed", error if isinstance(error, YongwenError) else YongwenError(repr(error))))
