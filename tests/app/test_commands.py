"""/forget, /privacy and /feedback, as any channel sends them."""

from pathlib import Path

import pytest
from app.conftest import NOON

from bot.app import Yongwen
from bot.app.memory import Memory
from bot.app.recording import Recorder
from bot.app.retention import Retention
from bot.channels.base import FORGOTTEN
from bot.conversation.knowledge import Knowledge
from bot.errors import StoreError
from bot.local_time import DAY_SECONDS
from bot.messages import Message, Reply
from bot.store.conversations import Conversations, ConversationsInMemory
from bot.store.database import Database
from bot.text.pseudonyms import Pseudonyms

pytestmark = pytest.mark.anyio
SAID = "我想问问甲乙丙丁的事"
KEY = Pseudonyms(b"a key for tests only")


async def say(yongwen: Yongwen, text: str, person: str = "anna") -> Reply:
    return await yongwen.answer(Message(text, f"chat of {person}", "telegram", person))


def in_files(folder: Path, words: str) -> list[str]:
    """The database's files that hold these words, deleted or not."""
    return [p.name for p in folder.glob("residents.sqlite*") if words.encode() in p.read_bytes()]


@pytest.mark.parametrize("command", ["/forget", "/FORGET@yongwen_bot", "删掉我的记录", " 删掉我的记录。"])
async def test_who_asks_to_be_forgotten_is_gone_from_the_files_too(
    recorded: Yongwen, recorder: Recorder, database: Database, tmp_path: Path, command: str
) -> None:
    gone: list[tuple[str, str]] = []

    async def forget_elsewhere(channel: str, person: str) -> None:
        gone.append((channel, person))

    recorded.on_forget(forget_elsewhere)
    for text in (SAID, "低保一年多少钱", "那怎么申请"):
        reply = await say(recorded, text)
    await say(recorded, "/feedback wrong 这句也是我写的")
    await say(recorded, "别人问的图书馆", "bert")
    await recorder.flush()
    assert in_files(tmp_path, SAID)
    assert in_files(tmp_path, "这句也是我写的")
    anna = KEY.person("telegram", "anna")
    assert in_files(tmp_path, anna)
    reply = await say(recorded, command)
    assert (reply.status, reply.topic) == ("smalltalk", "command/forget")
    assert gone == [("telegram", "anna")]
    assert not in_files(tmp_path, SAID)
    assert not in_files(tmp_path, "这句也是我写的")
    assert not in_files(tmp_path, anna)
    assert in_files(tmp_path, "别人问的图书馆")


@pytest.mark.parametrize("command", ["/forget", "删掉我的记录", "/feedback wrong"])
async def test_a_link_erases_and_judges_nothing(recorded: Yongwen, command: str) -> None:
    await say(recorded, "低保一年多少钱")
    told = await recorded.answer(Message(command, "chat of anna", "telegram", "anna", linked=True))
    assert [b.text for b in told.buttons] == ["/forget"]
    assert (await say(recorded, "那怎么申请")).status == "answered"


@pytest.mark.parametrize("command", ["/forget", "删掉我的记录", "删掉我的记录。"])
async def test_that_somebody_asked_to_be_forgotten_is_not_recorded_either(
    recorded: Yongwen, recorder: Recorder, tmp_path: Path, command: str
) -> None:
    await say(recorded, SAID)
    assert (await say(recorded, command)).answer_id == ""
    await recorder.flush()
    assert not in_files(tmp_path, KEY.person("telegram", "anna"))
    await say(recorded, SAID)
    await recorder.flush()
    assert in_files(tmp_path, KEY.person("telegram", "anna")), "what is asked afterwards is"


async def test_where_forgetting_fails_no_channel_is_told_to_drop_what_is_needed_to_try_again(
    recorded: Yongwen,
) -> None:
    async def fails(channel: str, person: str) -> None:
        raise StoreError("away")

    recorded.on_forget(fails)
    reply = await say(recorded, "删掉我的记录")
    assert reply.text == recorded.knowledge.lookup.say("error", phone="12345")
    assert reply.topic != FORGOTTEN


async def test_the_conversation_is_forgotten(recorded: Yongwen) -> None:
    await say(recorded, "低保一年多少钱")
    assert (await say(recorded, "那怎么申请")).status == "answered"
    await say(recorded, "/forget")
    assert (await say(recorded, "那怎么申请")).status != "answered"


