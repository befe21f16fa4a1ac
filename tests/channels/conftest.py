"""What tests of messengers share: an inbox in a database of its own."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store.engine import create_engine, sqlite_url
from bot.store.inbox import InboxStore
from bot.store.schema_inbox import IncomingRow


def hidden(lane: str) -> str:
    return hashlib.sha256(lane.encode()).hexdigest()[:40]


@pytest.fixture
async def inbox_engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(sqlite_url(tmp_path / "inbox.sqlite"))
    async with engine.begin() as connection:
        await connection.run_sync(IncomingRow.metadata.create_all)
    yield engine
    await engine.dispose()


@pytest.fixture
def inbox(inbox_engine: AsyncEngine) -> InboxStore:
    return InboxStore(inbox_engine, hidden)
