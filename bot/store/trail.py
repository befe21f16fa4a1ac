"""The audit trail: a line is written in the transaction of what it tells, neither without the other."""

from typing import Any, NamedTuple

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema_staff import AuditRow

COMMAND_LINE = "command line"
"""Who did what was done in a shell, where nobody is known by name; no account can be called so."""


class Entry(NamedTuple):
    """One line of the audit trail."""

    at: float
    account: str
    action: str
    subject: str
    detail: dict[str, Any]


async def note(connection: AsyncConnection, entry: Entry) -> None:
    """Add a line."""
    await connection.execute(insert(AuditRow).values(entry._asdict()))