async def test_the_privacy_notice_says_how_long_and_offers_to_forget(recorded: Yongwen) -> None:
    reply = await say(recorded, "/privacy")
    assert "90天" in reply.text
    assert [b.text for b in reply.buttons] == ["/forget"]
    assert (await say(recorded, "我的话怎么用")).text == reply.text
    assert (await say(recorded, "/Privacy\n我的话怎么用")).text == reply.text


@pytest.mark.parametrize("command", ["/start", "/help", "/HELP", "/Start\n你好"])
async def test_the_greeting_bears_a_line_on_privacy(recorded: Yongwen, command: str) -> None:
    line = recorded.knowledge.lookup.say("privacy-line")
    greeting = await say(recorded, command)
    assert (greeting.status, greeting.text.endswith(f"\n{line}")) == ("smalltalk", True)
    assert len(greeting.buttons) == len(recorded.knowledge.lookup.domains)
    assert line not in (await say(recorded, "低保一年多少钱")).text


async def test_feedback_on_the_last_answer_by_buttons(recorded: Yongwen, recorder: Recorder) -> None:
    answer = await say(recorded, "低保一年多少钱")
    asked = await say(recorded, "/feedback")
    assert [b.text for b in asked.buttons] == [
        f"/feedback {v} {answer.answer_id}" for v in ("right", "wrong")
    ]
    assert all(len(b.text.encode()) <= 64 for b in asked.buttons)
    thanks = await say(recorded, asked.buttons[1].text)
    assert thanks.text == recorded.knowledge.lookup.say("feedback-noted")
    assert [w.answer for w in await recorder.questions.marked_wrong(0)] == [answer.answer_id]


@pytest.mark.parametrize(
    ("command", "verdict", "comment"),
    [
        ("/feedback right", "right", ""),
        ("/feedback wrong 电话打不通", "wrong", "电话打不通"),
        ("/Feedback@yongwen_bot\nWrong\n电话打不通", "wrong", "电话打不通"),
        ("/feedback 我的电话13800138000没人回", "wrong", "我的电话***没人回"),
    ],
)
async def test_feedback_in_words(
    recorded: Yongwen, recorder: Recorder, command: str, verdict: str, comment: str
) -> None:
    await say(recorded, "低保一年多少钱")
    await say(recorded, command)
    assert await recorder.questions.verdicts(0) == {verdict: 1}
    assert [w.comment for w in await recorder.questions.marked_wrong(0)] == ([comment] if comment else [])


async def test_feedback_without_an_answer_says_so(recorded: Yongwen) -> None:
    none = recorded.knowledge.lookup.say("feedback-none", phone="12345")
    assert (await say(recorded, "/feedback wrong")).text == none
    await say(recorded, "低保一年多少钱", "bert")
    assert (await say(recorded, "/feedback wrong AAAAAAAAAAAA", "bert")).text == none


async def test_where_nothing_is_recorded_no_record_is_spoken_of(knowledge: Knowledge) -> None:
    yongwen = Yongwen(knowledge, Memory(ConversationsInMemory()))
    await say(yongwen, "低保一年多少钱")
    privacy = await say(yongwen, "/privacy")
    assert "不记录" in privacy.text and "天" not in privacy.text and not privacy.buttons
    for command in ("/feedback", "/feedback wrong", "/feedback 答错了"):
        reply = await say(yongwen, command)
        assert "不记录" in reply.text and not reply.buttons and reply.phones == ("12345",)
    assert knowledge.lookup.say("privacy-line") not in (await say(yongwen, "/start")).text


async def test_what_is_personal_is_kept_nowhere(
    recorded: Yongwen, recorder: Recorder, database: Database, tmp_path: Path
) -> None:
    assert (await say(recorded, "13800138000便宜点的")).topic == ""
    await say(recorded, "我的电话13800138000,低保一年多少钱")
    await recorder.flush()
    await recorder.questions.wipe()
    assert in_files(tmp_path, "低保一年多少钱")
    assert not in_files(tmp_path, "13800138000")
    assert not in_files(tmp_path, "anna")


async def test_questions_and_conversations_go_when_their_time_is_over(
    recorded: Yongwen, recorder: Recorder, database: Database, tmp_path: Path
) -> None:
    now = NOON
    retention = Retention(recorder.questions, 90, lambda: now, Conversations(database))
    await say(recorded, SAID)
    await say(recorded, "低保一年多少钱")
    await recorder.flush()
    now = NOON + 90 * DAY_SECONDS
    await retention.enforce()
    assert in_files(tmp_path, SAID)
    assert not in_files(tmp_path, '"topics"')
    now += 1
    await retention.enforce()
    assert not in_files(tmp_path, SAID)
