"""The attacks. Each keeps going until a time and counts how it was answered."""

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial

Tally = Counter[str]
Address = tuple[str, int]

_QUESTION = json.dumps({"text": "低保一年多少钱", "session": "attacker"}).encode()
_DROPPED, _SILENT = "dropped", "no answer"
_GIVE_UP_SECONDS = 20.0


async def send(to: Address, data: bytes, source: str, pause: float = 0.0, step: int = 65536) -> str:
    """Send bytes from an address, some at a time; the status that comes back, or how the other side went."""
    try:
        reader, writer = await asyncio.open_connection(*to, local_addr=(source, 0))
    except OSError:
        return _DROPPED
    try:
        answer = asyncio.create_task(reader.readline())
        for i in range(0, len(data), step):
            if answer.done():
                break
            writer.write(data[i : i + step])
            await writer.drain()
            if pause:
                await asyncio.sleep(pause)
        line = await asyncio.wait_for(answer, _GIVE_UP_SECONDS)
        return line.split()[1].decode() if len(line.split()) > 1 else _DROPPED
    except TimeoutError:
        return _SILENT
    except OSError:
        return (await answer).split()[1].decode() if answer.done() and not answer.exception() else _DROPPED
    finally:
        answer.cancel()
        writer.close()


def post(path: str, body: bytes, headers: str = "", length: int | None = None) -> bytes:
    """A POST as bytes."""
    size = len(body) if length is None else length
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {size}\r\n"
    return f"{head}{headers}Connection: close\r\n\r\n".encode() + body


async def side_by_side(count: int, one: Callable[[int], Awaitable[str]], until: float) -> Tally:
    """So many attackers at once, each starting anew until the time is over."""
    tally: Tally = Counter()

    async def attacker(number: int) -> None:
        while time.monotonic() < until:
            tally[await one(number)] += 1

    await asyncio.gather(*(attacker(n) for n in range(count)))
    return tally


async def flood(to: Address, until: float, addresses: int = 1) -> Tally:
    """As many questions as go in, from one address or from many."""

    async def one(number: int) -> str:
        return await send(to, post("/api/v1/ask", _QUESTION), f"127.1.0.{1 + number % addresses}")

    return await side_by_side(64, one, until)


async def slow_heads(to: Address, until: float) -> Tally:
    """Connections that send the head of a request letter by letter."""
    head = b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: " + b"a" * 10_000

    async def one(number: int) -> str:
        return await send(to, head, f"127.2.0.{1 + number % 250}", 0.5, 1)

    return await side_by_side(800, one, until)


async def slow_bodies(to: Address, until: float) -> Tally:
    """Requests whose body never ends."""

    async def one(number: int) -> str:
        data = post("/chat", b'{"text": "' + b"a" * 500, length=600)
        return await send(to, data, f"127.3.0.{1 + number % 250}", 0.5, 120)

    return await side_by_side(300, one, until)


async def oversized(to: Address, until: float) -> Tally:
    """Bodies of a megabyte."""
    body = b'{"text": "' + b"a" * 1_000_000 + b'"}'

    async def one(number: int) -> str:
        return await send(to, post("/chat", body), f"127.4.0.{1 + number % 250}")

    return await side_by_side(16, one, until)


async def malformed(to: Address, until: float) -> Tally:
    """Bodies and requests that are none."""
    chance = random.Random(1)
    rubbish = (
        post("/chat", b'{"text": '),
        post("/api/v1/ask", b"\xff\xfe\x00"),
        post("/chat", b"[" * 50_000),
        post("/api/v1/ask", b'{"text": "\\ud800"}'),
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00" + bytes(chance.randrange(256) for _ in range(200)) + b"\r\n\r\n",
        b"POST /chat HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
    )

    async def one(number: int) -> str:
        return await send(to, chance.choice(rubbish), f"127.5.0.{1 + number % 250}")

    return await side_by_side(16, one, until)


async def forged(to: Address, until: float) -> Tally:
    """Pushes in a messenger's name without its secret."""
    update = json.dumps({"update_id": 1, "message": {"text": "x"}}).encode()
    pushes = (
        post("/hooks/telegram", update, "X-Telegram-Bot-Api-Secret-Token: guess\r\n"),
        post("/hooks/wechat?signature=0&timestamp=1&nonce=2", b"<xml></xml>"),
    )

    async def one(number: int) -> str:
        push = pushes[number % 2]
        return await send(to, push, f"127.6.0.{1 + number % 250}")

    return await side_by_side(16, one, until)


ATTACKS: dict[str, Callable[[Address, float], Awaitable[Tally]]] = {
    "flood, one address": flood,
    "flood, 200 addresses": partial(flood, addresses=200),
    "800 slow heads": slow_heads,
    "300 slow bodies": slow_bodies,
    "oversized bodies": oversized,
    "malformed": malformed,
    "forged pushes": forged,
}


def attacked(name: str, to: Address, seconds: float) -> Tally:
    """Run one attack; in a process of its own, so that it does not slow the residents' clocks."""

    async def run() -> Tally:
        return await ATTACKS[name](to, time.monotonic() + seconds)

    return asyncio.run(run())
