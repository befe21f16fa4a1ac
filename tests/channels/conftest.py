"""What tests of messengers share: an inbox in a database of its own."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store.database import Database, open_database, sqlite_url
from bot.store.inbox import InboxStore
from bot.store.schema_inbox import IncomingRow
from bot.store.sealing import Seal


def hidden(lane: str) -> str:
    return hashlib.sha256(lane.encode()).hexdigest()[:40]


@pytest.fixture
async def inbox_database(tmp_path: Path) -> AsyncIterator[Database]:
    database = open_database(sqlite_url(tmp_path / "inbox.sqlite"))
    async with database.write() as connection:
        await connection.run_sync(IncomingRow.metadata.create_all)
    yield database
    await database.dispose()


@pytest.fixture
def inbox(inbox_database: Database) -> InboxStore:
    return InboxStore(inbox_database, hidden, Seal(bytes(32)))
