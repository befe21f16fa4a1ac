"""Words typed with a character that only sounds right."""

import pytest

from bot.matching.homophones import Homophones
from bot.text.cut import cutter

WORDS = {
    "低保": 40,
    "图书馆": 30,
    "社保卡": 9,
    "公共": 20,
    "博物馆": 20,
    "就业困难人员": 5,
    "保胎": 1,
    "培训": 50,
}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("我想去图术馆", "我想去图书馆"),
        ("公工图术馆", "公共图书馆"),  # two words of one text
        ("社暴卡怎么激活", "社保卡怎么激活"),
        ("就夜困难仁员", "就业困难人员"),  # two characters of a long word
        ("陪训", "培训"),
        ("图书馆", "图书馆"),
        ("土书管", "土书管"),  # more of a short word is wrong than right
        ("博无关", "博无关"),
        ("爆胎了", "爆胎了"),  # a word of its own, likely enough beside 保胎
        ("ai 低保 2025", "ai 低保 2025"),
        ("", ""),
    ],
)
def test_a_likelier_word_of_the_same_sound_was_meant(typed: str, meant: str) -> None:
    assert Homophones(WORDS).meant(typed, cutter(WORDS)(typed)) == meant


def test_short_words_must_sound_right_exactly() -> None:
    known = Homophones({"城市": 500, "城市书房": 50})
    cut = cutter(["城市", "城市书房"])
    assert known.meant("层市", cut("层市")) == "层市"
    assert known.meant("层市书房", cut("层市书房")) == "城市书房"


def test_without_words_nothing_is_seen_through() -> None:
    assert Homophones({}).meant("图术馆", ["图", "术", "馆"]) == "图术馆"
