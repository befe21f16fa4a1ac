"""Staff accounts, their sessions and failed sign-ins, in the second database."""

from typing import Any, NamedTuple

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.errors import InputError
from bot.store.access import Access
from bot.store.database import Database
from bot.store.schema import LONGEST_ACCOUNT
from bot.store.schema_staff import AccountRow, AuditRow, LoginFailureRow, StaffSessionRow
from bot.store.trail import Entry, note

_LONGEST_ADDRESS = 64


class Account(NamedTuple):
    """A member of staff; `role` is editor, reviewer or admin."""

    name: str
    role: str
    disabled: bool
    created_at: float


_PUBLIC = (AccountRow.name, AccountRow.role, AccountRow.disabled, AccountRow.created_at)


class AccountStore:
    """Rows of accounts, sessions and sign-in failures. It decides nothing."""

    def __init__(self, database: Database) -> None:
        self._database = Access(database, "staff")

    async def add(self, account: Account, password_hash: str, entry: Entry) -> None:
        """Add an account. InputError where the name is taken."""
        row = account._asdict() | {"password_hash": password_hash}
        async with self._database.write() as connection:
            try:
                await connection.execute(insert(AccountRow).values(row))
                await note(connection, entry)
            except IntegrityError as error:
                raise InputError(
                    f"there is an account called {account.name} already", "account-taken", name=account.name
                ) from error

    async def find(self, name: str) -> tuple[Account, str] | None:
        """An account and its password's hash."""
        query = select(*_PUBLIC, AccountRow.password_hash).where(AccountRow.name == name)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        return (Account(*row[:4]), row.password_hash) if row else None

    async def all(self) -> list[Account]:
        """Every account, by name."""
        async with self._database.read() as connection:
            rows = await connection.execute(select(*_PUBLIC).order_by(AccountRow.name))
            return [Account(*row) for row in rows]

    async def change(self, name: str, entry: Entry, *, anew: bool = False, **values: Any) -> None:
        """Change columns of an account and end all its sessions; `anew`: its failures count from nought."""
        async with self._database.write() as connection:
            await connection.execute(update(AccountRow).where(AccountRow.name == name).values(values))
            await connection.execute(delete(StaffSessionRow).where(StaffSessionRow.account == name))
            if anew:
                await connection.execute(delete(LoginFailureRow).where(LoginFailureRow.account == name))
            await note(connection, entry)

    async def open_session(
        self, token_hash: str, account: str, address: str, expires_at: float, entry: Entry
    ) -> None:
        """Keep a session; those that have expired go."""
        row = {
            "token_hash": token_hash,
            "account": account,
            "address": address[:_LONGEST_ADDRESS],
            "created_at": entry.at,
            "expires_at": expires_at,
        }
        async with self._database.write() as connection:
            await connection.execute(delete(StaffSessionRow).where(StaffSessionRow.expires_at <= entry.at))
            await connection.execute(insert(StaffSessionRow).values(row))
            await note(connection, entry)

    async def session(self, token_hash: str, now: float) -> Account | None:
        """The account of a live session, where it is not disabled."""
        query = (
            select(*_PUBLIC)
            .join(StaffSessionRow, StaffSessionRow.account == AccountRow.name)
            .where(StaffSessionRow.token_hash == token_hash, StaffSessionRow.expires_at > now)
            .where(AccountRow.disabled.is_(False))
        )
        async with self._database.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        return Account(*row) if row else None

    async def close_session(self, token_hash: str) -> None:
        """End a session."""
        async with self._database.write() as connection:
            await connection.execute(delete(StaffSessionRow).where(StaffSessionRow.token_hash == token_hash))

    async def failures(
        self, since: float, until: float, *, account: str | None = None, address: str | None = None
    ) -> list[float]:
        """When signing in failed between two times, newest first: for the account, the address, or both."""
        at = LoginFailureRow.at
        query = select(at).where(at > since, at <= until).order_by(at.desc())
        if account is not None:
            query = query.where(LoginFailureRow.account == account[:LONGEST_ACCOUNT])
        if address is not None:
            query = query.where(LoginFailureRow.address == address[:_LONGEST_ADDRESS])
        async with self._database.read() as connection:
            return list((await connection.scalars(query)).all())

    async def note_failure(self, account: str, address: str, now: float, forget_before: float) -> None:
        """Note a failed sign-in; old ones go."""
        row = {"account": account[:LONGEST_ACCOUNT], "address": address[:_LONGEST_ADDRESS], "at": now}
        async with self._database.write() as connection:
            await connection.execute(delete(LoginFailureRow).where(LoginFailureRow.at <= forget_before))
            await connection.execute(insert(LoginFailureRow).values(row))

    async def forget_failures(self, account: str, address: str) -> None:
        """Count an account's failures from one address from nought again."""
        mine = (LoginFailureRow.account == account, LoginFailureRow.address == address[:_LONGEST_ADDRESS])
        async with self._database.write() as connection:
            await connection.execute(delete(LoginFailureRow).where(*mine))

    async def trail(self, most: int, subject: str = "") -> list[Entry]:
        """The newest lines of the audit trail, of one subject or of all."""
        columns = (AuditRow.at, AuditRow.account, AuditRow.action, AuditRow.subject, AuditRow.detail)
        query = select(*columns).order_by(AuditRow.id.desc()).limit(most)
        if subject:
            query = query.where(AuditRow.subject == subject)
        async with self._database.read() as connection:
            return [Entry(*row) for row in await connection.execute(query)]
