"""Files that commands write: whole or as they were, and on the disk before the command says it is done."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli import main
from bot.errors import InputError
from bot.store.replacing import replacing


class Disk:
    """What a power cut would leave: of a file what was waited for, of a folder the names it had then."""

    def __init__(self) -> None:
        self.replaced: list[Path] = []
        self._kept: dict[int, tuple[int, int]] = {}
        self._folders: set[int] = set()
        self._fsync, self._replace = os.fsync, os.replace

    def fsync(self, descriptor: int) -> None:
        found = os.fstat(descriptor)
        if stat.S_ISDIR(found.st_mode):
            self._folders.add(found.st_ino)
        else:
            self._kept[found.st_ino] = (found.st_size, found.st_mtime_ns)
        self._fsync(descriptor)

    def replace(self, source: Path, target: Path) -> None:
        found = source.stat()
        assert self._kept.get(found.st_ino) == (found.st_size, found.st_mtime_ns), f"{target} may be empty"
        self._folders.discard(target.parent.stat().st_ino)
        self._replace(source, target)
        self.replaced.append(target)

    def names_are_kept(self) -> bool:
        return {path.parent.stat().st_ino for path in self.replaced} <= self._folders


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    found = Disk()
    monkeypatch.setattr(os, "fsync", found.fsync)
    monkeypatch.setattr(os, "replace", found.replace)
    yield found


@pytest.mark.parametrize(
    ("command", "written"),
    [
        ("build", "services.sqlite"),
        ("kb export {}/work", "work/services/elderly/kitchen.yaml"),
        ("backup {}/backup.gz", "backup.gz"),
        ("export --format jsonld --to {}/out", "out/"),
        ("known", "knowledge/known_failures.yaml"),
        ("eval --html {}/report.html {}/knowledge/examples", "report.html"),
        ("fit", "knowledge/confidence.yaml"),
    ],
)
def test_a_power_cut_after_a_command_leaves_no_file_empty(
    folder: Path, disk: Disk, command: str, written: str
) -> None:
    assert main(["channel", "on", "web"]) == 0, "the residents' database is there"
    assert main(command.replace("{}", str(folder)).split()) == 0
    assert any(str(path).startswith(str(folder / written)) for path in disk.replaced)
    assert disk.names_are_kept()
    assert not list(folder.rglob("*.new"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file.txt"
    path.write_text("旧")
    path.chmod(0o640)
    return path


def write(path: Path, text: str) -> None:
    with replacing(path) as fresh:
        fresh.write_text(text)


def test_a_file_keeps_its_permissions_and_a_link_leads_to_it_still(file: Path) -> None:
    link = file.with_name("link.txt")
    link.symlink_to(file)
    write(link, "新")
    assert link.is_symlink() and file.read_text() == "新"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_where_writing_fails_the_file_is_as_it_was(file: Path) -> None:
    with pytest.raises(InputError, match="full"), replacing(file) as fresh:
        fresh.write_text("一半")
        raise OSError("the disk is full")
    assert file.read_text() == "旧"
    assert [path.name for path in file.parent.iterdir()] == ["file.txt"]


def test_two_at_once_do_not_mix(file: Path) -> None:
    with replacing(file) as one, replacing(file) as other:
        for path, text in ((one, "一"), (other, "二")):
            path.write_text(text)
        assert (one.read_text(), other.read_text()) == ("一", "二")
    assert file.read_text() == "一", "who is done last"


def test_a_pipe_gets_what_is_written(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    write(tmp_path / "pipe", "新")
    assert os.read(reader, 100) == "新".encode()
    os.close(reader)
