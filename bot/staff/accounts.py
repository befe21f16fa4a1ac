"""Who may do what: accounts, passwords (argon2id), revocable sessions, throttled sign-in."""

import asyncio
import hashlib
import re
import secrets
import time
from collections.abc import Callable
from functools import cache
from math import ceil
from typing import Literal, get_args

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.errors import AccessError, InputError
from bot.staff.throttle import SignInSource, Throttle, new_device, source
from bot.store.accounts import Account, AccountStore
from bot.store.trail import Entry
from bot.text.addresses import subscriber

StaffRole = Literal["editor", "reviewer", "admin"]
ROLES: tuple[str, ...] = get_args(StaffRole)
SHORTEST_PASSWORD = 10
_LONGEST_PASSWORD = 200
SESSION_SECONDS = 12 * 3600
_NAME = re.compile(r"[\w.@-]{2,100}")
_HASHER = PasswordHasher()
_TERMINAL = SignInSource("terminal", known=True)

_MAY: dict[str, frozenset[str]] = {
    "editor": frozenset({"edit"}),
    "reviewer": frozenset({"edit", "review", "release"}),
    "admin": frozenset({"edit", "review", "release", "accounts"}),
}


def allow(account: Account, what: str) -> None:
    """AccessError unless the account may `edit`, `review`, `release` or manage `accounts`."""
    if account.disabled or what not in _MAY[account.role]:
        raise AccessError(f"{account.name} ({account.role}) may not {what}", code=f"may-not-{what}")


