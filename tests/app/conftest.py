"""A 甬问 with a residents' database of its own, and a clock that stands at noon."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.app import Yongwen
from bot.app.answering import Listeners
from bot.app.memory import Memory
from bot.app.recording import Recorder
from bot.conversation.knowledge import Knowledge
from bot.store.conversations import Conversations
from bot.store.database import Database, open_database, sqlite_url
from bot.store.migrate import migrate
from bot.store.questions import Questions
from bot.text.pseudonyms import Pseudonyms

KEY = Pseudonyms(b"a key for tests only")
NOON = 1795665600.0  # 2026-11-26 04:00 UTC, noon in Ningbo


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    made = open_database(sqlite_url(tmp_path / "residents.sqlite"))
    await migrate(made, "residents")
    yield made
    await made.dispose()


@pytest.fixture
def recorder(database: Database) -> Recorder:
    return Recorder(Questions(database), KEY, lambda: ("12345",))


@pytest.fixture
def recorded(knowledge: Knowledge, database: Database, recorder: Recorder) -> Yongwen:
    states = Conversations(database)
    return Yongwen(knowledge, Memory(states, KEY), lambda: NOON, release=7, listeners=Listeners(recorder))
