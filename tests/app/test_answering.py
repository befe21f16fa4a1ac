"""Many who ask at once, and what a turn leaves behind."""

import asyncio
import gc
from dataclasses import replace

import pytest
from app.conftest import NOON

from bot.app import Yongwen, answering, remembering
from bot.app.answering import Listeners
from bot.app.memory import Memory
from bot.conversation.turn import turn
from bot.messages import Message
from bot.store.conversations import ConversationsInMemory

pytestmark = pytest.mark.anyio


async def test_between_two_answers_that_are_worked_out_others_get_on(knowledge):
    yongwen, passes = Yongwen(knowledge, Memory(ConversationsInMemory())), 0

    async def others():
        nonlocal passes
        while True:
            passes += 1
            await asyncio.sleep(0)

    async def answered_in(text):
        await yongwen.answer(Message(text))
        return passes

    beside = asyncio.create_task(others())
    found = await asyncio.gather(*map(answered_in, ("低保", "养老", "医保", "托育", "公租房")))
    beside.cancel()
    assert len(set(found)) == 5


class Noted(ConversationsInMemory):
    """Notes every state as it is saved."""

    def __init__(self):
        super().__init__()
        self.saved = []

    async def save(self, key, state, expires_at, person=""):
        self.saved.append(state)
        await super().save(key, state, expires_at, person)


def said(text, key=""):
    return Message(text, "s", "telegram", "1001", key)


async def test_a_message_answered_anew_is_answered_the_same_and_counts_once(yongwen):
    offered = await yongwen.answer(said("房子", "1"))
    first = await yongwen.answer(said("2", "2"))
    assert (offered.status, first.status) == ("clarify", "answered")
    again = await yongwen.answer(said("2", "2"))
    assert again.text == first.text
    followed = await yongwen.answer(said("电话多少", "3"))
    assert followed.topic == first.topic
    assert (await yongwen.answer(said("2"))).text == first.text, "the list is still before them"


async def test_what_a_conversation_keeps_of_a_turn_is_gone_with_the_next(knowledge):
    states = Noted()
    yongwen = Yongwen(knowledge, Memory(states))
    for key, text in enumerate(("房子", "低保一年多少钱", "公租房怎么申请")):
        await yongwen.answer(said(text, str(key)))
    kept = states.saved[-1]
    assert len(states.saved) == 3
    assert kept["turn"]["of"] == "2"
    assert "turn" not in kept["turn"]["began"]


async def kept_after(knowledge, *texts):
    """What the conversation keeps in the end."""
    states = Noted()
    yongwen = Yongwen(knowledge, Memory(states), lambda: NOON)
    for text in texts:
        await yongwen.answer(said(text))
    return states.saved[-1]


PERSONAL = {
    "我电话13812345678，低保一年多少钱": "我电话 低保一年多少钱",
    "我的号码 1/3/8/1/2/3/4/5/6/7/8 低保一年多少钱": "我的号码 低保一年多少钱",
    "低保一年多少钱，回我fang.lin@example.com": "低保一年多少钱 回我",
    f"低保一年多少钱{'，我家的事' * 13}一三八一二三四五六七八": f"低保一年多少钱{' 我家的事' * 13}",
}


@pytest.mark.parametrize("text", PERSONAL)
async def test_of_a_question_only_what_is_personal_is_not_kept(knowledge, text):
    kept = await kept_after(knowledge, text)
    assert kept["topics"] == ["dibao-standard"]
    assert kept["question"].startswith(PERSONAL[text])
    assert not any(c.isdecimal() for c in kept["question"].removeprefix(PERSONAL[text]))


async def test_a_number_beside_a_follow_up_leaves_the_question_it_follows(knowledge):
    asked = "低保一年多少钱"
    kept = await kept_after(knowledge, asked, "我电话13812345678，怎么申请")
    assert kept["question"] == (await kept_after(knowledge, asked))["question"] != ""


async def test_of_several_questions_with_a_number_the_last_is_kept_as_without_it(knowledge):
    several = "低保一年多少钱？公租房怎么申请？"
    kept = await kept_after(knowledge, f"我电话13812345678。{several}")
    without = await kept_after(knowledge, several)
    assert len(without["topics"]) == 2
    assert kept["question"] == without["question"]


async def test_what_was_asked_back_is_kept_without_a_number_too(knowledge):
    kept = await kept_after(knowledge, "我想问房子的事 13812345678")
    assert kept["asked_back"] == "房子的事"
    joined = await kept_after(knowledge, "房子", "租13812345678")
    assert joined["question"] == "房子 租"


