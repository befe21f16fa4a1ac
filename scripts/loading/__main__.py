"""Ask the API as fast as it answers, in turns with a route that only echoes, and compare."""

import argparse
import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from bot import config
from bot.staff.cases import read_cases
from scripts.loading.calls import Measured, measure

ASK, ECHO = "/api/v1/ask", "/echo"
HEAD = "| route | requests a second | p50 · p99 ms | processor µs a request |\n| --- | ---: | ---: | ---: |"


class Round(NamedTuple):
    """What was measured, and the processor time the server took for a request, in microseconds."""

    measured: Measured
    busy: float


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


def processor_seconds(pid: int) -> float:
    """What a process has used so far; NaN where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return float("nan")
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def one_round(to: Sequence[Server], path: str, arguments: argparse.Namespace) -> Round:
    """Call a path for some seconds."""
    urls = [server.url for server in to]
    before = sum(processor_seconds(server.pid) for server in to)
    asked = await measure(urls, path, arguments.conversations, arguments.connections, arguments.seconds)
    used = sum(processor_seconds(server.pid) for server in to) - before
    return Round(asked, 1e6 * used / len(asked.latencies))


def middle(rounds: Sequence[Round]) -> Round:
    """The round in the middle by its rate."""
    return sorted(rounds, key=lambda r: r.measured.rate)[len(rounds) // 2]


def row(name: str, found: Round) -> str:
    """A line of the table."""
    times = " · ".join(f"{found.measured.share(part):.1f}" for part in (0.5, 0.99))
    return f"| {name} | {found.measured.rate:,.0f} | {times} | {found.busy:,.0f} |"


async def compare(to: Sequence[Server], arguments: argparse.Namespace) -> None:
    """Print the table, and how the two compare."""
    turns, warm = sum(map(len, arguments.conversations)), 0
    while warm < turns:  # what is measured is how it goes on, not how it begins
        warm += len((await one_round(to, ASK, arguments)).measured.latencies)
    rounds = [[await one_round(to, path, arguments) for path in (ECHO, ASK)] for _ in range(arguments.rounds)]
    echo, ask = (middle(found) for found in zip(*rounds, strict=True))
    print(HEAD)
    print(row("echo", echo), row("`POST /ask`", ask), sep="\n")
    rate, busy = ask.measured.rate / echo.measured.rate, echo.busy / ask.busy
    print(f"{rate:.0%} of the echo's rate; by processor time {busy:.0%}")


def main() -> int:
    """Run it; 0 whatever comes out."""
    parser = argparse.ArgumentParser(prog="scripts/load", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, default=[config.ROOT / "knowledge" / "examples"])
    parser.add_argument("--seconds", type=float, default=4, help="of each round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--replicas", type=int, default=1, help="so many servers, on YONGWEN_DATABASE")
    parser.add_argument("--anew", action="store_true", help="remember no question just asked")
    arguments = parser.parse_args()
    arguments.conversations = [[case.q for case in found] for found in read_cases(arguments.files)]
    if arguments.replicas > 1 and not config.load().database:
        parser.error("replicas share a PostgreSQL: set YONGWEN_DATABASE and YONGWEN_PRIVACY_KEY")
    with servers(arguments.replicas, *(["--anew"] if arguments.anew else [])) as to:
        print(f"{len(arguments.conversations)} conversations, {arguments.connections} connections")
        asyncio.run(compare(to, arguments))
    return 0


if __name__ == "__main__":
    sys.exit(main())
