import math
from random import Random

import pytest

from bot.matching.matcher import shares
from bot.staff.logit import Choice, weights_of

TRUTH = {"heavy": 2.0, "light": -1.0, "nothing": 0.0}


def chosen(count: int = 3000) -> list[Choice]:
    """Choices among two to four things, made as the true weights say."""
    chance = Random(5)
    found = []
    for number in range(count):
        options = [{name: chance.uniform(-1, 1) for name in TRUTH} for _ in range(2 + number % 3)]
        right = chance.choices(range(len(options)), shares(options, TRUTH))[0]
        found.append(Choice(options, right))
    return found


@pytest.mark.parametrize("name", TRUTH)
def test_fitting_finds_the_weights_by_which_was_chosen(name: str) -> None:
    assert weights_of(chosen())[name] == pytest.approx(TRUTH[name], abs=0.15)


def test_evidence_that_is_not_there_counts_nothing() -> None:
    weights = weights_of([Choice([{"said": 1.0}, {}], 0)] * 30 + [Choice([{"said": 1.0}, {}], 1)] * 10)
    assert weights["said"] == pytest.approx(math.log(3), abs=0.15)