class Slow(Noted):
    """Reads nothing until it is let."""

    def __init__(self):
        super().__init__()
        self.let = asyncio.Event()
        self.let.set()

    async def load(self, key, now):
        await self.let.wait()
        return await super().load(key, now)


async def begun(work):
    """A task that has gone as far as it can."""
    task = asyncio.create_task(work)
    for _ in range(20):
        await asyncio.sleep(0)
    return task


async def test_a_message_that_came_before_a_switch_takes_no_remembered_turn_away(knowledge, monkeypatch):
    taken = []

    def counted(message, state, known):
        taken.append(message.text)
        return turn(message, state, known)

    monkeypatch.setattr(remembering, "turn", counted)
    states = Slow()
    yongwen = Yongwen(knowledge, Memory(states))
    states.let.clear()
    waiting = await begun(yongwen.answer(said("养老")))
    yongwen.switch(2, knowledge.speaking_by(replace(knowledge.lookup)))
    await yongwen.answer(Message("低保"))
    states.let.set()
    assert (await waiting).text
    await yongwen.answer(Message("低保"))
    assert taken == ["低保", "养老"]


def broken(*_args):
    raise RuntimeError("broken")


class BrokenLog:
    """A question log that takes nothing."""

    put = broken


async def test_where_no_day_can_be_told_nobody_gets_an_error(yongwen, monkeypatch, caplog):
    monkeypatch.setattr(answering, "as_of", broken)
    for reply in (await yongwen.answer(said("低保")), await yongwen.glimpse(said("低保"))):
        assert reply.status == "unanswered"
        assert "12345" in reply.text and "broken" not in reply.text
    assert await yongwen.alarm(said("家里着火了")) is None
    assert caplog.text.count("RuntimeError: broken") == 3


async def test_who_is_told_of_an_answer_takes_it_from_nobody(knowledge, caplog):
    listeners = Listeners(BrokenLog(), broken)
    yongwen = Yongwen(knowledge, Memory(ConversationsInMemory()), lambda: 0.0, listeners=listeners)
    assert (await yongwen.answer(said("低保"))).topic == "service/dibao-standard"
    assert (await yongwen.alarm(said("家里着火了"))).status == "emergency"
    assert caplog.text.count("could not be recorded") == 1
    assert caplog.text.count("could not be observed") == 2


@pytest.fixture
def slowly(knowledge, recorder):
    """A 甬问 that records, and keeps conversations where reading can be held up."""
    states = Slow()
    return states, Yongwen(knowledge, Memory(states), lambda: NOON, listeners=Listeners(recorder))


async def test_two_questions_of_a_conversation_at_once_are_as_one_after_the_other(slowly):
    states, yongwen = slowly
    states.let.clear()
    both = asyncio.gather(yongwen.answer(said("公租房怎么申请")), yongwen.answer(said("低保一年多少钱")))
    await asyncio.sleep(0)
    states.let.set()
    await both
    assert states.saved[-1]["topics"] == ["dibao-standard", "public-rental-housing"]


@pytest.mark.parametrize("door", ["message", "call"])
async def test_who_is_forgotten_while_a_question_is_answered_leaves_nothing(slowly, recorder, door):
    states, yongwen = slowly
    states.let.clear()
    asked = await begun(yongwen.answer(said("低保一年多少钱")))
    forget = yongwen.answer(said("/forget")) if door == "message" else yongwen.forget("telegram", "1001")
    forgotten = await begun(forget)
    assert not forgotten.done()
    states.let.set()
    assert (await asked).topic == "service/dibao-standard"
    await forgotten
    assert len(states.saved) == 1
    assert recorder.waiting == 0
    pronoun = await yongwen.answer(said("那电话呢"))
    assert pronoun.text == (await yongwen.answer(Message("那电话呢", "another"))).text, "nothing came before"


async def test_nobody_waits_for_another(slowly):
    states, yongwen = slowly
    held, states.let = states.let, asyncio.Event()
    one = await begun(yongwen.answer(said("低保")))
    held, states.let = states.let, held
    for other in (Message("养老", "s", "web"), Message("医保", "t", "telegram", "1002"), Message("托育")):
        assert (await yongwen.answer(other)).text
    assert not one.done()
    held.set()
    await one


async def test_of_who_is_answered_no_turn_is_left_open(slowly):
    def locks():
        return sum(isinstance(found, asyncio.Lock) for found in gc.get_objects())

    _, yongwen = slowly
    before = locks()
    for number in range(50):
        await yongwen.answer(Message("低保", str(number)))
    assert locks() <= before
