"""What a store needs of its database: transactions whose failures say which store they befell."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.store import engine as engines

T = TypeVar("T")


class Access:
    """Transactions of one store. StoreError, with the store's name and the cause, where one fails."""

    def __init__(self, engine: AsyncEngine, name: str) -> None:
        self._engine = engine
        self._reads = engines.reading(engine)
        self._name = name

    def insert(self, table: Any) -> Any:
        """An insert that can say what to do on conflict, in the database's dialect."""
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        return dialect.insert(table)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection that only reads, and so waits for no writer."""
        async with engines.operator_errors(self._name), self._reads.connect() as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction: committed at the end, rolled back where something is raised."""
        async with engines.operator_errors(self._name), engines.writing(self._engine) as connection:
            yield connection

    async def read_at_once(self, work: Callable[[Connection], T]) -> T:
        """What some short work reads in a transaction of its own; see `engine.read_at_once`."""
        async with engines.operator_errors(self._name):
            return await engines.read_at_once(self._engine, work)

    async def write_at_once(self, work: Callable[[Connection], T], *, urgent: bool = False) -> T:
        """What some short work gives that writes in a transaction of its own; see `engine.write_at_once`."""
        async with engines.operator_errors(self._name):
            return await engines.write_at_once(self._engine, work, urgent=urgent)

    async def wipe(self) -> None:
        """See that what was deleted stands nowhere in the database's files any more."""
        async with engines.operator_errors(self._name):
            await engines.wipe(self._engine)
