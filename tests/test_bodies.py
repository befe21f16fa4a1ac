"""A body is read whole up to its limit, and not a chunk further."""

import pytest

from bot.bodies import read_limited

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
