"""Who asks the running service to be forgotten: nothing they said waits to be answered either."""

import sqlite3
import time
from pathlib import Path

import pytest
from staff.editorial import built

from bot.app.serving import serving
from bot.messages import Incoming, Message

pytestmark = pytest.mark.anyio
WORDS = "我家的事不要留着"


async def test_what_waits_to_be_answered_is_forgotten_too(tmp_path: Path) -> None:
    settings = await built(tmp_path)
    async with serving(settings) as running:
        waits = Incoming("7", "-5", 7, {"update_id": 7, "text": WORDS}, "1001")
        others = Incoming("8", "1002", 8, {"update_id": 8, "text": "别人的话"}, "1002")
        await running.inbox.add("telegram/666", [waits, others], time.time())
        assert (await running.inbox.waiting(time.time()))["telegram/666"][0] == 2
        reply = await running.yongwen.answer(Message("/forget", "1001:1001:", "telegram", "1001"))
        assert reply.topic == "command/forget"
        assert (await running.inbox.waiting(time.time()))["telegram/666"][0] == 1
        files = list(settings.residents.parent.glob(f"{settings.residents.name}*"))
        assert files
        # JSON in the database is ASCII
        assert not [f for f in files if WORDS.encode("unicode-escape") in f.read_bytes()]
        assert [f for f in files if "别人的话".encode("unicode-escape") in f.read_bytes()]


async def test_what_waits_to_be_written_is_forgotten_too(tmp_path: Path) -> None:
    settings = await built(tmp_path)
    async with serving(settings) as running:
        for who in ("fang", "lin"):
            await running.yongwen.answer(Message(f"老年食堂多少家 {WORDS}", who, "web"))
        await running.yongwen.forget("web", "fang")
    connection = sqlite3.connect(settings.residents)
    left = [
        connection.execute(f"select count(*) from {table}").fetchone()
        for table in ("question", "conversation")
    ]
    connection.close()
    assert left == [(1,), (1,)], "the other's"


async def test_residents_words_are_for_the_service_alone_to_read(tmp_path: Path) -> None:
    settings = await built(tmp_path)
    async with serving(settings) as running:
        await running.yongwen.answer(Message(WORDS, "s", "web"))
        files = list(settings.residents.parent.glob(f"{settings.residents.name}*"))
        assert len(files) > 1
        assert not [f for f in files if f.stat().st_mode & 0o077]
