import numpy as np

from bot.matching import wordings
from bot.matching.centroids import Bags
from bot.matching.meanings import table


def covered(asked: str, *intents: str) -> list[float]:
    words, bags = table().words, Bags()
    for number, text in enumerate(intents):
        bags.add(number, words(text))
    weight = np.ones(len(table().directions), np.float32)
    built = wordings.build(bags, len(intents))
    return built.covered(words(asked), weight, np.arange(len(intents))).tolist()


def test_each_word_is_covered_by_the_one_nearest_in_meaning() -> None:
    same, alike, other, none = covered("退款", "申请退款", "退钱", "图书馆", "zzz")
    assert same == 1
    assert same > alike > other >= none == 0


def test_a_word_that_fits_nowhere_is_not_hidden_by_one_that_does() -> None:
    whole, half = covered("申请退款", "退款怎么申请", "申请借书")
    assert whole == 1
    assert half < 0.9


def test_nothing_asked_is_covered_by_nobody() -> None:
    assert covered("?", "申请退款") == [0]
    assert covered("退款") == []
