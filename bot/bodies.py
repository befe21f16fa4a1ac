"""Bodies of requests, and lines of files, read no further than they may be long."""

import codecs
from collections.abc import AsyncIterable, Iterator
from json import JSONDecodeError
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


def json_fault(error: ValueError | RecursionError) -> str:
    """What is wrong with a line that is no JSON; by its column, as whoever tells it has told the line."""
    return f"{error.msg} at column {error.colno}" if isinstance(error, JSONDecodeError) else str(error)


class LineDecoder:
    """The lines of one file as text: UTF-8, or GB18030 (GBK), which spreadsheets on Chinese Windows save.

    A line that does not tell is taken to be in what the line before was in.
    """

    def __init__(self) -> None:
        self._encoding = "UTF-8"

    def __call__(self, line: bytes, number: int, place: str) -> str:
        """A line, the file's first being number 1. InputError, at this place, where it cannot be read."""
        if number == 1 and _is_utf_16(line):
            self._encoding = "UTF-16"
        if self._encoding == "UTF-16":
            raise InputError(f"{place}: in UTF-16; save the file as UTF-8")
        self._encoding = _shown_by(line) or self._encoding
        try:
            text = line.decode(self._encoding)
        except UnicodeDecodeError as error:
            raise InputError(f"{place}: not in {self._encoding}; save the file as UTF-8") from error
        return text.removeprefix("\ufeff") if number == 1 else text


def _is_utf_16(first: bytes) -> bool:
    """Whether a file that begins with this line, up to the byte that ends it, is in two bytes a letter."""
    end = {codecs.BOM_UTF16_LE: b"\n", codecs.BOM_UTF16_BE: b"\0\n"}.get(first[:2])
    return end is not None and len(first.removesuffix(end)) % 2 == 0


def _shown_by(line: bytes) -> str:
    """The encoding that a line is most likely in; empty where it holds nothing that tells."""
    beyond_ascii = sum(byte > 0x7F for byte in line)
    chinese = sum(letter >= "\u0800" for letter in line.decode(errors="ignore"))
    mostly = 3 * chinese >= 0.8 * beyond_ascii  # at three bytes a letter
    if mostly or _is_in("UTF-8", line.rstrip(b"\r\n"), whole=False):
        return "UTF-8" if chinese else ""
    return "GB18030" if _is_in("GB18030", line, whole=True) else ""


def _is_in(encoding: str, line: bytes, *, whole: bool) -> bool:
    """Whether a line can be in this encoding; where it need not be whole, it may end within a letter."""
    try:
        codecs.getincrementaldecoder(encoding)().decode(line, final=whole)
    except UnicodeDecodeError:
        return False
    return True
