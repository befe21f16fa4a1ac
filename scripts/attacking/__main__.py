"""Each attack for some seconds against a service of our own; beside it ten honest residents ask."""

import argparse
import asyncio
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import httpx

from scripts.attacking.attacks import ATTACKS, Address, Tally, attacked
from scripts.ours import service

RESIDENTS = 10
PAUSE_SECONDS = 0.3
QUESTIONS = ("低保一年多少钱", "图书馆几点开门", "退休金怎么领", "孩子上幼儿园", "公租房怎么申请")
SETTINGS = {
    "YONGWEN_TELEGRAM_TOKEN": "666000:made-up_token-made-up_token-made-up",
    "YONGWEN_TELEGRAM_API": "http://127.0.0.1:9",
    "YONGWEN_TELEGRAM_WEBHOOK": "https://example.invalid/hooks/telegram",
    "YONGWEN_TELEGRAM_SECRET": "a-secret-nobody-guesses",
    "YONGWEN_WECHAT_TOKEN": "another-secret",
}


async def resident(number: int, to: Address, until: float) -> list[tuple[float, int]]:
    """(seconds, status) of the questions of one honest resident, who has an address of their own."""
    transport = httpx.AsyncHTTPTransport(local_address=f"127.0.0.{10 + number}")
    noticed: list[tuple[float, int]] = []
    async with httpx.AsyncClient(
        transport=transport, base_url=f"http://{to[0]}:{to[1]}", timeout=30
    ) as client:
        await asyncio.sleep(number * PAUSE_SECONDS / RESIDENTS)
        while (started := time.monotonic()) < until:
            question = {"text": QUESTIONS[len(noticed) % len(QUESTIONS)]}
            path = "/chat" if number % 2 else "/api/v1/ask"
            try:
                status = (await client.post(path, json=question)).status_code
            except httpx.HTTPError:
                status = 0
            noticed.append((time.monotonic() - started, status))
            client.cookies.clear()  # another person each time
            await asyncio.sleep(PAUSE_SECONDS)
    return noticed


async def measured(to: Address, seconds: float) -> list[tuple[float, int]]:
    """What all residents notice."""
    until = time.monotonic() + seconds
    found = await asyncio.gather(*(resident(n, to, until) for n in range(RESIDENTS)))
    return [one for several in found for one in several]


def row(name: str, tally: Tally, noticed: list[tuple[float, int]]) -> str:
    """A line of the table."""
    times = sorted(seconds * 1000 for seconds, _ in noticed)
    good = sum(status == 200 for _, status in noticed)
    answers = " · ".join(f"{count:,} × {status}" for status, count in tally.most_common(5)) or "—"
    shown = (times[len(times) // 2], times[min(len(times) - 1, int(len(times) * 0.99))], times[-1])
    cells = (name, answers, f"{good} of {len(noticed)}", *(f"{ms:.0f} ms" for ms in shown))
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Print the table; exit 1 where an honest question went unanswered."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=15.0, help="how long each attack lasts")
    arguments = parser.parse_args()
    failed = 0
    print("| attack | answered with | honest answered | median | p99 | worst |")
    print("| --- | --- | ---: | ---: | ---: | ---: |")
    with service(SETTINGS) as port, ProcessPoolExecutor(1, get_context("spawn")) as pool:
        to = ("127.0.0.1", port)
        asyncio.run(measured(to, 2.0))  # warm
        for name in ("none", *ATTACKS):
            attack = pool.submit(attacked, name, to, arguments.seconds) if name != "none" else None
            noticed = asyncio.run(measured(to, arguments.seconds))
            print(row(name, attack.result() if attack else Counter(), noticed), flush=True)
            failed += sum(status != 200 for _, status in noticed)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
