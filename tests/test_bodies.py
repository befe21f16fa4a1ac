"""A body is read whole up to its limit, and not a chunk further."""

import io

import pytest

from bot.bodies import LONGEST_LINE, LineDecoder, check_length, lines_of, read_limited
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


def decoded(*lines: bytes) -> list[str]:
    """The lines of one file as text, and why one is none."""
    decode, found = LineDecoder(), []
    for number, line in enumerate(lines, 1):
        try:
            found.append(decode(line, number, f"line {number}"))
        except InputError as error:
            found.append(str(error))
    return found


ASKED = ["ok", "低保", "转业", "怎么办😀", "朱镕基", ""]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_file_is_read_in_either_encoding(encoding: str) -> None:
    assert decoded(*(line.encode(encoding) for line in ASKED)) == ASKED


def test_a_byte_order_mark_is_no_part_of_the_first_line() -> None:
    assert decoded(b"\xef\xbb\xbfa", b"\xef\xbb\xbfa") == ["a", "\ufeffa"]


def test_each_line_tells_for_itself_what_it_is_in() -> None:
    chinese = "低保多少钱"
    assert decoded(*map(chinese.encode, ("utf-8", "gbk", "utf-8", "gb18030"))) == [chinese] * 4
    assert decoded(b"\xff", b"a") == ["line 1: not in UTF-8; save the file as UTF-8", "a"]
    assert decoded("低".encode("gbk"), b"\xff")[1] == "line 2: not in GB18030; save the file as UTF-8"


def test_a_text_cut_short_does_not_change_how_the_others_are_read() -> None:
    for cut in (
        "低保多少钱".encode()[:-1],
        "低保".encode()[:-2],
        "低".encode()[:-1],
        "低保多少钱".encode()[1:],
    ):
        assert decoded(cut + b"\n", "转业".encode("gbk"))[1] == "תҵ", "as far as this file tells"
        assert decoded(cut, "养老".encode())[1] == "养老"
        assert decoded(cut)[0] == "line 1: not in UTF-8; save the file as UTF-8"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_two_bytes_a_letter_are_told(encoding: str) -> None:
    lines = list(lines_of(io.BytesIO("\ufeff低保\n养老".encode(encoding))))
    assert len(lines) == 2
    assert all("in UTF-16; save the file as UTF-8" in line for line in decoded(*lines))
