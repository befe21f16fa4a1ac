"""What the page shows again after a reload: by any replica, for a while, without what is personal."""

from pathlib import Path

import pytest
from sqlalchemy import select
from staff.editorial import built

from bot.app.serving import serving
from bot.app.transcripts import Transcripts
from bot.errors import StoreError
from bot.messages import Message, Reply
from bot.store.conversations import Conversations, ConversationsInMemory
from bot.store.database import Database
from bot.store.schema import ConversationRow
from bot.text.pseudonyms import Pseudonyms

pytestmark = pytest.mark.anyio
KEY = Pseudonyms(b"a key for tests only")
SAID = [{"said": "低保一年多少钱"}]


async def test_one_replica_shows_what_was_said_to_another(database: Database) -> None:
    one, other = (Transcripts(Conversations(database), KEY, 60, lambda: 100.0) for _ in range(2))
    await one.save("a", SAID)
    assert await other.load("a") == SAID
    assert await other.load("b") == []


async def test_it_is_gone_when_its_time_has_passed() -> None:
    now, states = 100.0, ConversationsInMemory()
    transcripts = Transcripts(states, KEY, 60, lambda: now)
    await transcripts.save("a", SAID)
    now = 160.0
    assert await transcripts.load("a") == []


async def test_a_conversation_left_behind_is_gone_at_once(database: Database) -> None:
    transcripts = Transcripts(Conversations(database), KEY, 60, lambda: 100.0)
    await transcripts.save("a", SAID)
    await transcripts.save("b", SAID)
    await transcripts.forget("a")
    assert (await transcripts.load("a"), await transcripts.load("b")) == ([], SAID)


class Away:
    """States whose database is away."""

    async def load(self, key, now):
        raise StoreError("conversations: the database is away")

    async def save(self, key, state, expires_at, person=""):
        raise StoreError("conversations: the database is away")

    async def forget(self, person):
        raise StoreError("conversations: the database is away")


async def test_without_the_database_a_page_shows_nothing_again(caplog) -> None:
    transcripts = Transcripts(Away(), KEY, 60, lambda: 100.0)
    await transcripts.save("a", SAID)
    assert await transcripts.load("a") == []
    await transcripts.forget("a")
    assert caplog.text.count("the database is away") == 3


async def test_a_service_keeps_no_secret_and_forgets_who_asks_it_to(tmp_path: Path) -> None:
    settings = await built(tmp_path)
    async with serving(settings) as running:
        for session in ("a", "b"):
            await running.sessions.add(session, "我的身份证330203199001011234", Reply("好。", "smalltalk"))
        (kept,) = await running.sessions.exchanges("a")
        assert "199001011234" not in kept.said
        assert (await running.yongwen.answer(Message("/forget", "a", "web", "a"))).topic == "command/forget"
        assert await running.sessions.exchanges("a") == ()
        assert len(await running.sessions.exchanges("b")) == 1
    files = tmp_path.rglob(f"{settings.residents.name}*")
    assert not [f for f in files if b"199001011234" in f.read_bytes()]


async def test_what_is_kept_is_kept_under_hashes(database: Database) -> None:
    await Transcripts(Conversations(database), KEY, 60, lambda: 100.0).save("a-session-key", SAID)
    async with database.read() as connection:
        (row,) = (await connection.execute(select(ConversationRow.key, ConversationRow.person))).all()
    assert all(len(value) == 40 and "a-session-key" not in value for value in row)
