"""Where conversations stand, kept across restarts until they expire."""

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store.engine import inserting, operator_errors, writing
from bot.store.schema import ConversationRow


class Conversations:
    """States by key (a hash of channel and session) in the residents' database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def load(self, key: str, now: float) -> dict[str, Any]:
        """The state kept under a key; empty where there is none or it has expired."""
        query = select(ConversationRow.state).where(
            ConversationRow.key == key, ConversationRow.expires_at > now
        )
        async with operator_errors("conversations"), self._engine.connect() as connection:
            return await connection.scalar(query) or {}

    async def save(self, key: str, state: dict[str, Any], expires_at: float, person: str = "") -> None:
        """Keep a person's state under a key until a time (seconds since 1970)."""
        row = {"key": key, "state": state, "expires_at": expires_at, "person": person}
        changed = {"state": state, "expires_at": expires_at}
        query = inserting(self._engine, ConversationRow).values(row)
        query = query.on_conflict_do_update(index_elements=["key"], set_=changed)
        async with operator_errors("conversations"), writing(self._engine) as connection:
            await connection.execute(query)

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
