"""Servers to measure, in processes of their own: started, held to a share of a core, their use told."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import NamedTuple

from bot import config

_LOOK_SECONDS = 0.005


class Server(NamedTuple):
    """Where a server answers, and its process number."""

    url: str
    pid: int


@contextmanager
def servers(replicas: int, *arguments: str) -> Iterator[list[Server]]:
    """Servers that stop at the end; several share the database that YONGWEN_DATABASE names."""
    with ExitStack() as opened:
        yield [opened.enter_context(server(*arguments)) for _ in range(replicas)]


@contextmanager
def server(*arguments: str) -> Iterator[Server]:
    """A server that stops at the end."""
    with tempfile.TemporaryDirectory() as folder:
        catalogue = shutil.copy(config.load().catalogue, folder)
        settings = {
            "YONGWEN_PORT": "0",
            "YONGWEN_RESIDENTS": f"{folder}/residents.sqlite",
            "YONGWEN_CATALOGUE": catalogue,
            "YONGWEN_LIMIT_ADDRESS": "off",
        }
        with subprocess.Popen(
            [sys.executable, "-m", "scripts.loading.server", *arguments],
            cwd=config.ROOT,
            env=os.environ | settings,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdin
            assert process.stdout
            yield Server(process.stdout.readline().rpartition(" ")[2].strip(), process.pid)
            process.stdin.close()


def processor_seconds(pids: Iterable[int]) -> float:
    """What processes and those they outlived have used so far; NaN where the system does not tell."""
    used = [seconds for pid in pids if (seconds := _used(pid)) is not None]
    return sum(used) if used else float("nan")


def _used(pid: int) -> float | None:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return None
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def database_pids() -> list[int]:
    """The processes of PostgreSQL on this machine."""
    return [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/comm") if _name(path) == "postgres"]


def _name(comm: Path) -> str:
    try:
        return comm.read_text("utf-8").strip()
    except OSError:
        return ""


@asynccontextmanager
async def held(to: Sequence[Server], share: float) -> AsyncIterator[None]:
    """Let each server have no more than a share of a core, so that what they do together can show."""
    tasks = [asyncio.create_task(_hold(server.pid, share)) for server in to]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def _hold(pid: int, share: float) -> None:
    """Stop a process for as long as it has had more than its share."""
    began, before = time.perf_counter(), processor_seconds([pid])
    try:
        while True:
            ahead = processor_seconds([pid]) - before - share * (time.perf_counter() - began)
            os.kill(pid, signal.SIGSTOP if ahead > 0 else signal.SIGCONT)
            await asyncio.sleep(_LOOK_SECONDS)
    finally:
        os.kill(pid, signal.SIGCONT)
