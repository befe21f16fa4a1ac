"""Where conversations stand, kept across restarts until they expire."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, select

from bot.errors import StoreError
from bot.store.access import Access
from bot.store.batching import Batched
from bot.store.database import Database
from bot.store.schema import ConversationRow

log = logging.getLogger("yongwen")

# Made once, and so is what they are compiled to: a message is worth one of each.
_LOADING = select(ConversationRow.key, ConversationRow.state, ConversationRow.expires_at).where(
    ConversationRow.key.in_(bindparam("keys", expanding=True))
)


class KeptState(NamedTuple):
    """A person's state under a key until a time (seconds since 1970)."""

    key: str
    state: dict[str, Any]
    expires_at: float
    person: str


class Conversations:
    """States by key (a hash of channel and session) in the residents' database.

    Under load, states that are read or saved at the same time share one transaction.
    """

    def __init__(self, database: Database) -> None:
        self._database = Access(database, "conversations")
        self._load = Batched(self._loaded)
        self._save = Batched(self._saved)
        query = self._database.insert(ConversationRow)
        changed = {"state": query.excluded.state, "expires_at": query.excluded.expires_at}
        self._saving = query.on_conflict_do_update(index_elements=["key"], set_=changed)

    async def load(self, key: str, now: float) -> dict[str, Any]:
        """The state kept under a key; empty where there is none or it has expired."""
        state, expires_at = await self._load(key)
        return state if expires_at > now else {}

    async def _loaded(self, keys: list[str]) -> list[tuple[dict[str, Any], float]]:
        def load(connection: Connection) -> Sequence[Any]:
            return connection.execute(_LOADING, {"keys": list(set(keys))}).all()

        found = {key: (state, until) for key, state, until in await self._database.read_at_once(load)}
        return [found.get(key, ({}, 0.0)) for key in keys]

    async def keys(self) -> set[str]:
        """The keys there are states under, expired ones too."""

        def read(connection: Connection) -> set[str]:
            return set(connection.scalars(select(ConversationRow.key)))

        return await self._database.read_at_once(read)

    async def save(self, key: str, state: dict[str, Any], expires_at: float, person: str = "") -> None:
        """Keep a person's state under a key until a time (seconds since 1970)."""
        await self._save(KeptState(key, state, expires_at, person))

    async def save_all(self, kept: Sequence[KeptState]) -> None:
        """Keep several, all or none."""
        if kept:
            await self._saved(kept)

    async def _saved(self, kept: Sequence[KeptState]) -> list[None]:
        # In one order everywhere, or replicas wait for each other; of the same key the last one stays.
        rows = [one._asdict() for one in sorted(kept, key=lambda one: one.key)]
        await self._database.write_at_once(lambda connection: connection.execute(self._saving, rows))
        return [None] * len(rows)

    async def forget(self, person: str) -> None:
        """Delete the states of a person."""
        query = delete(ConversationRow).where(ConversationRow.person == person)
        async with self._database.write() as connection:
            await connection.execute(query)

    async def forget_expired(self, now: float) -> None:
        """Delete the states whose time has passed."""
        query = delete(ConversationRow).where(ConversationRow.expires_at <= now)
        async with self._database.write() as connection:
            await connection.execute(query)


class ConversationsInMemory:
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


class WrittenBehind:
    """The same for a single process on a file: what is saved is readable at once, and written by `flush`.

    Where the process is killed, unwritten states are lost: those conversations go on one step behind. The
    keys in the file are known in memory, as most messages begin a conversation and need not read the file.
    """

    def __init__(self, kept: Conversations) -> None:
        self._kept = kept
        self._lately = ConversationsInMemory()
        self._unwritten: dict[str, KeptState] = {}
        self._writing = asyncio.Lock()
        self._known: set[str] = set()
        self._knows_all = False

    async def load(self, key: str, now: float) -> dict[str, Any]:
        """The state kept under a key; empty where there is none or it has expired."""
        if not self._knows_all:
            self._known |= await self._kept.keys()
            self._knows_all = True
        found = await self._lately.load(key, now)
        return found if found or key not in self._known else await self._kept.load(key, now)

    async def save(self, key: str, state: dict[str, Any], expires_at: float, person: str = "") -> None:
        """Keep a person's state under a key until a time (seconds since 1970)."""
        self._known.add(key)
        await self._lately.save(key, state, expires_at, person)
        self._unwritten[key] = KeptState(key, state, expires_at, person)
        if len(self._unwritten) > ConversationsInMemory.MOST:
            del self._unwritten[next(iter(self._unwritten))]

    async def flush(self) -> None:
        """Write what was saved. Where the database fails, it goes on waiting and the log says so."""
        async with self._writing:
            waiting, self._unwritten = self._unwritten, {}
            try:
                await self._kept.save_all(list(waiting.values()))
            except StoreError as error:
                log.error("conversations not saved, trying again: %s", error)
                self._unwritten = waiting | self._unwritten

    async def forget(self, person: str) -> None:
        """Delete the states of a person, also those that only wait to be written."""
        async with self._writing:
            await self._lately.forget(person)
            self._unwritten = {key: one for key, one in self._unwritten.items() if one.person != person}
            await self._kept.forget(person)

    async def forget_expired(self, now: float) -> None:
        """Delete the states whose time has passed."""
        await self._lately.forget_expired(now)
        await self._kept.forget_expired(now)
        before, unwritten = set(self._known), set(self._unwritten)
        self._known = await self._kept.keys() | unwritten | (self._known - before)
