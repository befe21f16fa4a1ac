"""A folder exported into again: pages that were withdrawn go, and nothing that is somebody else's."""

from pathlib import Path

import pytest

from bot.errors import InputError
from bot.staff.exports.folder import Exported, write_into

OLD = {"index.html": b"1", "service/kitchen.html": b"1", "service/library.html": b"1"}
NEW = {"index.html": b"2", "service/library.html": b"2"}


def contents(folder: Path) -> dict[str, bytes]:
    found = (p for p in folder.rglob("*") if p.is_file())
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in found}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_into(tmp_path / "out", "site", OLD)
    return tmp_path / "out"


def test_a_page_that_was_withdrawn_is_taken_away_and_comes_back(folder: Path) -> None:
    assert write_into(folder, "site", NEW) == Exported(("service/kitchen.html",), ())
    assert contents(folder).items() >= NEW.items()
    assert "service/kitchen.html" not in contents(folder)
    assert write_into(folder, "site", OLD) == Exported((), ())
    assert contents(folder).items() >= OLD.items()


def test_what_somebody_else_put_there_stays_and_what_looks_like_ours_is_named(folder: Path) -> None:
    theirs = {"service/theirs.html": b"x", "service/logo.png": b"x", "about.html": b"x", "yongwen.csv": b"x"}
    for path, content in theirs.items():
        (folder / path).write_bytes(content)
    assert write_into(folder, "pdf", {"1.pdf": b"1", "2.pdf": b"1"}) == Exported((), ())
    assert write_into(folder, "site", NEW) == Exported(("service/kitchen.html",), ("service/theirs.html",))
    assert contents(folder).items() >= (theirs | NEW).items()


def test_a_page_taken_from_our_list_once_is_theirs_when_they_write_it_anew(folder: Path) -> None:
    write_into(folder, "site", NEW)
    (folder / "service/kitchen.html").write_bytes(b"x")
    assert write_into(folder, "site", NEW) == Exported((), ("service/kitchen.html",))
    assert contents(folder)["service/kitchen.html"] == b"x"


@pytest.mark.parametrize(
    "path", ["../secret.txt", "{}/secret.txt", "service/../../secret.txt", "link/secret.txt"]
)
def test_a_list_leads_nowhere_out_of_its_folder(folder: Path, path: str) -> None:
    outside = folder.parent
    (outside / "secret.txt").write_text("x")
    (folder / "link").symlink_to(outside)
    (folder / ".yongwen-site").write_text(path.format(outside) + "\n\n.\n")
    assert write_into(folder, "site", NEW).removed == ()
    assert (outside / "secret.txt").exists()


def test_a_list_that_cannot_be_read_takes_nothing_away(folder: Path) -> None:
    (folder / ".yongwen-site").write_bytes(b"\xff")
    with pytest.raises(InputError, match="yongwen-site"):
        write_into(folder, "site", NEW)
    assert contents(folder).items() >= OLD.items()


def test_one_file_leaves_no_list(tmp_path: Path) -> None:
    write_into(tmp_path, "csv", {"yongwen.csv": b"x"})
    assert contents(tmp_path) == {"yongwen.csv": b"x"}
