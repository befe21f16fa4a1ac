"""What a store needs of its database: transactions whose failures say which store they befell."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database, operator_errors

T = TypeVar("T")


class Access:
    """Transactions of one store. StoreError, with the store's name and the cause, where one fails."""

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self._name = name

    def insert(self, table: Any) -> Any:
        """An insert that can say what to do on conflict, in the database's dialect."""
        dialect = postgresql if self._database.dialect == "postgresql" else sqlite
        return dialect.insert(table)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection that only reads, and so waits for no writer."""
        async with operator_errors(self._name), self._database.read() as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction: committed at the end, rolled back where something is raised."""
        async with operator_errors(self._name), self._database.write() as connection:
            yield connection

    async def read_at_once(self, work: Callable[[Connection], T]) -> T:
        """What some short work reads in a transaction of its own, at once."""
        async with operator_errors(self._name):
            return await self._database.read_at_once(work)

    async def write_at_once(self, work: Callable[[Connection], T], *, urgent: bool = False) -> T:
        """What some short work gives that writes in a transaction of its own, at once."""
        async with operator_errors(self._name):
            return await self._database.write_at_once(work, urgent=urgent)

    async def wipe(self) -> None:
        """See that what was deleted stands nowhere in the database's files any more."""
        async with operator_errors(self._name):
            await self._database.wipe()
