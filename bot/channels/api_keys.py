"""API keys with quotas: only their hashes are kept, one a line: `name quota sha256`."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Awaitable, Callable, Iterator
from typing import NamedTuple

from limits import parse

from bot.errors import InputError
from bot.messages import Rate

_LINE = re.compile(r"(?P<name>[\w.-]{1,60})\s+(?P<quota>\S.*\S)\s+(?P<hash>[0-9a-f]{64})")
_NAME = re.compile(r"[\w.-]{1,60}")
_QUOTA = re.compile(
    r"[1-9]\d{0,8} ?(?:/|per) ?(?:[1-9]\d{0,2} )?(?:second|minute|hour|day|month)s?", re.ASCII | re.IGNORECASE
)
_BEARER = re.compile(r"bearer +([\x21-\x7e]+) *", re.IGNORECASE)


class Key(NamedTuple):
    """Who may call, how often, and the SHA-256 of the key they show."""

    name: str
    quota: Rate
    digest: str


def new_key(name: str, quota: str) -> tuple[str, str]:
    """A fresh key, to be handed over once, and the line that lets it in. InputError: not a quota or name."""
    if not _NAME.fullmatch(name):
        raise InputError(f"{name!r} is no name: 1 to 60 letters, digits, . _ or -")
    try:
        _quota(quota)
    except ValueError as error:
        raise InputError(str(error)) from error
    key = secrets.token_urlsafe(32)
    return key, f"{name} {quota} {_digest(key)}"


def read_keys(text: str) -> tuple[Key, ...]:
    """The keys of a file. InputError names the line that is none."""
    return tuple(_keys(text))


def _keys(text: str) -> Iterator[Key]:
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.partition("#")[0].strip()
        if not bare:
            continue
        found = _LINE.fullmatch(bare)
        try:
            if found is None:
                raise ValueError("want `name quota sha256`, like `library 1000/hour <64 hex digits>`")
            yield Key(found["name"], _quota(found["quota"]), found["hash"])
        except ValueError as error:
            raise InputError(f"API keys, line {number}: {error}") from error


def _quota(text: str) -> Rate:
    """A quota as written. ValueError where it is none, or lets nobody in at all."""
    if not _QUOTA.fullmatch(text):
        raise ValueError(f"{text!r} is no quota: want something like 1000/hour, at least 1")
    found = parse(text)
    return Rate(found.amount, found.get_expiry())


def _digest(key: str) -> str:
    # A plain hash will do: the keys are random, so there is no dictionary to try.
    return hashlib.sha256(key.encode()).hexdigest()


def shown_key(header: str | None) -> str:
    """The key in an Authorization header; empty where there is none."""
    found = _BEARER.fullmatch(header or "")
    return found[1] if found else ""


Spend = Callable[[str, Rate], Awaitable[int]]
"""Counts one request of a name: 0 where that is within the rate, else the seconds until there is more."""


class KeyRing:
    """Lets in who shows a key, as often as its quota allows."""

    def __init__(self, keys: tuple[Key, ...], spend: Spend) -> None:
        self._keys = keys
        self._spend = spend

    def known(self, key: str) -> Key | None:
        """Whose key it is. Every known hash is compared, each in constant time."""
        digest = _digest(key)
        found = [k for k in self._keys if hmac.compare_digest(k.digest, digest)]
        return found[0] if found else None

    async def wait(self, key: Key) -> int:
        """Spend one request of a key's quota: 0, or the seconds until there is more."""
        return await self._spend(key.name, key.quota)
