"""The command line: arguments, exit codes, what comes out; in process where a process is not the point."""

import io
import json
import os
import re
import selectors
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import tiny_knowledge
from tiny_knowledge import tiny

from bot import config
from bot.cli import main

SECONDS = 60
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny knowledge folder and the catalogue built from it beside it."""
    return tiny_knowledge.build(tmp_path_factory.mktemp("cli"))


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command on the tiny catalogue: (exit code, standard output, standard error)."""
    for key in config.SETTINGS:
        monkeypatch.delenv(f"YONGWEN_{key.upper()}", raising=False)
    monkeypatch.setenv("YONGWEN_CATALOGUE", str(folder / "services.sqlite"))
    monkeypatch.setenv("YONGWEN_KNOWLEDGE", str(folder / "knowledge"))

    def running(*arguments: str, stdin: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
        capsys.readouterr()
        code = main(arguments)
        out, err = capsys.readouterr()
        return code, out, err

    return running


def test_help_lists_every_command_and_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    assert stopped.value.code == 0
    out = capsys.readouterr().out
    assert all(command in out for command in COMMANDS)
    assert "130 stopped by Ctrl-C" in " ".join(out.split())


COMMANDS = (
    "serve",
    "ask",
    "chat",
    "explain",
    "check",
    "build",
    "eval",
    "rank",
    "fit",
    "known",
    "export",
    "api-key",
    "mcp",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([command, "--help"])
    assert stopped.value.code == 0
    assert f"python -m bot {command}" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["sing"], ["ask", "--loud"], ["explain"], ["eval"]])
def test_wrong_arguments_are_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "usage: python -m bot" in capsys.readouterr().err


def test_a_question_is_answered(run: Run) -> None:
    code, out, err = run("ask", "老年食堂", "多少家")
    assert (code, err) == (0, "")
    assert "老年食堂到2025年要有130家。" in out
    assert out.endswith("\n· 图书馆\n"), "what a button would offer is written below, as in chat"


def test_no_question_is_6(run: Run) -> None:
    code, out, err = run("ask")
    assert (code, out) == (6, "")
    assert err == "yongwen: no question given; write it after ask, or give --batch FILE\n"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [("PROT", "1", "YONGWEN_PROT: no such setting"), ("PORT", "x", "YONGWEN_PORT: 'x' does not fit")],
)
def test_a_wrong_setting_is_3(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(f"YONGWEN_{name}", value)
    code, out, err = run("ask", "低保")
    assert (code, out) == (3, "")
    assert err.startswith(f"yongwen: {says}")
    assert "Traceback" not in err


SECOND = {
    "folder": (Path.mkdir, "name a file in it"),
    "text": (lambda path: path.write_bytes(b"text " * 999), "not a database"),
    "newer": (lambda path: _of_a_later_version(path), "a newer version of 甬问 has used it"),
}


def _of_a_later_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("create table alembic_version (version_num)")
        connection.execute("insert into alembic_version values ('9999')")


@pytest.mark.parametrize("kind", SECOND)
@pytest.mark.parametrize(
    "command",
    [("serve",), ("user", "list"), ("channel", "off", "web", "--why", "x"), ("backup", "/nowhere/file")],
)
def test_a_second_database_that_cannot_be_used_is_5(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: tuple[str, ...], kind: str
) -> None:
    make, says = SECOND[kind]
    make(tmp_path / "second.sqlite")
    monkeypatch.setenv("YONGWEN_RESIDENTS", str(tmp_path / "second.sqlite"))
    code, out, err = run(*command)
    assert (code, out) == (5, "")
    assert err.startswith(f"yongwen: {tmp_path / 'second.sqlite'}: ") and says in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("content", "says"),
    [(None, "no catalogue there"), (b"", "no such table"), (b"text " * 999, "not a database")],
    ids=["missing", "empty", "text"],
)
@pytest.mark.parametrize(
    "command", [("ask", "低保"), ("ask", "--batch", "-"), ("chat",), ("explain", "低保")]
)
def test_a_catalogue_that_cannot_be_used_is_5(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    command: tuple[str, ...],
    content: bytes | None,
    says: str,
) -> None:
    path = tmp_path / "services.sqlite"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setenv("YONGWEN_CATALOGUE", str(path))
    code, out, err = run(*command)
    assert (code, out) == (5, "")
    assert err.startswith(f"yongwen: {path}: ")
    assert says in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments",
    [("ask", "--batch", "{}"), ("eval", "{}"), ("rank", "--kb", "{}")],
    ids=lambda arguments: arguments[0],
)
def test_a_file_that_cannot_be_read_is_6(run: Run, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    for path in (tmp_path / "missing.jsonl", tmp_path):
        code, out, err = run(*(a.format(path) for a in arguments))
        assert (code, out) == (6, "")
        assert err.startswith("yongwen: ")
        assert len(err.splitlines()) == 1 and "Errno" not in err


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"x": 1}', '"q" is missing'),
        ('{"q": 1}', '"q": Input should be a valid string'),
        ("x", "Expecting value at column 1\n"),
    ],
)
def test_a_line_that_is_no_labelled_question_is_named(run: Run, tmp_path: Path, line: str, says: str) -> None:
    path = tmp_path / "asked.jsonl"
    path.write_text(f'{{"q": "低保", "expect": []}}\n{line}\n', "utf-8")
    code, out, err = run("eval", str(path))
    assert (code, out) == (6, "") and f"{path}:2: not a labelled question: {says}" in err


