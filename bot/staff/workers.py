"""Heavy work in a process of its own, so that whoever answers residents meanwhile is not slowed."""

import asyncio
import gc
import multiprocessing
import os
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Protocol, TypeVar

from bot.errors import WorkerError, YongwenError
from bot.staff.progress import Progress, unreported

T = TypeVar("T")
_NICE = 10
_LOOK = 0.01
"""Seconds between two looks at how much memory a process takes: it grows by some megabytes meanwhile."""
MOST_AT_ONCE = 2
"""A release need not wait for somebody's trial."""


class Runner(Protocol):
    """Runs `work(*arguments, progress)` somewhere and gives what it returns; `in_process` is one."""

    async def __call__(
        self, work: Callable[..., T], *arguments: Any, progress: Progress, memory: int | None = None
    ) -> T:
        """Run it; what it raises is raised here. WorkerError where it takes more bytes than it may."""


async def in_process(
    work: Callable[..., T], *arguments: Any, progress: Progress = unreported, memory: int | None = None
) -> T:
    """Run `work(*arguments, progress)` in a fresh process at low priority; what it raises is raised here.

    Function, arguments and result must be picklable. The process ends when the caller is cancelled or dies,
    and on Linux, with WorkerError, when it takes more than `memory` bytes.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_child, args=(theirs, work, arguments), daemon=True)
    await asyncio.to_thread(process.start)
    theirs.close()
    try:
        while True:
            kind, value = await asyncio.to_thread(_receive, ours, process, memory)
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

    async def __call__(
        self,
        work: Callable[..., T],
        *arguments: Any,
        progress: Progress = unreported,
        memory: int | None = None,
    ) -> T:
        """Run it when it is its turn; what it raises is raised here."""
        async with self._turns:
            return await self._run(work, *arguments, progress=progress, memory=memory)


def _receive(connection: Connection, process: BaseProcess, memory: int | None) -> tuple[str, Any]:
    """What the process sends next, where it takes no more memory than it may.

    It is killed from outside: at a limit of the kernel's, pydantic now and then waited for itself for ever.
    """
    try:
        while memory and not connection.poll(_LOOK):
            if _resident(process) > memory:
                process.kill()
                return "failed", WorkerError(f"the process wanted more than {memory:,} bytes of memory")
        return connection.recv()  # type: ignore[no-any-return]
    except (EOFError, OSError):
        return "failed", WorkerError("the process that learns died; is there enough memory?")


def _resident(process: BaseProcess) -> int:
    """The bytes of memory a process takes now; only Linux tells it of another process, elsewhere it is 0."""
    try:
        pages = Path(f"/proc/{process.pid}/statm").read_text("ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGESIZE")
    except OSError:
        return 0


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
