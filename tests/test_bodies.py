"""A body is read whole up to its limit, and not a chunk further."""

import io

import pytest

from bot.bodies import LONGEST_LINE, check_length, lines_of, read_limited
from bot.errors import InputError

pytestmark = pytest.mark.anyio


class Chunks:
    """Counts what is taken of it."""

    def __init__(self, *chunks: bytes) -> None:
        self.left = list(chunks)

    def __aiter__(self) -> "Chunks":
        return self

    async def __anext__(self) -> bytes:
        if not self.left:
            raise StopAsyncIteration
        return self.left.pop(0)


@pytest.mark.parametrize("chunks", [(), (b"",), (b"abcd",), (b"ab", b"", b"cd")])
async def test_up_to_the_limit_a_body_is_whole(chunks: tuple[bytes, ...]) -> None:
    assert await read_limited(Chunks(*chunks), 4) == b"".join(chunks)


async def test_what_is_too_long_is_not_read_to_its_end() -> None:
    chunks = Chunks(b"abc", b"de", b"never taken")
    assert await read_limited(chunks, 4) is None
    assert chunks.left == [b"never taken"]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
def test_lines_are_whole_up_to_the_limit_and_the_next_ones_too(end: bytes) -> None:
    most = b"a" * LONGEST_LINE
    for long in (most, most + b"a", most * 3, most * 3 + b"a"):
        *before, last = lines_of(io.BytesIO(b"one\n" + long + b"\n\ntwo" + end))
        assert [before[0], *before[2:], last] == [b"one\n", b"\n", b"two" + end]
        assert len(before[1]) <= LONGEST_LINE + 1, "no more of it is held"
        if long == most:
            check_length(before[1], "here")
        else:
            with pytest.raises(InputError, match="here: longer than"):
                check_length(before[1], "here")
