"""Files that are whole or as they were, after a power cut too: made beside the old one, then in its place."""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bot.errors import InputError


@contextmanager
def replacing(path: Path, mode: int | None = None) -> Iterator[Path]:
    """Where to make a file that is on the disk in the place of `path` once the block has ended.

    It gets the permissions `mode`, by default those of the file it replaces. Where the block raises, `path`
    stays as it was, and nothing beside it. A pipe or device is written itself. InputError where that cannot
    be done.
    """
    target = path.resolve()  # a link goes on leading to the file
    fresh = target.with_name(f".{target.name}.{secrets.token_hex(4)}.new")
    try:
        if path.exists() and not path.is_file():
            yield path
            return
        if mode is not None:
            fresh.touch(mode)
        yield fresh
        if mode is None and target.exists():
            fresh.chmod(stat.S_IMODE(target.stat().st_mode))
        _sync(fresh)
        fresh.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
    finally:
        with suppress(OSError):  # where nothing can be written, nothing is to be taken away
            fresh.unlink()


def sync_folder(folder: Path) -> None:
    """Wait until the names of the files in a folder are on the disk; some file systems know no such thing."""
    with suppress(OSError):
        _sync(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
