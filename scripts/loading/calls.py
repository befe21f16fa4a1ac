"""Callers: a number of connections, each sending its next request when the last is answered."""

import asyncio
import itertools
import json
import re
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlsplit

Conversation = Sequence[str]
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_LATEST_SECONDS = 60.0


class Measured(NamedTuple):
    """What was answered in some seconds: latencies in seconds, sorted."""

    latencies: list[float]
    seconds: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.latencies) / self.seconds

    def share(self, part: float) -> float:
        """The latency that this part of the requests stays below, in milliseconds."""
        return 1000 * self.latencies[min(len(self.latencies) - 1, int(part * len(self.latencies)))]


class _Bodies:
    """Requests of one connection after the other: turns of a conversation in order, under its own session."""

    def __init__(self, conversations: Sequence[Conversation]) -> None:
        self._numbers = itertools.count()
        self._conversations = conversations
        self._name = secrets.token_hex(4)  # a conversation of an earlier round is not gone on with

    def conversation(self) -> Iterator[bytes]:
        number = next(self._numbers)
        turns = self._conversations[number % len(self._conversations)]
        for text in turns:
            body = (
                {"text": text}
                if len(turns) == 1
                else {"text": text, "session": f"load-{self._name}-{number}"}
            )
            yield json.dumps(body, ensure_ascii=False).encode()


@dataclass
class _Round:
    """What the callers of a round share."""

    path: str
    bodies: _Bodies
    until: float
    latencies: list[float] = field(default_factory=list)


async def measure(
    urls: Sequence[str], path: str, conversations: Sequence[Conversation], connections: int, seconds: float
) -> Measured:
    """Call a path for some seconds, each connection at one of the servers. RuntimeError: not a 200."""
    started = time.perf_counter()
    shared = _Round(path, _Bodies(conversations), started + seconds)
    async with asyncio.timeout(seconds + _LATEST_SECONDS), asyncio.TaskGroup() as callers:
        for _, url in zip(range(connections), itertools.cycle(urls), strict=False):
            callers.create_task(_call(url, shared))
    return Measured(sorted(shared.latencies), time.perf_counter() - started)


async def _call(url: str, shared: _Round) -> None:
    place, loop = urlsplit(url), asyncio.get_running_loop()
    if place.hostname is None or place.port is None:
        raise ValueError(f"{url}: no host and port to call")
    transport, caller = await loop.create_connection(
        lambda: _Caller(place.netloc, shared), place.hostname, place.port
    )
    try:
        await caller.done
    finally:
        transport.close()


class _Caller(asyncio.Protocol):
    """One connection. No streams, no client library: the callers share the machine with what they measure."""

    def __init__(self, host: str, shared: _Round) -> None:
        self.done = asyncio.get_running_loop().create_future()
        self._head = (
            f"POST {shared.path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n".encode()
        )
        self._shared = shared
        self._turns: Iterator[bytes] = iter(())
        self._got = b""
        self._sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def _send(self) -> None:
        """The next turn; when the time is up, the conversation that has begun is still gone through."""
        body = next(self._turns, None)
        if body is None:
            if time.perf_counter() >= self._shared.until:
                self.done.set_result(None)
                return
            self._turns = self._shared.bodies.conversation()
            body = next(self._turns)
        self._got, self._sent = b"", time.perf_counter()
        self._transport.write(b"%sContent-Length: %d\r\n\r\n%s" % (self._head, len(body), body))

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, whole, body = self._got.partition(b"\r\n\r\n")
        if not whole or self.done.done():
            return
        length = _LENGTH.search(head)
        if length is None or not head.startswith(b"HTTP/1.1 200"):
            self.done.set_exception(RuntimeError(head.decode("latin-1")))
        elif len(body) >= int(length[1]):
            self._shared.latencies.append(time.perf_counter() - self._sent)
            self._send()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error or RuntimeError("the server hung up"))
