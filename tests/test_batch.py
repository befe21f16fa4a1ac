"""Questions by the line, for programs, with a made-up answering function."""

import json
from collections.abc import Iterator

import pytest

from bot import batch
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
    assert [(r["id"], r["line"], r["question"], r["reply"]) for r in found] == [
        ("1", 1, "低保", ":低保"),
        ("a", 2, "x", "s:x"),
    ]
    assert complaints == []


@pytest.mark.parametrize(
    ("line", "session", "text"),
    [
        ('{"text": "x"}', "", "x"),
        ('{"text": "x", "session": 5}', "5", "x"),
        ('{"text": "x", "session": null}', "", "x"),
        ('  {"text": ""}', "", ""),
        ('{"text": "x", "more": []}', "", "x"),
        ("[1]", "", "[1]"),
        ('"x"', "", '"x"'),
        ("", "", ""),
        (" 低保 ", "", " 低保 "),
    ],
)
async def test_how_a_line_is_read(line: str, session: str, text: str) -> None:
    ((row,), complaints) = await rows(line.encode())
    assert (row["id"], row["question"], row["reply"], complaints) == ("1", text, f"{session}:{text}", [])


@pytest.mark.parametrize("id_", ["1", 1, 0, -7, 7.5, "", True, [1], {"a": 1}, 10**30, "低"])
async def test_an_id_comes_back_as_it_was_given(id_: object) -> None:
    found, _ = await rows(b"plain", json.dumps({"id": id_, "text": "x"}).encode(), b"plain")
    assert [(r["id"], r["line"]) for r in found] == [("1", 1), (id_, 2), ("3", 3)]
    assert type(found[1]["id"]) is type(id_)


async def test_an_error_too_has_the_id_of_its_line() -> None:
    found, complaints = await rows(b'{"id": 7, "text": 5}', b'{"id": "a"}', b"{")
    assert [(r["id"], r["line"]) for r in found] == [(7, 1), ("a", 2), ("3", 3)]
    assert [r["error"] for r in found] == complaints


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
        ('{"text": "x", "id": NaN}', "not JSON: NaN is no number"),
        ('{"text": "x", "id": -1e999}', "not JSON: -1e999 is no number"),
    ],
    ids=range(10),
)
async def test_a_line_that_cannot_be_read_is_said_and_passed_over(line: str, says: str) -> None:
    found, complaints = await rows(b"one", line.encode(), b"three")
    assert [r["line"] for r in found] == [1, 2, 3]
    assert found[1].keys() == {"version", "id", "line", "error"}
    assert found[1]["error"].startswith(f"line 2: {says}")
    assert [found[1]["error"]] == complaints
    assert found[2]["reply"] == ":three"


async def test_encodings_and_line_ends() -> None:
    lines = (
        b"\xef\xbb\xbfone\r\n",
        b"two\r\n",
        b"\xef\xbb\xbfthree",
        b"\n",
        '{"text": "四\\ud800"}'.encode(),
    )
    found, complaints = await rows(*lines)
    assert [r["question"] for r in found] == ["one", "two", "\ufeffthree", "", "四?"]
    assert complaints == []


async def test_a_letter_that_is_none_is_told_and_not_read_as_another() -> None:
    for broken in (b"\xfftwo", b"two\xff\xfe", "低保".encode()[:-1], "低保".encode()[1:]):
        found, complaints = await rows(b"one\n", broken + b"\n", b'{"id": "a", "text": "\xff"}', b"four")
        assert [r.get("question") for r in found] == ["one", None, None, "four"]
        assert complaints == [f"line {n}: not in UTF-8; save the file as UTF-8" for n in (2, 3)]


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
