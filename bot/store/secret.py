"""The key file that pseudonyms are made with: made once, readable by its owner only."""

import os
import secrets
from pathlib import Path

from bot.errors import StoreError
from bot.store.replacing import sync_folder
from bot.text.pseudonyms import SHORTEST_KEY

NAME = "privacy.key"
_BYTES = 32


def key_beside(database: Path) -> bytes:
    """The key beside a database, made with mode 0600 where there is none. StoreError where it is no key."""
    path = database.with_name(NAME)
    try:
        if not path.exists():
            _make(path)
        key = path.read_text("ascii").strip().encode()
    except (OSError, ValueError) as error:
        raise StoreError(f"{path}: {error}") from error
    if len(key) < SHORTEST_KEY:
        raise StoreError(f"{path}: too short for a key; restore it from a backup, or delete it to start anew")
    return key


def _make(path: Path) -> None:
    """Written aside and then linked, so that of two processes starting at once both read the same key."""
    aside = path.with_name(f".{NAME}.{secrets.token_hex(8)}")
    descriptor = os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{secrets.token_hex(_BYTES)}\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(aside, path)
            sync_folder(path.parent)
        except FileExistsError:
            return
    finally:
        aside.unlink()