def test_a_label_that_the_catalogue_cannot_meet_is_named(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "asked.jsonl"
    path.write_text('{"q": "低保", "expect": ["nope"]}\n', "utf-8")
    for more in ((), ("--perturb",)):
        code, out, err = run("eval", str(path), *more)
        assert (code, out) == (6, "") and f"{path}:1: '低保' is labelled 'nope'" in err


def test_a_question_beside_a_batch_is_not_passed_over_in_silence(run: Run) -> None:
    code, out, err = run("ask", "低保", "--batch", "-")
    assert (code, out) == (6, "") and "not both" in err


@pytest.mark.parametrize("why", ["", "  ", "x" * 401])
def test_a_channel_is_switched_off_for_a_reason_that_can_be_kept(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, why: str
) -> None:
    monkeypatch.setenv("YONGWEN_RESIDENTS", str(tmp_path / "second.sqlite"))
    code, out, err = run("channel", "off", "web", f"--why={why}")
    assert (code, out) == (6, "") and "say why, in up to 400 characters" in err
    assert "off" not in run("channel", "list")[1]


def test_since_when_a_channel_is_off_is_told_with_the_time_zone(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("YONGWEN_RESIDENTS", str(tmp_path / "second.sqlite"))
    code, out, _ = run("channel", "off", "web", "--why= wrong number ")
    assert code == 0
    off = re.search(r"^web\toff since (.{25}), by \S+: wrong number$", out, re.MULTILINE)
    assert off and datetime.fromisoformat(off[1]).tzinfo


PRESSED_AT_ONCE = """
import runpy, sys
class Pressed:
    def find_spec(self, name, *_):
        if name == "bot.cli":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Pressed())
runpy.run_module("bot", run_name="__main__")
"""


def test_ctrl_c_before_anything_is_there_says_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", PRESSED_AT_ONCE], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_without_its_packages_it_says_how_to_get_them() -> None:
    bare = [sys.executable, "-S", "-m", "bot", "menu", "wechat"]
    done = subprocess.run(bare, capture_output=True, text=True, cwd=config.ROOT)
    assert done.returncode == 1
    assert "scripts/run" in done.stderr and "Traceback" not in done.stderr


_LAUGHS = "a: &a [哈, 哈]\n" + "".join(
    f"{this}: &{this} [{', '.join([f'*{before}'] * 9)}]\n" for before, this in pairwise("abcdefghijkl")
)


def test_a_file_whose_aliases_have_no_end_is_a_fault_of_that_file(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tiny_knowledge.write(tiny() | {"contacts.yaml": _LAUGHS}, tmp_path)
    monkeypatch.setenv("YONGWEN_KNOWLEDGE", str(folder))
    code, out, _ = run("check")
    assert code == 4 and "[syntax] contacts.yaml:1:" in out


@pytest.mark.parametrize("arguments", [("kb", "check"), ("kb", "diff"), ("user", "passwd")])
def test_an_argument_that_is_no_text_is_6(run: Run, arguments: tuple[str, ...]) -> None:
    code, out, err = run(*arguments, os.fsdecode(b"\xff\xfe"), stdin=b"\n")
    assert (code, out) == (6, "")
    assert err == "yongwen: an argument, or what was typed, is not in UTF-8\n"


def test_a_file_of_far_too_many_levels_is_a_fault_of_that_file(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    files = tiny() | {"contacts.yaml": "[ " * 3000}
    monkeypatch.setenv("YONGWEN_KNOWLEDGE", str(tiny_knowledge.write(files, tmp_path)))
    code, out, _ = run("check")
    assert code == 4 and "[syntax] contacts.yaml:1:" in out


def test_faults_of_the_knowledge_are_4(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, folder: Path
) -> None:
    assert run("check") == (0, "", "0 faults\n")
    files = tiny() | {"prices.yaml": "a: 1\n", "costs.yaml": "a: 1\n"}
    monkeypatch.setenv("YONGWEN_KNOWLEDGE", str(tiny_knowledge.write(files, tmp_path)))
    code, out, err = run("check")
    assert (code, err) == (4, "2 faults\n")
    assert [line.split(":")[0] for line in out.splitlines()] == [
        "[unknown-file] costs.yaml",
        "[unknown-file] prices.yaml",
    ]
    before = (folder / "services.sqlite").read_bytes()
    for command in ("build", "fit"):
        code, out, err = run(command)
        assert (code, out) == (4, "")
        assert err.splitlines()[-1] == "yongwen: 2 faults in the knowledge"
    assert (folder / "services.sqlite").read_bytes() == before


def test_a_knowledge_folder_that_is_missing_is_6(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("YONGWEN_KNOWLEDGE", str(tmp_path / "nowhere"))
    for command in ("check", "build", "fit"):
        assert run(command) == (6, "", f"yongwen: {tmp_path / 'nowhere'}: no knowledge files here\n")


def test_a_folder_that_changes_while_it_is_looked_through_is_6(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tiny_knowledge.write(tiny(), tmp_path / "knowledge")
    monkeypatch.setenv("YONGWEN_KNOWLEDGE", str(folder))
    looked, scan = folder / "examples" / "culture", os.scandir

    def gone_meanwhile(path: Path) -> Any:
        if path in (looked, str(looked)):
            looked.rename(tmp_path / "elsewhere")
        return scan(path)

    monkeypatch.setattr(os, "scandir", gone_meanwhile)
    assert run("check") == (6, "", f"yongwen: {looked}: No such file or directory\n")


def test_building_says_what_it_built_and_nothing_of_alembic(
    run: Run, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    assert run("build") == (0, "", f"{folder / 'services.sqlite'}: 2 services\n")
    assert not [record for record in caplog.records if record.name.startswith("alembic")]


def test_explain_shows_how_a_question_was_understood(run: Run) -> None:
    code, out, _ = run("explain", "老年食堂")
    assert code == 0
    assert "service/kitchen" in out
    assert "\nnamed " not in out
    assert "decided by   named → answered service/kitchen" in out
    assert "老年食堂" in json.loads(run("explain", "--json", "老年食堂")[1])["words"]
    assert "named        0.5 (from 0.0)" in run("explain", "护照")[1]


@pytest.mark.parametrize("command", [("ask",), ("ask", "--json"), ("explain",), ("explain", "--json")])
def test_a_question_of_bytes_that_are_no_text_is_taken(run: Run, command: tuple[str, ...]) -> None:
    code, out, _ = run(*command, os.fsdecode(b"a\xffb"))
    assert code == 0
    assert out


# For programs.
KEYS = {"version", "question", "status", "confidence", "reply", "topic", "matches", "elapsed_us"}
KEYS |= {"answer_id", "buttons", "phones"}
MATCH = {"role", "service", "domain", "title", "answer", "score", "figures", "contacts", "source"}


def shape(row: dict[str, Any]) -> None:
    """The documented keys, no more and no fewer."""
    assert row.keys() - {"id", "line"} == KEYS
    assert row["version"] == 1
    for match in row["matches"]:
        assert match.keys() == MATCH
        assert all(f.keys() == {"metric", "comparator", "value", "unit", "year"} for f in match["figures"])
        assert all(c.keys() == {"name", "phone"} for c in match["contacts"])
        assert match["source"].keys() == {"plan", "section", "paragraph"}


def test_json_is_one_object_of_the_documented_shape(run: Run) -> None:
    code, out, err = run("ask", "--json", "老年食堂多少家")
    assert (code, err, out.count("\n")) == (0, "", 1)
    row = json.loads(out)
    shape(row)
    assert not row.keys() & {"id", "line"}
    assert (row["status"], row["topic"]) == ("answered", "service/kitchen")
    (match,) = row["matches"]
    figure = {"metric": "老年食堂总量", "comparator": "=", "value": 130, "unit": "家", "year": 2025}
    assert match["figures"] == [figure]
    assert match["contacts"] == [{"name": "便民热线", "phone": "12345"}]
    assert match["answer"] == "老年食堂到2025年要有130家。老人去社区吃饭。"


def test_the_sample_in_the_readme_has_this_shape() -> None:
    readme = (config.ROOT / "README.md").read_text("utf-8")
    sample = json.loads(readme.partition("```json\n")[2].partition("```")[0])
    shape(sample)
    assert (sample["id"], sample["line"]) == ("7", 1)
    assert sample["matches"][0]["figures"]
    assert sample["matches"][0]["contacts"]


def batch_of(run: Run, *lines: str | bytes | dict[str, Any]) -> tuple[int, list[dict[str, Any]], str]:
    raw = [json.dumps(line) if isinstance(line, dict) else line for line in lines]
    whole = b"".join((line.encode() if isinstance(line, str) else line) + b"\n" for line in raw)
    code, out, err = run("ask", "--batch", "-", stdin=whole)
    return code, [json.loads(line) for line in out.splitlines()], err


def test_a_batch_keeps_the_order(run: Run) -> None:
    asked = ["老年食堂多少家", "图书馆免费吗", "谢谢", "图书馆免费吗"]
    code, rows, err = batch_of(run, *asked)
    assert (code, err) == (0, "")
    assert [row["question"] for row in rows] == asked
    assert [(row["id"], row["line"]) for row in rows] == [(str(n), n) for n in (1, 2, 3, 4)]
    for row in rows:
        shape(row)


def test_a_batch_from_a_file_is_the_same(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "questions.txt"
    path.write_text("老年食堂多少家\n图书馆免费吗", "utf-8")
    code, out, _ = run("ask", "--batch", str(path))
    assert code == 0
    assert [json.loads(line)["topic"] for line in out.splitlines()] == ["service/kitchen", "service/library"]


def test_one_session_is_one_conversation(run: Run) -> None:
    _, rows, _ = batch_of(
        run,
        {"id": "a", "session": "1", "text": "2"},
        {"id": "b", "session": "2", "text": "1"},
        {"id": "c", "session": "1", "text": "1"},
        {"id": "d", "text": "1"},
    )
    assert [row["id"] for row in rows] == ["a", "b", "c", "d"]
    assert rows[0]["topic"] == "domain/culture"
    assert rows[2]["topic"] == "service/library"
    assert rows[1]["topic"] == rows[3]["topic"] == "domain/elderly"


def test_lines_that_cannot_be_read_are_said_and_the_rest_goes_on(run: Run) -> None:
    code, rows, err = batch_of(run, "{broken", "老年食堂多少家", '{"id": "x"}', "图书馆免费吗")
    assert code == 6
    assert rows[0].keys() == rows[2].keys() == {"version", "id", "line", "error"}
    assert [(row["id"], row["line"]) for row in rows] == [("1", 1), ("2", 2), ("x", 3), ("4", 4)]
    assert [row.get("topic") for row in rows] == [None, "service/kitchen", None, "service/library"]
    assert [line.split(": ")[:2] for line in err.splitlines()] == [["yongwen", f"line {n}"] for n in (1, 3)]


ODD = {
    "empty": b"",
    "blank": b"  \t ",
    "emoji": "😀👨‍👩‍👧🎉".encode(),
    "punctuation": "，。!?…".encode(),
    "control": b"\x00\x01\x07\x1b[31m",
    "bidi": "\u202e\u2066\u2069".encode(),
    "zero width": "\u200b\u200d\ufeff".encode(),
    "100,000 characters": "低保".encode() * 50_000,
    "100,000 letters": b"a" * 100_000,
    "100,000 digits": b"9" * 100_000,
    "100,000 brackets": b"[" * 100_000,
}


@pytest.mark.parametrize("line", ODD.values(), ids=ODD)
def test_an_odd_line_gets_a_kind_answer_and_ends_nothing(run: Run, line: bytes) -> None:
    code, rows, err = batch_of(run, line, "老年食堂多少家")
    assert (code, err, len(rows)) == (0, "", 2)
    shape(rows[0])
    assert rows[0]["status"] in ("unanswered", "clarify")
    assert rows[0]["reply"]
    assert rows[1]["topic"] == "service/kitchen"


@pytest.mark.parametrize("line", [b"\xff\xfe\x80", b"bad\xff\xfe", "低保多少钱".encode()[:-1]])
def test_a_line_with_a_broken_letter_is_told_and_the_next_is_answered(run: Run, line: bytes) -> None:
    code, rows, err = batch_of(run, line, "老年食堂多少家")
    assert (code, err) == (6, "yongwen: line 1: not in UTF-8; save the file as UTF-8\n")
    assert rows[0] == {"version": 1, "id": "1", "line": 1, "error": err.removeprefix("yongwen: ").strip()}
    assert rows[1]["topic"] == "service/kitchen"


def test_a_line_without_end_is_told_and_the_next_is_answered(run: Run) -> None:
    code, rows, err = batch_of(run, "低" * 700_000, "老年食堂多少家")
    assert (code, err) == (6, "yongwen: line 1: longer than 1048576 bytes\n")
    assert rows[0]["error"] and rows[1]["topic"] == "service/kitchen"


def test_characters_nobody_sees_change_nothing(run: Run) -> None:
    _, rows, _ = batch_of(run, "老\u200b年\u202e食\x00堂多少家\ufeff", "老年食堂多少家")
    assert rows[0]["reply"] == rows[1]["reply"]


def test_an_empty_batch_is_no_answer(run: Run) -> None:
    assert run("ask", "--batch", "-", stdin=b"") == (0, "", "")


# What only a process of its own can show.
@contextmanager
def process(folder: Path, *arguments: str, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """The command line as a process with pipes, on the tiny catalogue; ended in any case."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("YONGWEN_")} | more
    environment["YONGWEN_CATALOGUE"] = str(folder / "services.sqlite")
    command = [sys.executable, "-m", "bot", *arguments]
    pipe = subprocess.PIPE
    running = subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment, cwd=config.ROOT
    )
    try:
        yield running
    finally:
        running.kill()
        running.communicate()


def first_line(running: subprocess.Popen[bytes]) -> bytes:
    """The next line of standard output; fails where none comes in time."""
    assert running.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(running.stdout, selectors.EVENT_READ)
        assert selector.select(SECONDS), "no answer before the input ended"
    return running.stdout.readline()


def say(running: subprocess.Popen[bytes], line: str) -> None:
    assert running.stdin is not None
    running.stdin.write(f"{line}\n".encode())
    running.stdin.flush()


def test_an_answer_comes_before_the_input_ends(folder: Path) -> None:
    with process(folder, "ask", "--batch", "-") as running:
        for question, topic in (("老年食堂多少家", "kitchen"), ("图书馆免费吗", "library")):
            say(running, question)
            assert json.loads(first_line(running))["topic"] == f"service/{topic}"
        out, err = running.communicate(timeout=SECONDS)
        assert (running.returncode, out, err) == (0, b"", b"")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals between processes")
@pytest.mark.parametrize(
    ("arguments", "codes", "told"),
    [(("ask", "--batch", "-"), {130}, b""), (("chat",), {0, 130}, b"exit or Ctrl-C leaves.\n")],
)
def test_ctrl_c_ends_a_command_that_waits_for_a_line(
    folder: Path, arguments: tuple[str, ...], codes: set[int], told: bytes
) -> None:
    with process(folder, *arguments) as running:
        say(running, "老年食堂多少家")
        first_line(running)
        running.send_signal(signal.SIGINT)
        assert running.wait(SECONDS) in codes
        assert running.stderr is not None
        assert running.stderr.read() == told


def test_a_reader_that_leaves_is_no_error(folder: Path) -> None:
    with process(folder, "ask", "--batch", "-") as running:
        say(running, "老年食堂多少家")
        first_line(running)
        assert running.stdout is not None
        running.stdout.close()
        say(running, "图书馆免费吗")
        assert running.wait(SECONDS) == 0
        assert running.stderr is not None
        assert running.stderr.read() == b""


FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="no device here that is always full")
@pytest.mark.parametrize("told", [True, False], ids=["told", "standard error is full too"])
@pytest.mark.parametrize(
    "arguments",
    [
        ("ask", "老年食堂"),
        ("ask", "--json", "老年食堂"),
        ("ask", "--batch", "-"),
        ("chat",),
        ("explain", "老年食堂"),
        ("kb", "history"),
        ("eval", "--help"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_written_is_12(folder: Path, arguments: tuple[str, ...], told: bool) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("YONGWEN_")}
    environment |= {"YONGWEN_CATALOGUE": str(folder / "services.sqlite")}
    environment |= {"YONGWEN_RESIDENTS": str(folder / "full.sqlite")}
    with FULL.open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            input="老年食堂\n".encode(),
            stdout=full,
            stderr=subprocess.PIPE if told else full,
            env=environment,
            cwd=config.ROOT,
        )
    assert done.returncode == 12
    if told:
        said = done.stderr.decode().splitlines()
        assert said[-1] == "yongwen: standard output: No space left on device"
        assert said[:-1] in ([], ["exit or Ctrl-C leaves."])


def test_a_terminal_without_chinese_still_gets_an_answer_and_json_stays_utf_8(folder: Path) -> None:
    with process(folder, "ask", "老年食堂多少家", PYTHONIOENCODING="ascii") as running:
        out, err = running.communicate(timeout=SECONDS)
        assert (running.returncode, err) == (0, b"")
        assert b"130" in out
    with process(folder, "ask", "--json", "老年食堂多少家", PYTHONIOENCODING="ascii") as running:
        out, _ = running.communicate(timeout=SECONDS)
        assert json.loads(out)["question"] == "老年食堂多少家"


def test_a_locked_catalogue_is_5(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.database._BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(folder / "services.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        code, out, err = run("ask", "低保")
    assert (code, out) == (5, "")
    assert "database is locked — another process holds it; try again" in err


def test_the_faq_is_written_out(run: Run, tmp_path: Path) -> None:
    code, out, err = run("export", "--format", "csv", "--to", str(tmp_path / "new"))
    assert (code, out) == (0, "")
    assert "1 files in" in err
    assert "老年食堂到2025年要有130家。" in (tmp_path / "new" / "yongwen.csv").read_text("utf-8-sig")


def test_a_site_written_again_keeps_no_page_of_a_service_that_is_gone(run: Run, tmp_path: Path) -> None:
    write = ("export", "--format", "site", "--to", str(tmp_path))
    assert run(*write)[0] == 0
    for name in ("withdrawn", "theirs"):
        (tmp_path / f"service/{name}.html").write_text("x")
    with (tmp_path / ".yongwen-site").open("a") as written:
        written.write("service/withdrawn.html\n")
    code, out, err = run(*write)
    assert (code, out) == (0, "")
    assert err.splitlines()[1:] == [
        "no longer in the release, deleted: service/withdrawn.html",
        "not of this export, left alone: service/theirs.html",
    ]
    left = {path.stem for path in (tmp_path / "service").iterdir()}
    assert left == {"kitchen", "library", "theirs"}


def test_leaflets_are_written_without_a_word_about_their_letters(run: Run, tmp_path: Path) -> None:
    code, out, err = run("export", "--format", "pdf", "--to", str(tmp_path))
    assert (code, out, err) == (0, "", f"{len(list(tmp_path.glob('*.pdf')))} files in {tmp_path}\n")


@pytest.mark.parametrize("number", ["9", "0", "-1", "9" * 30])
def test_a_release_that_is_not_there_is_6(run: Run, tmp_path: Path, number: str) -> None:
    code, out, err = run("export", "--format", "md", f"--release={number}", "--to", str(tmp_path))
    assert (code, out, err) == (6, "", f"yongwen: there is no release {number}\n")
    assert not list(tmp_path.iterdir())
