"""An export written into a folder, again and again: what an earlier one wrote there and is no more, goes."""

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from bot.errors import InputError
from bot.staff.exports.formats import Files
from bot.staff.files import working_in, write_file

_LIST = ".yongwen-{name}"
"""Beside the files of a format that makes several: their paths, a line each."""


class Exported(NamedTuple):
    """What writing into a folder came to besides: files taken away, and files like ours that are not ours."""

    removed: tuple[str, ...]
    strange: tuple[str, ...]


def write_into(folder: Path, name: str, files: Files) -> Exported:
    """Write a format's files, after taking away those an earlier export wrote that are no more among them.

    A page that was withdrawn would else stay published at its address. Only what is on the list that the
    earlier export left is taken away; others beside our pages are named. InputError where it cannot be done.
    """
    kept = folder / _LIST.format(name=name)
    with working_in(folder):
        removed = [path for path in _listed(kept) if path not in files and _removed(folder, path)]
        if len(files) > 1:
            write_file(kept, "".join(f"{path}\n" for path in files).encode())
        for path, content in files.items():
            write_file(folder / path, content)
        return Exported(tuple(removed), tuple(sorted(_strange(folder, files))))


def _listed(kept: Path) -> Iterable[str]:
    """The paths that a list names, but none that leads out of its folder."""
    try:
        paths = map(PurePosixPath, kept.read_text("utf-8").splitlines())
    except FileNotFoundError:
        return []
    except UnicodeDecodeError as error:
        raise InputError(f"{kept}: not in UTF-8") from error
    return [str(path) for path in paths if path.parts and not path.is_absolute() and ".." not in path.parts]


def _removed(folder: Path, path: str) -> bool:
    """Take a file away; whether there was one. What lies behind a link is not in the folder."""
    found = folder / path
    if not found.is_file() or found.resolve() != folder.resolve() / path:
        return False
    found.unlink()
    return True


def _strange(folder: Path, files: Files) -> Iterator[str]:
    """Files of our kinds in the folders that are ours alone, and not among these."""
    paths = map(PurePosixPath, files)
    for parent, suffix in {(path.parent, path.suffix) for path in paths if path.parent.name}:
        found = (f"{parent}/{path.name}" for path in (folder / parent).glob(f"*{suffix}"))
        yield from (path for path in found if path not in files)
