"""Ask the API as fast as it answers, in turns with a route that only echoes; and by several replicas."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from bot import config
from bot.staff.cases import read_cases
from scripts.loading.calls import Measured, measure
from scripts.loading.servers import Server, database_pids, held, processor_seconds, servers

ASK, ECHO = "/api/v1/ask", "/echo"
HEAD = "| route | requests a second | p50 · p99 ms | processor µs a request |\n| --- | ---: | ---: | ---: |"
GROWTH = (
    "| replicas | requests a second | processor µs a request | PostgreSQL's |\n| ---: | ---: | ---: | ---: |"
)


class Round(NamedTuple):
    """What was measured, and the microseconds of processor the servers and PostgreSQL took for a request."""

    measured: Measured
    busy: float
    stored: float


async def one_round(to: Sequence[Server], path: str, arguments: argparse.Namespace) -> Round:
    """Call a path for some seconds."""
    urls = [server.url for server in to]
    before = used_by(to)
    connections = arguments.connections * len(to)
    asked = await measure(urls, path, arguments.conversations, connections, arguments.seconds)
    busy, stored = (1e6 * (b - a) / len(asked.latencies) for a, b in zip(before, used_by(to), strict=True))
    return Round(asked, busy, stored)


def used_by(to: Sequence[Server]) -> tuple[float, float]:
    """The seconds of processor that the servers, and PostgreSQL on this machine, have used so far."""
    return processor_seconds(server.pid for server in to), processor_seconds(database_pids())


def middle(rounds: Sequence[Round]) -> Round:
    """The round in the middle by its rate."""
    return sorted(rounds, key=lambda r: r.measured.rate)[len(rounds) // 2]


async def warmed(to: Sequence[Server], arguments: argparse.Namespace) -> None:
    """Ask everything once of everyone: what is measured is how it goes on, not how it begins."""
    for server in to:
        turns, asked = sum(map(len, arguments.conversations)), 0
        while asked < turns:
            asked += len((await one_round([server], ASK, arguments)).measured.latencies)


def row(name: str, found: Round) -> str:
    """A line of the first table."""
    times = " · ".join(f"{found.measured.share(part):.1f}" for part in (0.5, 0.99))
    return f"| {name} | {found.measured.rate:,.0f} | {times} | {found.busy:,.0f} |"


async def compare(to: Sequence[Server], arguments: argparse.Namespace) -> None:
    """Print what the API does beside what the echo does."""
    await warmed(to, arguments)
    rounds = [[await one_round(to, path, arguments) for path in (ECHO, ASK)] for _ in range(arguments.rounds)]
    echo, ask = (middle(found) for found in zip(*rounds, strict=True))
    print(HEAD)
    print(row("echo", echo), row("`POST /ask`", ask), sep="\n")
    rate, busy = ask.measured.rate / echo.measured.rate, echo.busy / ask.busy
    print(f"{rate:.0%} of the echo's rate; by processor time {busy:.0%}")


async def grow(to: Sequence[Server], arguments: argparse.Namespace) -> None:
    """Print what one, two, … of the replicas do, each held to its share of a core."""
    await warmed(to, arguments)
    print(f"each replica held to {arguments.share:.0%} of a core", GROWTH, sep="\n")
    for number in range(1, len(to) + 1):
        async with held(to[:number], arguments.share):
            rounds = [await one_round(to[:number], ASK, arguments) for _ in range(arguments.rounds)]
        found = middle(rounds)
        print(f"| {number} | {found.measured.rate:,.0f} | {found.busy:,.0f} | {found.stored:,.0f} |")


def main() -> int:
    """Run it; 0 whatever comes out."""
    parser = argparse.ArgumentParser(prog="scripts/load", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, default=[config.ROOT / "knowledge" / "examples"])
    parser.add_argument("--seconds", type=float, default=4, help="of each round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--replicas", type=int, default=1, help="how it grows up to so many")
    parser.add_argument("--share", type=float, default=0.15, help="of a core that each of them may have")
    parser.add_argument("--anew", action="store_true", help="remember no question just asked")
    arguments = parser.parse_args()
    arguments.conversations = [[case.q for case in found] for found in read_cases(arguments.files)]
    if arguments.replicas > 1 and not config.load().database:
        parser.error("replicas share a PostgreSQL: set YONGWEN_DATABASE and YONGWEN_PRIVACY_KEY")
    with servers(arguments.replicas, *(["--anew"] if arguments.anew else [])) as to:
        print(f"{len(arguments.conversations)} conversations, {arguments.connections} connections a server")
        asyncio.run((grow if arguments.replicas > 1 else compare)(to, arguments))
    return 0


if __name__ == "__main__":
    sys.exit(main())
