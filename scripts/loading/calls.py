"""Callers: a number of connections, each sending its next request when the last is answered."""

import asyncio
import itertools
import json
import secrets
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

Conversation = Sequence[str]


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


async def measure(
    urls: Sequence[str], path: str, conversations: Sequence[Conversation], connections: int, seconds: float
) -> Measured:
    """Call a path for some seconds, each connection at one of the servers."""
    bodies, latencies = _Bodies(conversations), []
    until = time.perf_counter() + seconds
    started = time.perf_counter()
    async with asyncio.TaskGroup() as callers:
        for _, url in zip(range(connections), itertools.cycle(urls), strict=False):
            callers.create_task(_call(url, path, bodies, until, latencies))
    return Measured(sorted(latencies), time.perf_counter() - started)


async def _call(url: str, path: str, bodies: _Bodies, until: float, latencies: list[float]) -> None:
    place = urlsplit(url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    while time.perf_counter() < until:
        for body in bodies.conversation():
            sent = time.perf_counter()
            await _exchange(reader, writer, _head(path, place.netloc, len(body)) + body)
            latencies.append(time.perf_counter() - sent)
    writer.close()
    await writer.wait_closed()


def _head(path: str, host: str, length: int) -> bytes:
    kind = "Content-Type: application/json"
    return f"POST {path} HTTP/1.1\r\nHost: {host}\r\n{kind}\r\nContent-Length: {length}\r\n\r\n".encode()


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> None:
    """One request and its whole reply. RuntimeError where it is not 200."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(head.decode("latin-1"))
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    await reader.readexactly(int(length.partition(b":")[2]))
