"""Bodies of requests, and lines of files, read no further than they may be long."""

from collections.abc import AsyncIterable, Iterator
from typing import BinaryIO

from bot.errors import InputError

LONGEST_LINE = 1024 * 1024
"""Bytes; whatever a line asks, it is far shorter."""


async def read_limited(chunks: AsyncIterable[bytes], longest: int) -> bytes | None:
    """The body that comes in these chunks; None where it has more bytes than `longest`."""
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > longest:
            return None
    return bytes(body)


def lines_of(source: BinaryIO) -> Iterator[bytes]:
    """The lines of a file; of one that is too long only so much that `check_length` refuses it."""
    while line := source.readline(LONGEST_LINE + 1):
        yield line
        rest = line
        while len(rest) > LONGEST_LINE and not rest.endswith(b"\n"):
            rest = source.readline(LONGEST_LINE + 1)


def check_length(line: bytes, place: str) -> None:
    """InputError, at this place, where a line is too long."""
    if len(line.rstrip(b"\r\n")) > LONGEST_LINE:
        raise InputError(f"{place}: longer than {LONGEST_LINE} bytes")
