import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
LINES = [
    {"intent": "password", "text": "怎么修改密码"},
    {"intent": "password", "text": "忘记密码怎么办"},
    {"intent": "refund", "text": "怎么申请退款"},
    {"intent": "refund", "text": "钱什么时候退回来"},
]


@pytest.fixture
def kb(tmp_path: Path) -> Path:
    path = tmp_path / "faq.jsonl"
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in LINES), "utf-8")
    return path


def start(kb: Path) -> "subprocess.Popen[bytes]":
    """The command, waiting for questions."""
    command = [sys.executable, "-m", "bot", "rank", "--kb", str(kb)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, cwd=ROOT, **pipes)  # type: ignore[call-overload,no-any-return]


def run(kb: Path, asked: bytes) -> tuple[int, list[dict[str, Any]], str]:
    """Exit code, what came out as JSON, and what was said."""
    with start(kb) as process:
        out, said = process.communicate(asked, timeout=60)
    return process.returncode, [json.loads(line) for line in out.splitlines()], said.decode()


def test_it_says_that_it_is_ready_and_answers_line_by_line_in_order(kb: Path) -> None:
    with start(kb) as process:
        assert process.stdin and process.stdout and process.stderr
        assert process.stderr.readline().startswith(b"ready: 2 intents, 4 phrasings, ")
        for question, intent in (("密码忘了", "password"), ("退款", "refund"), ("mima", "password")):
            process.stdin.write(json.dumps({"q": question}).encode() + b"\n")
            process.stdin.flush()
            ranked = json.loads(process.stdout.readline())["ranked"]
            assert ranked[0][0] == intent
            assert 0 < ranked[0][1] <= 1
        process.stdin.close()
        assert process.wait(60) == 0
        assert process.stderr.read() == b""


def test_nothing_asked_is_no_failure(kb: Path) -> None:
    assert run(kb, b"")[:2] == (0, [])


def test_lines_that_cannot_be_read_are_named_and_the_rest_is_answered(kb: Path) -> None:
    asked = '{"q": "退款"}\nhello\n{"q": 3}\n[]\n\n'.encode() + b'\xff\n{"q": ""}\n{"q": "\\ud800"}\n'
    code, out, said = run(kb, asked)
    assert code == 6
    assert [list(line) for line in out] == [["ranked"], *[["error"]] * 5, ["ranked"], ["ranked"]]
    assert out[1]["error"] == "line 2: not JSON: Expecting value at column 1"
    assert out[4]["error"] == 'line 5: empty, but must be an object with a string "q"'
    assert out[2]["error"] == 'line 3: must be an object with a string "q"'
    assert out[6]["ranked"] == []
    assert [line for line in said.splitlines() if line.startswith("yongwen: line ")] == [
        f"yongwen: {line['error']}" for line in out if "error" in line
    ]


def test_a_byte_order_mark_and_blank_lines_in_the_faq_are_fine(kb: Path) -> None:
    kb.write_bytes(b"\xef\xbb\xbf" + kb.read_bytes().replace(b"\n", b"\r\n\r\n"))
    assert run(kb, '{"q": "退款"}'.encode())[1][0]["ranked"][0][0] == "refund"


def test_faq_and_questions_may_be_in_gbk(kb: Path) -> None:
    kb.write_bytes(kb.read_text("utf-8").encode("gbk"))
    assert run(kb, '{"q": "退款"}'.encode("gbk"))[1][0]["ranked"][0][0] == "refund"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "No such file"),
        ("", "empty"),
        ("\n", "empty"),
        ('{"intent": "a", "text": "b"}\n{"intent": "a"}\n', ":2: must be an object"),
        ("intent,text\n", ":1: not JSON"),
    ],
)
def test_a_faq_that_cannot_be_read_is_refused(kb: Path, content: str | None, complaint: str) -> None:
    kb.unlink() if content is None else kb.write_text(content)
    code, out, said = run(kb, b'{"q": "x"}\n')
    assert (code, out) == (6, [])
    assert complaint in said
    assert said.count("\n") == 1
