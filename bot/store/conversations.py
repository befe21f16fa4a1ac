"""Where conversations stand, kept across restarts until they expire."""

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store.batching import Batched
from bot.store.engine import inserting, operator_errors, reading, writing
from bot.store.schema import ConversationRow


class Conversations:
    """States by key (a hash of channel and session) in the residents' database.

    Under load, states that are read or saved at the same time share one transaction.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._load = Batched(self._loaded)
        self._save = Batched(self._saved)

    async def load(self, key: str, now: float) -> dict[str, Any]:
        """The state kept under a key; empty where there is none or it has expired."""
        state, expires_at = await self._load(key)
        return state if expires_at > now else {}

    async def _loaded(self, keys: list[str]) -> list[tuple[dict[str, Any], float]]:
        row = ConversationRow
        query = select(row.key, row.state, row.expires_at).where(row.key.in_(set(keys)))
        async with operator_errors("conversations"), reading(self._engine).connect() as connection:
            found = {key: (state, until) for key, state, until in await connection.execute(query)}
        return [found.get(key, ({}, 0.0)) for key in keys]

    async def save(self, key: str, state: dict[str, Any], expires_at: float, person: str = "") -> None:
        """Keep a person's state under a key until a time (seconds since 1970)."""
        await self._save({"key": key, "state": state, "expires_at": expires_at, "person": person})

    async def _saved(self, rows: list[dict[str, Any]]) -> list[None]:
        query = inserting(self._engine, ConversationRow)
        changed = {"state": query.excluded.state, "expires_at": query.excluded.expires_at}
        query = query.on_conflict_do_update(index_elements=["key"], set_=changed)
        async with operator_errors("conversations"), writing(self._engine) as connection:
            await connection.execute(query, rows)
        return [None] * len(rows)

    async def forget(self, person: str) -> None:
        """Delete the states of a person."""
        query = delete(ConversationRow).where(ConversationRow.person == person)
        async with operator_errors("conversations"), writing(self._engine) as connection:
            await connection.execute(query)

    async def forget_expired(self, now: float) -> None:
        """Delete the states whose time has passed."""
        query = delete(ConversationRow).where(ConversationRow.expires_at <= now)
        async with operator_errors("conversations"), writing(self._engine) as connection:
            await connection.execute(query)


class InMemory:
    """The same for a single process that need not remember: a bounded dictionary."""

    MOST = 10_000

    def __init__(self) -> None:
        self._states: dict[str, tuple[dict[str, Any], float, str]] = {}

    async def load(self, key: str, now: float) -> dict[str, Any]:
        """The state kept under a key; empty where there is none or it has expired."""
        state, expires_at, _ = self._states.get(key, ({}, 0.0, ""))
        return state if expires_at > now else {}

    async def save(self, key: str, state: dict[str, Any], expires_at: float, person: str = "") -> None:
        """Keep a person's state under a key, forgetting the oldest when there are too many."""
        self._states.pop(key, None)
        self._states[key] = (state, expires_at, person)
        if len(self._states) > self.MOST:
            del self._states[next(iter(self._states))]

    async def forget(self, person: str) -> None:
        """Delete the states of a person."""
        self._states = {k: v for k, v in self._states.items() if v[2] != person}

    async def forget_expired(self, now: float) -> None:
        """Delete the states whose time has passed."""
        self._states = {k: v for k, v in self._states.items() if v[1] > now}
