"""How guessing at passwords is slowed down, without anybody being able to shut somebody else out by it.

A browser somebody signed in with before is known by a cookie (OWASP's "device cookies"): it has a count of
failures of its own, which those of strangers do not touch. A stranger waits ever longer for the same
account, and all strangers together have fewer tries an hour at it than the 100 of OWASP's ASVS.
"""

import hashlib
import hmac
import secrets
from typing import NamedTuple

from bot.store.accounts import AccountStore

WINDOW_SECONDS = 15 * 60
MOST_PER_SOURCE = 5
"""Failures for one account before a known browser waits a window, and a stranger ever longer."""
MOST_PER_ADDRESS = 20
"""A stranger's failures for all accounts in a window."""
MOST_PER_ACCOUNT = 20
"""Failures for one account, by all strangers in an hour."""
_HOUR = 3600
_DAY = 24 * _HOUR
_NONCE_BYTES = 18


class SignInSource(NamedTuple):
    """Where a sign-in comes from: a network address, or something known to be the account's own."""

    name: str
    known: bool = False


def new_device(account: str, password_hash: str) -> str:
    """What a browser keeps to be known by. It is worth nothing once the password is another."""
    nonce = secrets.token_urlsafe(_NONCE_BYTES)
    return f"{nonce}.{_proof(nonce, account, password_hash)}"


def source(account: str, password_hash: str, address: str, device: str) -> SignInSource:
    """A browser that shows what it was given for this account, else the address."""
    nonce, _, proof = device.partition(".")
    genuine = hmac.compare_digest(proof.encode(), _proof(nonce, account, password_hash).encode())
    return (
        SignInSource(f"device {hashlib.sha256(nonce.encode()).hexdigest()[:40]}", True)
        if genuine
        else SignInSource(address)
    )


def _proof(nonce: str, account: str, password_hash: str) -> str:
    """Keyed with the password's salted hash, which nobody outside has: so nothing more need be stored."""
    return hmac.new(password_hash.encode(), f"{nonce}\0{account}".encode(), hashlib.sha256).hexdigest()


class Throttle:
    """Counts failed sign-ins in the database, so that all replicas count together."""

    def __init__(self, store: AccountStore) -> None:
        self._store = store

    async def wait(self, account: str, source: SignInSource, now: float) -> float:
        """Seconds until a sign-in may be tried again; 0 for at once."""
        if source.known:
            own = await self._store.failures(now - WINDOW_SECONDS, now, account=account, address=source.name)
            return _until(own, MOST_PER_SOURCE, WINDOW_SECONDS, now)
        waits = [await self._by_account(account, now), await self._by_pair(account, source.name, now)]
        if source.name:
            theirs = await self._store.failures(now - WINDOW_SECONDS, now, address=source.name)
            waits.append(_until(theirs, MOST_PER_ADDRESS, WINDOW_SECONDS, now))
        return max(waits)

    async def note(self, account: str, source: SignInSource, now: float) -> None:
        """Count a failure."""
        await self._store.note_failure(account, source.name, now, now - _DAY)

    async def forgive(self, account: str, source: SignInSource) -> None:
        """Forget the failures of whoever has shown the password; those of others still count."""
        await self._store.forget_failures(account, source.name)

    async def _by_account(self, account: str, now: float) -> float:
        failed = await self._store.failures(now - _HOUR, now, account=account)
        return _until(failed, MOST_PER_ACCOUNT, _HOUR, now)

    async def _by_pair(self, account: str, address: str, now: float) -> float:
        failed = await self._store.failures(now - _DAY, now, account=account, address=address)
        too_many = len(failed) - MOST_PER_SOURCE
        return max(0.0, failed[0] + min(WINDOW_SECONDS * 2**too_many, _DAY) - now) if too_many >= 0 else 0.0


def _until(failed: list[float], most: int, seconds: float, now: float) -> float:
    """Seconds until fewer than `most` of the failures, newest first, lie within so many seconds."""
    return failed[most - 1] + seconds - now if len(failed) >= most else 0.0
