import json
from typing import Any

import pytest

from bot.conversation.state import LONGEST_QUESTION, MOST_CHOICES, MOST_TOPICS, State, from_data


def test_topics_are_kept_newest_first_and_each_once() -> None:
    state = State().about("a", "cost", "甲").about("b", "how", "乙").about("a", "when", "丙")
    assert state == State(("a", "b"), "丙", (), "when", first="a")


def test_choices_are_forgotten_once_something_is_answered() -> None:
    offering = State().about("a", "cost", "甲").offering(("service/a", "service/b"))
    assert offering.choices == ("service/a", "service/b")
    assert offering.kind == ""
    assert offering.about("a", "cost", "甲").choices == ()


def test_a_state_stays_small_however_long_the_conversation() -> None:
    state = State()
    for i in range(1000):
        state = state.about(f"service-{i}", "cost", "问" * 1000).offering(tuple(map(str, range(1000))))
    assert (len(state.topics), len(state.choices)) == (MOST_TOPICS, MOST_CHOICES)
    assert len(state.question) == LONGEST_QUESTION
    assert (state.topics[0], state.first) == ("service-999", "service-0")


def test_a_state_comes_back_from_json() -> None:
    state = State(("a", "b"), "低保多少钱", ("service/a",), "cost", "passport", ("service/b",), "老人的", "c")
    assert from_data(json.loads(json.dumps(state.as_data()))) == state
    assert from_data({}) == State()


@pytest.mark.parametrize(
    "data",
    [
        {"topics": None, "choices": None, "question": None, "kind": None},
        {"topics": 5, "choices": {"a": 1}, "question": ["x"], "kind": {}},
        {"topics": [1, None, {}], "choices": [[], 2.5]},
        {"topics": "dibao", "choices": "service/dibao"},
        {"weather": "fine"},
    ],
)
def test_rubbish_is_forgotten(data: dict[str, Any]) -> None:
    assert from_data(data) == State()


def test_too_much_is_cut() -> None:
    state = from_data(
        {"topics": ["t"] * 99, "choices": ["c"] * 99, "question": "问" * 999, "asked_back": "问" * 999}
    )
    assert (len(state.topics), len(state.choices)) == (MOST_TOPICS, MOST_CHOICES)
    assert len(state.question) == len(state.asked_back) == LONGEST_QUESTION
