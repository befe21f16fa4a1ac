"""Questions by the line, for programs, with a made-up answering function."""

import json
from collections.abc import Iterator

import pytest

from bot import batch
from bot.errors import InputError
from bot.messages import Button, Match, Message, Reply, as_data, as_json

pytestmark = pytest.mark.anyio


async def echo(message: Message) -> Reply:
    return Reply(f"{message.session}:{message.text}", "answered", 0.123456, elapsed_us=7)


async def rows(*lines: bytes) -> tuple[list[dict], list[str]]:
    """What comes out for these lines, and the complaints."""
    complaints: list[str] = []
    found = [json.loads(line) async for line in batch.answers(lines, echo, complaints.append)]
    return found, complaints


async def test_a_line_is_a_question_or_an_object() -> None:
    found, complaints = await rows("低保\n".encode(), b'{"id": "a", "session": "s", "text": "x"}\n')
    assert [(r["id"], r["question"], r["reply"]) for r in found] == [
        ("1", "低保", ":低保"),
        ("a", "x", "s:x"),
    ]
    assert complaints == []


@pytest.mark.parametrize(
    ("line", "id_", "session", "text"),
    [
        ('{"text": "x"}', "3", "", "x"),
        ('{"text": "x", "id": 7, "session": 5}', "7", "5", "x"),
        ('{"text": "x", "id": null, "session": null}', "3", "", "x"),
        ('{"text": "x", "id": 0}', "0", "", "x"),
        ('  {"text": ""}', "3", "", ""),
        ('{"text": "x", "more": []}', "3", "", "x"),
        ("[1]", "3", "", "[1]"),
        ('"x"', "3", "", '"x"'),
        ("", "3", "", ""),
        (" 低保 ", "3", "", " 低保 "),
    ],
)
async def test_how_a_line_is_read(line: str, id_: str, session: str, text: str) -> None:
    assert batch.parse(line, 3) == (id_, Message(text, session))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "not JSON"),
        ('{"text": "x"', "not JSON"),
        ('{"text": "x"} {"text": "y"}', "not JSON"),
        ("{}", '"text" must be a string'),
        ('{"text": 5}', '"text" must be a string'),
        ('{"text": null}', '"text" must be a string'),
        ('{"text": "x", "id": ' + "1" * 5000 + "}", "not JSON"),
        ('{"text": ' + "[" * 100_000, "not JSON"),
    ],
    ids=range(8),
)
async def test_a_line_that_cannot_be_read_is_said_and_passed_over(line: str, says: str) -> None:
    with pytest.raises(InputError, match=f"line 3: {says}"):
        batch.parse(line, 3)
    found, complaints = await rows(b"one", line.encode(), b"three")
    assert [r["id"] for r in found] == ["1", "2", "3"]
    assert found[1].keys() == {"version", "id", "error"}
    assert [found[1]["error"]] == complaints
    assert found[2]["reply"] == ":three"


async def test_encodings_and_line_ends() -> None:
    lines = (
        b"\xef\xbb\xbfone\r\n",
        b"\xfftwo\n",
        b"\xef\xbb\xbfthree",
        b"\n",
        '{"text": "四\\ud800"}'.encode(),
    )
    found, complaints = await rows(*lines)
    assert [r["question"] for r in found] == ["one", "\ufffdtwo", "\ufeffthree", "", "四?"]
    assert complaints == []


async def test_a_file_as_chinese_windows_saves_it_is_read() -> None:
    lines = "id,问题\n低保怎么办\n".encode("gbk").splitlines(keepends=True)
    found, complaints = await rows(*lines, '{"text": "养老"}'.encode("gbk"))
    assert [r["question"] for r in found] == ["id,问题", "低保怎么办", "养老"]
    assert complaints == []


async def test_a_file_in_utf_16_is_told_line_by_line() -> None:
    found, complaints = await rows(*"低保\n养老".encode("utf-16").splitlines(keepends=True))
    assert len(found) == len(complaints) == 2
    assert all("UTF-16" in r["error"] for r in found)


async def test_answers_come_before_the_next_line_is_read() -> None:
    read: list[int] = []

    def lines() -> Iterator[bytes]:
        for number in range(3):
            read.append(number)
            yield b"x\n"

    answered = batch.answers(lines(), echo, print)
    for number in range(3):
        assert json.loads(await anext(answered))["question"] == "x"
        assert len(read) == number + 1


def test_the_shape_of_an_answer() -> None:
    match = Match(
        "answer", "dibao", 6, "低保", "一年14000元", 0.9, ({"value": 14000},), ({"phone": "12345"},)
    )
    data = as_data(
        "低保?",
        Reply(
            "是",
            "answered",
            0.98765,
            (match,),
            (Button("多少", "低保多少"),),
            ("12345",),
            "service/dibao",
            3,
            "a1",
        ),
    )
    assert json.loads(as_json(data)) == {
        "version": 1,
        "question": "低保?",
        "status": "answered",
        "confidence": 0.9877,
        "reply": "是",
        "topic": "service/dibao",
        "matches": [
            {
                "role": "answer",
                "service": "dibao",
                "domain": 6,
                "title": "低保",
                "answer": "一年14000元",
                "score": 0.9,
                "figures": [{"value": 14000}],
                "contacts": [{"phone": "12345"}],
                "source": {},
            }
        ],
        "elapsed_us": 3,
        "buttons": [{"label": "多少", "text": "低保多少"}],
        "phones": ["12345"],
        "answer_id": "a1",
    }


def test_a_line_of_json_is_one_line_of_readable_text() -> None:
    line = as_json({"a": "低保\n\u2028", "b": "\ud800"})
    assert "低保\\n" in line
    assert "\n" not in line
    assert json.loads(line)["b"] == "?"
