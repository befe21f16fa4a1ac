"""What was asked reaches the log, masked and without names, and never gets in the answer's way."""

import asyncio

import pytest
from app.conftest import KEY, NOON

from bot.app import Yongwen, recording
from bot.app.recording import Recorder, flushing
from bot.errors import StoreError
from bot.messages import Message, Reply
from bot.store.questions import Questions

pytestmark = pytest.mark.anyio


async def test_an_answer_is_counted(recorded: Yongwen, recorder: Recorder) -> None:
    reply = await recorded.answer(Message("低保一年多少钱", "s", "web", "anna"))
    await recorder.flush()
    assert reply.answer_id
    by = ("day", "status", "channel", "domain", "service", "release")
    assert await recorder.questions.counts(*by, since=0) == [
        ("2026-11-26", "answered", "web", 6, "dibao-standard", 7, 1)
    ]


async def test_what_nobody_asked_is_not_recorded(recorded: Yongwen, recorder: Recorder) -> None:
    for text in ("/start", "/help@bot", "", "  "):
        assert not (await recorded.answer(Message(text, "s", "web"))).answer_id
    assert recorder.waiting == 0


async def test_an_answer_is_marked_wrong_and_settled(recorded: Yongwen, recorder: Recorder) -> None:
    reply = await recorded.answer(Message("低保一年多少钱", "s", "web"))
    assert await recorded.feedback(reply.answer_id, "right")
    assert await recorded.feedback(reply.answer_id, "wrong", "不是这个数")
    assert not await recorded.feedback("made-up", "wrong")
    (wrong,) = await recorder.questions.marked_wrong(0)
    assert (wrong.text, wrong.services, wrong.comment) == (
        "低保一年多少钱",
        ("dibao-standard",),
        "不是这个数",
    )
    assert await recorder.questions.verdicts(0) == {"wrong": 1}
    await recorder.questions.settle(reply.answer_id, NOON)
    assert await recorder.questions.marked_wrong(0) == []


async def test_a_person_is_forgotten_and_nobody_else(recorded: Yongwen, recorder: Recorder) -> None:
    for person in ("anna", "bert"):
        reply = await recorded.answer(Message("低保一年多少钱", "s" + person, "web", person))
        await recorded.feedback(reply.answer_id, "wrong")
    await recorded.answer(Message("还没有写下的话", "sanna", "web", "anna"))
    await recorded.forget("web", "anna")
    await recorder.flush()
    assert [n for *_, n in await recorder.questions.counts("status", since=0)] == [1]
    assert len(await recorder.questions.marked_wrong(0)) == 1
    assert await recorder.questions.newest_of(KEY.person("web", "anna"), "web") == ""
    assert await recorder.questions.newest_of(KEY.person("web", "bert"), "web")


async def test_what_is_old_goes(recorded: Yongwen, recorder: Recorder) -> None:
    reply = await recorded.answer(Message("低保一年多少钱", "s", "web"))
    await recorded.feedback(reply.answer_id, "wrong")
    await recorder.questions.forget_before(NOON)
    assert await recorder.questions.verdicts(0) == {"wrong": 1}
    await recorder.questions.forget_before(NOON + 1)
    assert await recorder.questions.verdicts(0) == {}
    assert await recorder.questions.counts("day", since=0) == []


async def test_a_broken_log_breaks_no_answer(
    recorded: Yongwen, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(_self: Questions, _asked: object) -> None:
        raise StoreError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(Questions, "record", refuse)
        assert (await recorded.answer(Message("低保一年多少钱", "s", "web"))).status == "answered"
        await recorder.flush()
        assert recorder.waiting == 1
    await recorder.flush()
    assert recorder.waiting == 0
    assert await recorder.questions.counts("status", since=0) == [("answered", 1)]


async def test_the_task_writes_and_the_stop_loses_nothing(recorded: Yongwen, recorder: Recorder) -> None:
    async with flushing(recorder):
        await recorded.answer(Message("低保一年多少钱", "s", "web"))
        while recorder.waiting:
            await asyncio.sleep(0.01)
        await recorded.answer(Message("低保怎么申请", "s", "web"))
        assert recorder.waiting == 1
    assert await recorder.questions.counts("status", since=0) == [("answered", 2)]


async def test_a_full_queue_loses_its_oldest_while_the_database_is_away(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes in while a batch is refused has its place: the batch gives way."""
    monkeypatch.setattr(recording, "_MOST_WAITING", 5)
    full = Recorder(recorder.questions, KEY)

    def ask(text: str) -> None:
        full.put(Message(text, "s", "web"), Reply("a", "answered"), NOON, 7)

    async def refuse(_rows: object) -> None:
        for text in ("6", "7", "8"):
            ask(text)
        raise StoreError("the disk is full")

    for text in ("1", "2", "3", "4", "5"):
        ask(text)
    with monkeypatch.context() as patch:
        patch.setattr(full.questions, "record", refuse)
        await full.flush()
    await full.flush()
    kept = [text for text, *_ in await full.questions.wordings(0)]
    assert sorted(kept) == ["4", "5", "6", "7", "8"]
