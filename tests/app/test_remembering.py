"""Turns remembered are the turns that would be taken."""

import pytest

from bot.app import remembering
from bot.app.remembering import Turns
from bot.conversation.state import State
from bot.conversation.turn import turn
from bot.messages import Message

ASKED = Message("低保一年多少钱")


@pytest.fixture
def taken(monkeypatch):
    """The texts that were worked out."""
    texts = []

    def counted(message, state, knowledge):
        texts.append(message.text)
        return turn(message, state, knowledge)

    monkeypatch.setattr(remembering, "turn", counted)
    return texts


def test_a_question_asked_again_is_not_worked_out_again(knowledge, taken):
    turns = Turns(knowledge)
    assert turns.take(ASKED, State()) == turns.take(ASKED, State()) == turn(ASKED, State(), knowledge)
    assert len(taken) == 1


def test_what_is_still_being_typed_is_not_kept(knowledge, taken):
    turns = Turns(knowledge)
    for _ in range(2):
        assert turns.glance(ASKED, State()) == turn(ASKED, State(), knowledge)
    assert len(taken) == 2
    turns.take(ASKED, State())
    turns.glance(ASKED, State())
    assert len(taken) == 3, "what was asked before need not be worked out again"


def test_the_same_words_after_something_else_are_another_turn(knowledge, taken):
    turns = Turns(knowledge)
    state = turns.take(ASKED, State()).state
    bare = Message("那电话呢")
    assert turns.take(bare, State()) != turns.take(bare, state)
    assert turns.take(bare, state) == turn(bare, state, knowledge)
    assert len(taken) == 3


def test_only_so_many_are_kept_those_asked_last(knowledge, taken):
    turns = Turns(knowledge, 2)
    for text in ("低保", "养老", "低保", "医保", "低保", "养老"):
        turns.take(Message(text), State())
    assert taken == ["低保", "养老", "医保", "养老"]


@pytest.mark.parametrize("text", ["我的身份证 11010519491231002X 能办低保吗", "低保" * 51])
def test_what_is_personal_or_long_is_not_kept(knowledge, taken, text):
    turns = Turns(knowledge)
    for _ in range(2):
        turns.take(Message(text), State())
    assert len(taken) == 2


def test_a_cry_for_help_is_heard_by_itself_as_in_a_turn(knowledge, taken):
    turns = Turns(knowledge)
    for text in ("我妈晕倒了", "心梗", "想问公租房，家里着火了", "my house is on fire"):
        cry = turns.alarm(Message(text))
        assert cry is not None and cry == turn(Message(text), State(), knowledge)
    for text in ("低保一年多少钱", "谢谢", "", "/start", "2", "着火" * 301):
        assert turns.alarm(Message(text)) is None
    assert taken == []
    turns.take(Message("家里着火了"), State())
    turns.take(ASKED, State())
    assert turns.alarm(Message("家里着火了")) and not turns.alarm(ASKED)


def test_any_text_can_be_asked(knowledge):
    assert Turns(knowledge).take(Message("\ud800\0"), State()).reply.text
