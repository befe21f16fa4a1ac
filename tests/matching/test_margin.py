import numpy as np
import pytest

from bot.matching.linear import SCALE, Sample, Weights
from bot.matching.margin import learn

FEATURES, INTENTS = 10, 3
SHARED = 9
UNIQUE = ((0, 1), (1, 2), (0, 2))


def sample(ids: list[int], intent: int) -> Sample:
    value = round(SCALE / len(ids) ** 0.5)
    return Sample(np.array(ids, np.int32), np.full(len(ids), value, np.int32), intent)


SEPARABLE = [sample([3 * i + a, 3 * i + b, SHARED], i) for i in range(INTENTS) for a, b in UNIQUE]


@pytest.fixture(scope="module")
def weights() -> Weights:
    return learn(SEPARABLE, FEATURES, INTENTS)


def scores(weights: Weights, ids: list[int]) -> list[float]:
    return weights.scores(np.array(ids), np.full(len(ids), 1 / len(ids) ** 0.5), INTENTS).tolist()


@pytest.mark.parametrize("known", SEPARABLE)
def test_a_sample_is_well_ahead_of_its_rivals(weights: Weights, known: Sample) -> None:
    found = scores(weights, known.ids.tolist())
    own = found.pop(known.intent)
    assert own - max(found) > 0.5


def test_what_was_learnt_carries_over_to_single_features(weights: Weights) -> None:
    assert [int(np.argmax(scores(weights, [f]))) for f in range(SHARED)] == [0, 0, 0, 1, 1, 1, 2, 2, 2]


def test_what_all_intents_share_tells_nothing(weights: Weights) -> None:
    shared = weights.row(SHARED).values()
    distinctive = max(weights.row(feature)[feature // 3] for feature in range(SHARED))
    assert max(map(abs, shared), default=0) < distinctive / 4


def test_no_weight_is_spent_on_what_one_intent_alone_needs_no_more(weights: Weights) -> None:
    once_more = learn([*SEPARABLE, SEPARABLE[0], SEPARABLE[0]], FEATURES, INTENTS)
    own, again = (w.row(0)[0] * w.unit for w in (weights, once_more))
    assert again == pytest.approx(own, rel=0.5)


def test_a_sample_that_contradicts_does_not_unlearn_the_rest() -> None:
    contradicting = Sample(SEPARABLE[0].ids, SEPARABLE[0].values, 1)
    weights = learn([*SEPARABLE, contradicting], FEATURES, INTENTS)
    for known in SEPARABLE[1:]:
        assert int(np.argmax(scores(weights, known.ids.tolist()))) == known.intent


def test_learning_twice_gives_the_same_whole_numbers(weights: Weights) -> None:
    again = learn(SEPARABLE, FEATURES, INTENTS)
    assert again.unit == weights.unit
    for one, other in zip(again[1:], weights[1:], strict=True):
        assert np.issubdtype(one.dtype, np.integer)
        assert one.tolist() == other.tolist()


def test_a_single_intent_leaves_nothing_to_learn() -> None:
    alone = learn([sample([0, 1], 0)], 2, 1)
    assert alone.scores(np.arange(2), np.ones(2), 1).tolist() == [0.0]
