"""However a message is spelt — width, script, marks, emoji, invisible characters — the answer is the same."""

from collections.abc import Callable
from random import Random

import pytest
import toy
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import config
from bot.conversation.knowledge import Knowledge
from bot.conversation.outcome import Outcome
from bot.staff.cases import read_cases
from bot.staff.perturbation import full_width, traditional

CHANCE = Random(0)  # these perturbations leave nothing to it
INVISIBLE = ("\u200b", "\u200d", "\u2060", "\ufeff", "\u202e", "\u200f", "\u00ad", "\x07")
EMOJI = ("😭", "🙏", "👨‍👩‍👧", "❤️", "🇨🇳")
MARKS = ("?", "？", "!", "！", "。", "…", "~", "～", ",", "，", ";", " ", "　", "\n", "）")

Respell = Callable[[str], str]
unseen = st.lists(st.tuples(st.integers(0, 10_000), st.sampled_from(INVISIBLE)), max_size=5)
around = st.lists(st.sampled_from(EMOJI + MARKS), max_size=4).map("".join)
thorough = settings(derandomize=True, deadline=None, database=None, max_examples=150)


@st.composite
def respellings(draw: st.DrawFn) -> Respell:
    """A way to write any text otherwise without changing a letter of it."""
    widen, rewrite, shout = draw(st.booleans()), draw(st.booleans()), draw(st.booleans())
    hidden, before, after = draw(unseen), draw(around), draw(around)

    def respell(text: str) -> str:
        text = text.upper() if shout else text
        text = traditional(text, CHANCE) if rewrite else text
        text = f"{before}{text}{after}"
        text = full_width(text, CHANCE) if widen else text
        for place, char in hidden:
            at = place % (len(text) + 1)
            text = text[:at] + char + text[at:]
        return text

    return respell


def same(text: str, respell: Respell, knowledge: Knowledge | None = None) -> bool:
    """Whether a text comes to the same, written otherwise."""
    before = toy.talk("低保多少钱", knowing=knowledge)[0].state

    def outcomes(message: str) -> list[Outcome]:
        return [toy.talk(message, state=state, knowing=knowledge)[0] for state in (None, before)]

    return outcomes(text) == outcomes(respell(text))


TOY_TEXTS = [
    *(p for s in toy.CATALOGUE.services for p in s.phrasings),
    *(p for e in toy.CATALOGUE.emergencies for p in e.phrasings),
    *toy.CATALOGUE.lookalikes,
    *(
        "电话呢",
        "那图书馆呢",
        "不是低保,是图书馆",
        "老年食堂在哪里,图书馆借书要钱吗",
        "你好",
        "火星移民",
        "1",
    ),
]
REAL_TEXTS = [c.q for c, *_ in read_cases([config.load({}).knowledge / "examples"])]


@thorough
@given(text=st.sampled_from(TOY_TEXTS), respell=respellings())
def test_spelling_does_not_change_the_answer(text: str, respell: Respell) -> None:
    assert same(text, respell)


@thorough
@given(text=st.sampled_from(REAL_TEXTS), respell=respellings())
def test_spelling_does_not_change_the_answer_of_the_real_catalogue(
    knowledge: Knowledge, text: str, respell: Respell
) -> None:
    assert same(text, respell, knowledge)


@pytest.mark.parametrize(
    "text",
    [
        "低保多少钱还有老年食堂在哪里",
        "低保多少钱然后图书馆有多少书",
        "dibao duoshao qian and tushuguan jieshu",
    ],
)
def test_words_that_join_questions_may_be_spelt_otherwise(text: str) -> None:
    assert same(text, lambda t: full_width(traditional(t, CHANCE), CHANCE).upper())


@pytest.mark.parametrize("char", INVISIBLE)
def test_an_invisible_character_may_stand_anywhere(char: str) -> None:
    for text in ("低保一年多少钱", "着火了", "那图书馆呢", "老年食堂在哪里,图书馆借书要钱吗"):
        assert same(text, char.join)
