import numpy as np
import pytest
from numpy.typing import NDArray

from bot.matching.linear import SCALE, Sample, Scorer, Weights, centroids, sparse, train

FEATURES, INTENTS = 9, 3


def sample(ids: list[int], intent: int) -> Sample:
    value = round(SCALE / len(ids) ** 0.5)
    return Sample(np.array(ids, np.int32), np.full(len(ids), value, np.int32), intent)


SEPARABLE = [sample([3 * i + a, 3 * i + b], i) for i in range(INTENTS) for a, b in ((0, 1), (1, 2), (0, 2))]


@pytest.fixture(scope="module")
def weights() -> Weights:
    return train(SEPARABLE, FEATURES, INTENTS)


def scores(weights: Weights, ids: list[int]) -> list[float]:
    values = np.full(len(ids), 1 / max(1, len(ids)) ** 0.5)
    return weights.scores(np.array(ids, np.int64), values, INTENTS).tolist()


@pytest.mark.parametrize("known", SEPARABLE)
def test_what_can_be_told_apart_is_told_apart(weights: Weights, known: Sample) -> None:
    found = scores(weights, known.ids.tolist())
    assert int(np.argmax(found)) == known.intent


def test_what_was_learnt_carries_over_to_single_features(weights: Weights) -> None:
    assert [int(np.argmax(scores(weights, [f]))) for f in range(FEATURES)] == [0, 0, 0, 1, 1, 1, 2, 2, 2]


def test_learning_twice_gives_the_same_weights(weights: Weights) -> None:
    again = train(SEPARABLE, FEATURES, INTENTS)
    assert again.unit == weights.unit
    for one, other in zip(again[1:], weights[1:], strict=True):
        assert np.issubdtype(one.dtype, np.integer)
        assert one.tolist() == other.tolist()


def test_sparse_scores_equal_dense_ones(weights: Weights) -> None:
    dense = np.zeros((FEATURES, INTENTS))
    for feature in range(FEATURES):
        for intent, weight in weights.row(feature).items():
            dense[feature, intent] = weight * weights.unit
    chance = np.random.default_rng(7)
    for size in range(1, FEATURES + 1):
        ids = sorted(chance.choice(FEATURES, size, replace=False).tolist())
        values = chance.random(size)
        assert weights.scores(np.array(ids), values, INTENTS) == pytest.approx(values @ dense[ids])


def alike(scores: NDArray[np.float64]) -> object:
    """What equals these scores in single precision."""
    return pytest.approx(scores, abs=1e-5 * np.abs(scores).max(initial=0.0))


@pytest.mark.parametrize("intents", [80, 20])
def test_rows_laid_out_for_scoring_score_as_their_entries_do(intents: int) -> None:
    chance = np.random.default_rng(11)
    full = chance.integers(-9_000, 9_000, (40, intents))
    full[::2] *= chance.random((20, intents)) < 0.05  # every other feature speaks for a few intents only
    weights = sparse(full.astype(np.int32), 1)
    scorer = Scorer(weights, intents)
    for size in range(len(full)):
        ids, values = chance.permutation(len(full))[:size], chance.random(size)
        expected = weights.scores(ids, values, intents)
        assert scorer.scores(ids, values) == alike(expected)


def test_several_vectors_score_together_as_they_do_one_by_one() -> None:
    chance = np.random.default_rng(13)
    full = chance.integers(-9_000, 9_000, (40, 80))
    full[::2] *= chance.random((20, 80)) < 0.05
    scorer = Scorer(sparse(full.astype(np.int32), 1), 80)
    for ids in (np.arange(40), np.arange(0, 40, 2), np.arange(1, 40, 2), np.arange(0)):
        values = chance.random((5, len(ids))) * (chance.random((5, len(ids))) < 0.4)
        one_by_one = np.array([scorer.scores(ids, row) for row in values])
        assert scorer.each(ids, values) == alike(one_by_one)


def test_a_text_without_known_features_speaks_for_nothing(weights: Weights) -> None:
    assert scores(weights, []) == [0.0] * INTENTS


def test_a_feature_of_no_weight_changes_nothing() -> None:
    weights = train([*SEPARABLE], FEATURES + 1, INTENTS)
    assert weights.row(FEATURES) == {}
    assert scores(weights, [FEATURES]) == [0.0] * INTENTS


def test_a_centroid_has_the_norm_of_a_sample() -> None:
    found = centroids(SEPARABLE, FEATURES, INTENTS)
    assert np.linalg.norm(found, axis=0) == pytest.approx([SCALE] * INTENTS, rel=0.01)
    assert np.count_nonzero(found, axis=0).tolist() == [3] * INTENTS


def test_entries_below_the_smallest_share_of_the_largest_go() -> None:
    weights = sparse(np.array([[1000, 9], [-11, 0]], np.int32), 1, 0.01)
    assert [weights.row(0), weights.row(1)] == [{0: 32_000}, {0: -352}]
    assert weights.unit * 32_000 == pytest.approx(1000.0)
