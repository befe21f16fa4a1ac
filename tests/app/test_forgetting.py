"""Who asks the running service to be forgotten: nothing they said waits to be answered either."""

import asyncio
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from staff.editorial import built

from bot.app.serving import serving
from bot.channels.web import create_app
from bot.messages import Incoming, Message, Reply

pytestmark = pytest.mark.anyio
WORDS = "我家的事不要留着"


def rows(path: Path) -> dict[str, int]:
    """How many there are of each kind of record."""
    with closing(sqlite3.connect(path)) as connection:
        return {
            table: connection.execute(f"select count(*) from {table}").fetchone()[0]
            for table in ("question", "conversation")
        }


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
        (left,) = await running.inbox.claim("telegram/666", "me", time.time(), time.time() + 9, 5)
        assert left.payload == others.payload
        files = list(settings.residents.parent.glob(f"{settings.residents.name}*"))
        assert files
        for words in (WORDS, "别人的话"):  # JSON in the database is ASCII
            assert not [f for f in files if words.encode("unicode-escape") in f.read_bytes()]
    with closing(sqlite3.connect(settings.residents)) as connection:
        kept = connection.execute("select count(*) from incoming where payload is not null").fetchone()
    assert kept == (1,), "of what is forgotten nothing is kept, not even sealed"


async def test_what_waits_to_be_written_is_forgotten_too(tmp_path: Path) -> None:
    settings = await built(tmp_path)
    async with serving(settings) as running:
        for who in ("fang", "lin"):
            await running.yongwen.answer(Message(f"老年食堂多少家 {WORDS}", who, "web"))
        await running.yongwen.forget("web", "fang")
    assert rows(settings.residents) == {"question": 1, "conversation": 1}, "the other's"


@pytest.mark.parametrize("door", ["/chat", "/"])
async def test_who_asks_the_page_to_be_forgotten_leaves_nothing_behind(tmp_path: Path, door: str) -> None:
    settings = await built(tmp_path)
    async with serving(settings) as running:
        page = create_app(running.yongwen.answer, sessions=running.sessions)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(page), base_url="http://x") as client:
            for text in (f"老年食堂多少家 {WORDS}", "/forget"):
                said = {"json": {"text": text}} if door == "/chat" else {"data": {"text": text}}
                response = await client.post(door, **said, follow_redirects=True)
            assert "forget-done" in response.text
            assert "forget-done" not in (await client.get("/")).text
    assert rows(settings.residents) == {"question": 0, "conversation": 0}


@pytest.mark.parametrize("last", ["/forget", "/start"])
async def test_a_page_that_still_waits_for_an_answer_brings_nothing_back(tmp_path: Path, last: str) -> None:
    settings = await built(tmp_path)
    answered, shown = asyncio.Event(), asyncio.Event()

    async with serving(settings) as running:

        async def held_up(message: Message) -> Reply:
            reply = await running.yongwen.answer(message)
            if WORDS in message.text:
                answered.set()
                await shown.wait()
            return reply

        page = create_app(held_up, sessions=running.sessions)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(page), base_url="http://x") as client:
            await client.post("/chat", json={"text": "老年食堂多少家"})
            question = asyncio.create_task(client.post("/chat", json={"text": WORDS}))
            await answered.wait()
            end = asyncio.create_task(client.post("/chat", json={"text": last}))
            await asyncio.wait({end}, timeout=0.3)
            shown.set()
            await asyncio.gather(question, end)
    assert rows(settings.residents)["conversation"] == 0


async def test_residents_words_are_for_the_service_alone_to_read(tmp_path: Path) -> None:
    settings = await built(tmp_path)
    async with serving(settings) as running:
        await running.yongwen.answer(Message(WORDS, "s", "web"))
        files = list(settings.residents.parent.glob(f"{settings.residents.name}*"))
        assert len(files) > 1
        assert not [f for f in files if f.stat().st_mode & 0o077]