class Accounts:
    """Staff accounts. Every method that changes something leaves a line in the audit trail."""

    def __init__(self, store: AccountStore, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock
        self._throttle = Throttle(store)
        self._hashing = asyncio.Semaphore(2)  # 64 MB each: a crowd signing in may not eat the memory

    async def create(self, name: str, password: str, role: str, by: str = "") -> Account:
        """Make an account. InputError where name, password or role will not do."""
        if not _NAME.fullmatch(name):
            raise InputError("an account's name has 2 to 100 letters, digits, . _ @ or -", "account-name")
        _known_role(role)
        account = Account(name, role, False, self._clock())
        hashed = await self._hash(password)
        await self._store.add(account, hashed, self._entry(by or name, "user-add", name, role=role))
        return account

    async def find(self, name: str) -> Account:
        """An account by name. InputError where there is none."""
        return (await self._known(name))[0]

    async def all(self) -> list[Account]:
        """Every account, by name."""
        return await self._store.all()

    async def set_password(self, name: str, password: str, by: str = "") -> None:
        """Give an account another password; its sessions end."""
        await self._known(name)
        hashed = await self._hash(password)
        entry = self._entry(by or name, "user-passwd", name)
        await self._store.change(name, entry, anew=True, password_hash=hashed)

    async def disable(self, name: str, by: str = "") -> None:
        """Shut an account out; its sessions end."""
        await self._known(name)
        await self._store.change(name, self._entry(by or name, "user-disable", name), disabled=True)

    async def enable(self, name: str, by: str = "") -> None:
        """Let a disabled account in again."""
        await self._known(name)
        await self._store.change(name, self._entry(by or name, "user-enable", name), disabled=False)

    async def set_role(self, name: str, role: str, by: str = "") -> None:
        """Give an account another role; its sessions end."""
        await self._known(name)
        _known_role(role)
        await self._store.change(name, self._entry(by or name, "user-role", name, role=role), role=role)

    async def authenticate(self, name: str, password: str, address: str = "", device: str = "") -> Account:
        """The account with this name and password; `device` is what the browser was given before.

        AccessError `throttled` after too many failures, `wrong-password` for an unknown name, a wrong
        password and a disabled account alike.
        """
        return await self._proven(name, password, lambda key: source(name, key, subscriber(address), device))

    async def at_terminal(self, name: str, password: str) -> Account:
        """The same for somebody at this machine's terminal, whom no stranger's failures keep out."""
        return await self._proven(name, password, lambda _: _TERMINAL)

    async def _proven(self, name: str, password: str, source_by: Callable[[str], SignInSource]) -> Account:
        async with self._hashing:  # so that a crowd of tries at once is counted as well
            found, now = await self._store.find(name), self._clock()
            known = found[1] if found else _nobody()
            source = source_by(known)
            if (wait := await self._throttle.wait(name, source, now)) > 0:
                minutes = ceil(wait / 60)
                raise AccessError(
                    f"too many failed sign-ins: wait {minutes} minutes", "throttled", minutes=minutes
                )
            right = await asyncio.to_thread(_verified, known, password[:_LONGEST_PASSWORD])
            if found is None or not right or found[0].disabled:
                await self._throttle.note(name, source, now)
                raise AccessError("name or password is wrong", code="wrong-password")
            await self._throttle.forgive(name, source)
            return found[0]

    async def sign_in(self, name: str, password: str, address: str = "", device: str = "") -> str:
        """Check the password and open a session; returns its token, which is stored nowhere."""
        account = await self.authenticate(name, password, address, device)
        return await self.open_session(account, address)

    async def new_device(self, name: str) -> str:
        """What the browser somebody signed in with by password shows from now on, to be known."""
        return new_device(name, (await self._known(name))[1])

    async def admit(self, name: str, address: str = "") -> str:
        """Open a session for whom an OpenID provider vouches; returns its token.

        AccessError `no-account` where nobody made an account of this name, or it is disabled.
        """
        found = await self._store.find(name)
        if found is None or found[0].disabled:
            raise AccessError(f"{name}: no account here, or a disabled one", code="no-account")
        return await self.open_session(found[0], address)

    async def open_session(self, account: Account, address: str = "") -> str:
        """Open a session for someone whose identity was proven (by password or by another provider)."""
        if account.disabled:
            raise AccessError(f"{account.name} is disabled", code="wrong-password")
        token = secrets.token_urlsafe(32)
        entry = self._entry(account.name, "sign-in", account.name, address=address)
        ends = entry.at + SESSION_SECONDS
        await self._store.open_session(_hashed(token), account.name, address, ends, entry)
        return token

    async def signed_in(self, token: str) -> Account | None:
        """The account of a session's token; None where it expired, was ended, or never was."""
        return await self._store.session(_hashed(token), self._clock()) if token else None

    async def sign_out(self, token: str) -> None:
        """End a session: its token is worth nothing from now on."""
        await self._store.close_session(_hashed(token))

    async def trail(self, most: int = 200, subject: str = "") -> list[Entry]:
        """The newest lines of the audit trail, of one account or draft or of all."""
        return await self._store.trail(most, subject)

    async def _known(self, name: str) -> tuple[Account, str]:
        found = await self._store.find(name)
        if found is None:
            raise InputError(f"there is no account called {name}", "no-such-account", name=name)
        return found

    async def _hash(self, password: str) -> str:
        if not SHORTEST_PASSWORD <= len(password) <= _LONGEST_PASSWORD:
            raise InputError(
                f"a password has {SHORTEST_PASSWORD} to {_LONGEST_PASSWORD} characters",
                "password",
                shortest=SHORTEST_PASSWORD,
                longest=_LONGEST_PASSWORD,
            )
        async with self._hashing:
            return await asyncio.to_thread(_HASHER.hash, password)

    def _entry(self, account: str, action: str, subject: str, **detail: str) -> Entry:
        return Entry(self._clock(), account, action, subject, detail)


def _known_role(role: str) -> None:
    if role not in ROLES:
        raise InputError(f"no such role: {role}; one of {', '.join(ROLES)}", "role")


@cache
def _nobody() -> str:
    """A hash nobody's password has: an unknown name must take as long as a wrong password."""
    return _HASHER.hash(secrets.token_urlsafe())


def _verified(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
