"""Files → draft → release → files, byte for byte; accounts; roll-back; all from the command line."""

import io
import json
import re
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tiny_knowledge import TODAY

from bot.app import editorial
from bot.cli import main

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "staff"))
from editorial import Here

Run = Callable[..., tuple[int, str, str]]
PASSWORD = "十个字以上的口令 ok"
REPLIES = "replies.yaml"


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command; a password goes to standard input. Learning runs in this process."""
    real = editorial.Publisher
    here = lambda drafts, reviews, _run, clock: real(drafts, reviews, Here(), clock)  # noqa: E731
    monkeypatch.setattr(editorial, "Publisher", here)

    def running(*arguments: str, typed: str = f"{PASSWORD}\n") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed.encode()), "utf-8"))
        capsys.readouterr()
        code = main(arguments)
        out, err = capsys.readouterr()
        return code, out.strip(), err

    return running


@pytest.fixture
def staff(run: Run) -> Run:
    assert run("user", "add", "bian")[0] == 0
    assert run("user", "add", "--reviewer", "shen")[0] == 0
    return run


def contents(folder: Path) -> dict[str, bytes]:
    names = (p for p in folder.rglob("*") if p.is_file() and p.name != ".release")
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in names}


def edit(folder: Path, path: str, old: str, new: str) -> None:
    text = (folder / path).read_bytes().decode()
    assert old in text
    (folder / path).write_bytes(text.replace(old, new).encode())


def test_files_become_a_draft_a_release_and_the_same_files_again(staff: Run, tmp_path: Path) -> None:
    work, out = tmp_path / "work", tmp_path / "out"
    assert staff("kb", "export", str(work))[0] == 0
    assert contents(work) == contents(tmp_path / "knowledge")
    edit(work, REPLIES, "thanks: '不客气。'", 'thanks:   "不谢。"  # 好听些\r')
    edit(work, "services/culture/library.yaml", "summary:", "# 二楼\nsummary:")
    edit(work, "examples/culture/library.yaml", "请问看书天", "想问看书天")
    (work / "words.txt").write_bytes("# 词\r\n老年食堂\r\n图书馆\r\n\r\n".encode())
    code, draft, err = staff("kb", "import", str(work), "--as", "bian", "--reason", "居民说", "--submit")
    assert (code, "submitted" in err) == (0, True), err
    assert staff("kb", "release", draft, "--as", "shen")[:2] == (0, "2")
    assert staff("kb", "export", str(out))[0] == 0
    assert contents(out) == contents(work)
    assert staff("kb", "export", str(out), "--of", "1")[0] == 0
    assert contents(out) == contents(tmp_path / "knowledge")


def test_what_was_released_since_is_merged_and_not_undone(staff: Run, tmp_path: Path) -> None:
    mine, theirs = tmp_path / "mine", tmp_path / "theirs"
    for folder in (mine, theirs):
        assert staff("kb", "export", str(folder))[0] == 0
    edit(theirs, REPLIES, "'不客气。'", "'不谢。'")
    edit(mine, REPLIES, "again: '", "again: '再说一遍,")
    first = staff("kb", "import", str(theirs), "--as", "bian", "--submit")[1]
    assert staff("kb", "release", first, "--as", "shen")[0] == 0
    second = staff("kb", "import", str(mine), "--as", "bian", "--submit")[1]
    code, _, err = staff("kb", "release", second, "--as", "shen")
    assert (code, "rebase" in err) == (9, True)
    assert staff("kb", "rebase", second, "--as", "bian")[0] == 0
    assert "不谢" not in staff("kb", "diff", "live", second)[1]
    assert "再说一遍" in staff("kb", "diff", "live", second)[1]


def test_one_person_alone_releases_nothing(staff: Run, tmp_path: Path) -> None:
    edit(tmp_path / "knowledge", REPLIES, "'不客气。'", "'不谢。'")
    draft = staff("kb", "import", str(tmp_path / "knowledge"), "--as", "shen", "--submit")[1]
    code, out, err = staff("kb", "release", draft, "--as", "shen")
    assert (code, out) == (8, "")
    assert "contributed" in err
    assert staff("kb", "release", draft, "--as", "bian")[0] == 8, "an editor approves nothing"
    assert staff("kb", "release", draft, "--as", "shen", typed="wrong password\n")[0] == 8
    assert staff("kb", "release", draft, "--as", "shen", typed="")[0] == 6
    assert staff("kb", "history")[1].count("\n") == 0


def test_roll_back_history_and_what_was_said(staff: Run, tmp_path: Path) -> None:
    library = "services/culture/library.yaml"
    edit(tmp_path / "knowledge", library, "借书也免费。", "借书要押金。")
    draft = staff(
        "kb", "import", str(tmp_path / "knowledge"), "--as", "bian", "--reason", "新规", "--submit"
    )[1]
    assert staff("kb", "release", draft, "--as", "shen")[0] == 0
    assert "description" in staff("kb", "diff", "1", "2")[1]
    assert staff("kb", "rollback", "1", "--as", "bian", "--reason", "错了")[0] == 8
    code, out, err = staff("kb", "rollback", "1", "--as", "shen", "--reason", " ")
    assert (code, out, "a reason has 1 to 400 characters" in err) == (6, "", True)
    assert staff("kb", "rollback", "1", "--as", "shen", "--reason", "错了", "--service", "library")[:2] == (
        0,
        "3",
    )
    assert staff("kb", "diff", "1", "3")[1:] == ("", "no differences\n")
    rows = [json.loads(line) for line in staff("kb", "history", "--json")[1].splitlines()]
    assert [(r["number"], r["editor"], r["reviewer"], r["reason"]) for r in rows] == [
        (3, "shen", "", "错了"),
        (2, "bian", "shen", "新规"),
        (1, "", "", ""),
    ]
    said = staff("kb", "history", "--said", "library", "--on", TODAY.isoformat())[1]
    assert said.endswith("借书也免费。")
    assert staff("kb", "history", "--said", "library")[0] == 6
    assert staff("kb", "history", "--said", "nope", "--on", TODAY.isoformat()) == (
        6,
        "",
        "yongwen: no release has a service 'nope'\n",
    )
    assert staff("kb", "history", "--said", "", "--on", TODAY.isoformat())[0] == 6
    assert staff("kb", "history", "--said", "library", "--on", "2020-01-01") == (
        0,
        "",
        "nothing was released yet on 2020-01-01\n",
    )


def test_a_day_that_is_none_is_told_with_one_that_is(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run("kb", "history", "--said", "library", "--on", "x")
    assert ended.value.code == 2
    assert "'x' is no day, like 2026-12-31" in capsys.readouterr().err


def test_part_of_a_folder_takes_the_rest_away_only_where_that_is_meant(staff: Run, tmp_path: Path) -> None:
    part, library = tmp_path / "part", "services/culture/library.yaml"
    (part / library).parent.mkdir(parents=True)
    (part / library).write_bytes((tmp_path / "knowledge" / library).read_bytes())
    edit(part, library, "借书也免费。", "借书要押金。")
    for more in ((), ("--base", "1")):
        code, out, err = staff("kb", "import", str(part), "--as", "bian", *more)
        assert (code, out) == (6, "")
        assert re.search(r"part: lacks (\d+) of the \d+ records of release 1, and bears no \.release", err)
    assert staff("kb", "drafts")[1] == ""
    code, draft, err = staff("kb", "import", str(part), "--as", "bian", "--remove")
    assert code == 0
    assert re.match(r"0 records added, 1 changed, \d\d+ taken away\n", err)
    assert draft in staff("kb", "drafts")[1]


def test_an_import_tells_what_it_adds_changes_and_takes_away(staff: Run, tmp_path: Path) -> None:
    work = tmp_path / "work"
    assert staff("kb", "export", str(work))[0] == 0
    edit(work, "services/culture/library.yaml", "借书也免费。", "借书要押金。")
    edit(work, "words.txt", "图书馆\n", "大会堂\n讲堂\n")
    (work / "examples/elderly/kitchen.yaml").unlink()
    code, draft, err = staff("kb", "import", str(work), "--as", "bian", "--submit")
    assert (code, draft != "") == (4, True), "what is wrong with it is told after what it changes"
    assert err.startswith("2 records added, 1 changed, 2 taken away\n")


def test_examples_that_miss_are_counted_and_listed_once_each_when_asked_for(
    staff: Run, tmp_path: Path
) -> None:
    dialogue = "  - - q: 图书馆\n      lands: kitchen\n    - q: 几点开门\n      lands: kitchen\n"
    talk = tmp_path / "knowledge/examples/talk/dialogues.yaml"
    talk.parent.mkdir()
    talk.write_text(f"dialogues:\n{dialogue * 2}", "utf-8")
    told = []
    for flags, thanks in (((), "不客气"), (("--misses",), "别客气")):
        edit(tmp_path / "knowledge", REPLIES, thanks, "别客气" if not flags else "不谢")
        draft = staff("kb", "import", str(tmp_path / "knowledge"), "--as", "bian", "--submit")[1]
        code, _, err = staff("kb", "release", draft, "--as", "shen", *flags)
        assert code == 0, err
        told.append(err)
    assert "4 examples miss, as they did before; --misses lists them\n" in told[0]
    assert "an example" not in told[0]
    assert "4 examples miss, as they did before\n" in told[1]
    assert re.findall("an example that misses: (.*)", told[1]) == ["图书馆", "几点开门"]


def test_faults_of_files_and_drafts(staff: Run, tmp_path: Path) -> None:
    assert staff("kb", "check")[:2] == (0, "")
    edit(tmp_path / "knowledge", "services/elderly/kitchen.yaml", "'12345'", "'99999'")
    code, draft, err = staff("kb", "import", str(tmp_path / "knowledge"), "--as", "bian", "--submit")
    assert code == 4
    assert "unknown-contact" in err
    code, out, _ = staff("kb", "check", draft)
    assert (code, "unknown-contact" in out) == (4, True)
    assert draft in staff("kb", "drafts")[1]
    (tmp_path / "knowledge/plan.yaml").write_bytes(b"a: [")
    assert staff("kb", "import", str(tmp_path / "knowledge"), "--as", "bian")[0] == 4
    (tmp_path / "knowledge/plan.yaml").write_bytes(b"\xff")
    assert staff("kb", "import", str(tmp_path / "knowledge"), "--as", "bian")[0] == 6
    assert staff("kb", "drafts")[1].count("\n") == 0, "what could not be read left no draft behind"


def test_a_folder_of_edited_files_is_checked_before_it_is_imported(staff: Run, tmp_path: Path) -> None:
    work = tmp_path / "work"
    assert staff("kb", "export", str(work))[0] == 0
    assert staff("kb", "check", str(work))[:2] == (0, "")
    edit(work, "services/elderly/kitchen.yaml", "'12345'", "'99999'")
    edit(work, "services/culture/library.yaml", "due_on: 2127-02-21", "due_on: 2026-11-24")
    code, out, err = staff("kb", "check", str(work))
    assert (code, "unknown-contact" in out, "overdue" in out) == (4, True, False)
    assert err.startswith("1 faults; ") and "past their date" in err
    (work / "plan.yaml").write_bytes(b"a: [")
    assert "plan.yaml" in staff("kb", "check", str(work))[1], "what cannot be read is a fault like others"
    assert staff("kb", "check", str(tmp_path / "nowhere"))[0] == 6
    assert staff("kb", "check")[:2] == (0, "")


def test_a_difference_leads_from_what_is_live_to_what_was_edited(staff: Run, tmp_path: Path) -> None:
    work = tmp_path / "work"
    assert staff("kb", "export", str(work))[0] == 0
    edit(work, "services/culture/library.yaml", "借书也免费。", "借书要押金。")
    to_it = staff("kb", "diff", str(work))[1]
    assert to_it == 'services/library description: "借书也免费。" → "借书要押金。"'
    assert staff("kb", "diff", "live", str(work))[1] == to_it
    assert staff("kb", "diff", str(work), "live")[1] == (
        'services/library description: "借书要押金。" → "借书也免费。"'
    )
    assert staff("kb", "diff")[1:] == ("", "no differences\n")


@pytest.mark.parametrize("command", ["kb", "user"])
def test_the_help_of_all_commands_names_every_action(
    run: Run, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told = []
    for arguments in ([], [command]):
        with pytest.raises(SystemExit):
            run(*arguments, "--help")
        told.append(capsys.readouterr().out)
    listed = re.search(rf"^    {command} .*?: ([a-z,\s]+?)\n    \w", told[0], re.MULTILINE | re.DOTALL)
    assert listed and listed[1].replace(",", " ").split() == re.findall(r"^    (\w+) ", told[1], re.MULTILINE)


def test_an_unchanged_folder_and_unknown_names_are_refused(staff: Run, tmp_path: Path) -> None:
    assert staff("kb", "import", str(tmp_path / "knowledge"), "--as", "bian")[0] == 6
    assert staff("kb", "import", str(tmp_path / "nowhere"), "--as", "bian")[0] == 6
    assert staff("kb", "import", str(tmp_path / "knowledge"), "--as", "bian", "--base", "7")[0] == 6
    edit(tmp_path / "knowledge", "services/culture/library.yaml", "借书也免费。", "借书要押金。")
    assert staff("kb", "import", str(tmp_path / "knowledge"), "--as", "bian", "--base", "0")[0] == 6
    assert staff("kb", "drafts")[1].count("\n") == 0
    assert staff("kb", "export", str(tmp_path / "x"), "--of", "9")[0] == 6
    assert staff("kb", "diff", "nothing", "live")[0] == 6
    assert staff("kb", "import", str(tmp_path / "knowledge"), "--as", "nobody")[0] == 8


def test_export_leaves_strange_files_alone_unless_told(staff: Run, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert staff("kb", "export", str(out))[0] == 0
    (out / "README.md").write_text("不是知识")
    (out / "services/old.yaml").write_text("id: old")
    assert "not in the release: services/old.yaml" in staff("kb", "export", str(out))[2]
    assert (out / "services/old.yaml").exists()
    assert "0 files written" in staff("kb", "export", str(out), "--prune")[2]
    assert not (out / "services/old.yaml").exists()
    assert (out / "README.md").exists()


def test_only_in_a_folder_of_ours_and_only_knowledge_files_are_deleted(staff: Run, tmp_path: Path) -> None:
    strange = tmp_path / "strange"
    theirs = ("notes.txt", "notes/deep/compose.yaml", "services/a/b/c.yaml", "services/old.txt", "old.yaml")
    ours = ("services/elderly/old.yaml", "examples/old.yaml")
    for path in (*theirs, *ours):
        (strange / path).parent.mkdir(parents=True, exist_ok=True)
        (strange / path).write_text("a: 1")
    before = contents(strange)
    code, _, err = staff("kb", "export", str(strange), "--prune")
    assert (code, "bears no .release" in err) == (6, True)
    assert contents(strange) == before, "nothing was written either"
    assert staff("kb", "export", str(strange))[0] == 0
    code, _, err = staff("kb", "export", str(strange), "--prune")
    assert code == 0
    assert sorted(re.findall("^deleted: (.*)", err, re.MULTILINE)) == sorted(ours)
    assert sorted(re.findall("^not in the release: (.*)", err, re.MULTILINE)) == sorted(theirs)
    assert contents(strange).keys() == contents(tmp_path / "knowledge").keys() | set(theirs)
    (tmp_path / "empty").mkdir()
    for new in ("empty", "new"):
        assert staff("kb", "export", str(tmp_path / new), "--prune")[0] == 0


def test_accounts_are_made_and_shut_out_and_no_password_is_an_argument(run: Run, tmp_path: Path) -> None:
    assert run("user", "add", "--admin", "guan")[0] == 0
    assert run("user", "add", "guan")[0] == 6
    assert run("user", "add", "kurz", typed="short\n")[0] == 6
    assert run("user", "list")[1] == "guan\tadmin"
    assert run("user", "passwd", "guan", typed="ein anderes Wort\n")[0] == 0
    assert run("user", "disable", "guan")[0] == 0
    assert run("user", "list")[1] == "guan\tadmin\tdisabled"
    assert run("user", "enable", "guan")[0] == 0
    assert run("user", "disable", "nobody")[0] == 6
    with closing(sqlite3.connect(tmp_path / "second.sqlite")) as connection:
        assert PASSWORD not in "".join(connection.iterdump())


@pytest.mark.parametrize(
    "command",
    [
        "user list",
        "user passwd bian",
        "user disable bian",
        "kb drafts",
        "kb check 1234567890",
        "kb export {}/work --of 1234567890",
        "kb import {}/knowledge --as bian",
        "channel list",
        "backup {}/backup.gz",
    ],
)
def test_a_mistyped_residents_database_is_told_and_not_made(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str
) -> None:
    mistyped = tmp_path / "nope/x"
    monkeypatch.setenv("YONGWEN_RESIDENTS", str(mistyped))
    code, out, err = run(*command.replace("{}", str(tmp_path)).split())
    assert (code, out) == (5, "")
    assert err.startswith(f"yongwen: {mistyped}: no database there; look at YONGWEN_RESIDENTS")
    assert not mistyped.parent.exists() and not (tmp_path / "backup.gz").exists()


def test_what_only_reads_the_catalogue_needs_no_residents_database(run: Run, tmp_path: Path) -> None:
    assert run("kb", "export", str(tmp_path / "work"))[0] == 0
    assert run("kb", "diff", str(tmp_path / "work")) == (0, "", "no differences\n")
    assert run("kb", "history")[0] == 0
    assert not (tmp_path / "second.sqlite").exists()


def test_a_catalogue_that_cannot_be_written_is_named(staff: Run, tmp_path: Path) -> None:
    (tmp_path / "services.sqlite").write_bytes(b"no database" * 400)
    code, _, err = staff("kb", "history")
    assert code == 5
    assert "services.sqlite" in err
    assert "Traceback" not in err
    (tmp_path / "services.sqlite").unlink()
    assert staff("kb", "history")[0] == 5
