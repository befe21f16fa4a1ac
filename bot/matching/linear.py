"""A linear classifier over features: its sparse weights, how they score a text, and one way to learn them.

`train` is a multiclass perceptron with a margin, averaged over its epochs, plus each intent's centroid;
`bot.matching.margin` learns the catalogue's weights. Both count in integers throughout: the same phrasings
give the same weights on every machine.
"""

import random
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

SCALE = 1024
"""The norm of a sample's integer values."""
LARGEST_WEIGHT = 32_000
"""What the largest weight is scaled to in the 16 bits of `Weights.data`, a little below their limit."""
EPOCHS = 10
_MARGIN = SCALE * SCALE
_SEED = 20211228
_SMALLEST = 0.006  # of the largest weight: smaller ones are dropped
_NEVER = -(1 << 62)
_NARROW = 32  # entries: reading a whole row is quicker than gathering more than these


class Sample(NamedTuple):
    """A vector of integer values (norm about SCALE) over feature numbers, and its intent's number."""

    ids: NDArray[np.int32]
    values: NDArray[np.int32]
    intent: int


class Weights(NamedTuple):
    """A sparse matrix features × intents by rows: row f holds cols[start[f]:start[f+1]].

    `unit` scales a score so that 1.0 is the margin learning asked for.
    """

    unit: float
    start: NDArray[np.int64]
    cols: NDArray[np.int32]
    data: NDArray[np.int16]

    def scores(
        self, rows: NDArray[np.int64], values: NDArray[np.float64], intents: int
    ) -> NDArray[np.float64]:
        """One score for each intent, for a vector of the given values over feature numbers (`rows`)."""
        if not len(rows):
            return np.zeros(intents)
        places, lengths = self.entries(rows)
        summands = self.data[places] * np.repeat(values, lengths)
        return np.bincount(self.cols[places], summands * self.unit, intents).astype(np.float64)

    def entries(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the entries of some rows stand in `cols` and `data`, and how many each row has."""
        lengths = self.start[rows + 1] - self.start[rows]
        ends = np.cumsum(lengths)
        return np.arange(lengths.sum()) + np.repeat(self.start[rows] - ends + lengths, lengths), lengths

    def row(self, feature: int) -> dict[int, int]:
        """Intent number → weight, for one feature."""
        part = slice(self.start[feature], self.start[feature + 1])
        return dict(zip(self.cols[part].tolist(), self.data[part].tolist(), strict=True))


class Scorer:
    """Computes the scores of `Weights.scores` faster, in single precision from two dense tables.

    `_whole` holds the full rows of features with many entries; `_cols` and `_data` hold the entries of the
    other features, padded to the same number for each. `_wide` and `_narrow` lead from a feature's number to
    its row in either table; row 0 of both is empty, for features that stand in the other.
    """

    def __init__(self, weights: Weights, intents: int) -> None:
        narrow = _NARROW if intents > 2 * _NARROW else 0  # with so few intents a full row is smaller
        lengths = np.diff(weights.start)
        many = lengths > narrow
        of_many, few = np.repeat(many, lengths), lengths[~many]
        self._unit, self._intents = weights.unit, intents
        # The last column of `_whole`, which padding points to, is left out of the scores.
        self._wide, self._narrow = _places(many), _places(~many)
        self._whole = np.zeros((1 + np.count_nonzero(many), intents + 1), np.int16)
        row = np.repeat(self._wide, lengths)[of_many]
        self._whole[row, weights.cols[of_many]] = weights.data[of_many]
        self._cols = np.full((1 + len(few), narrow), intents, np.uint16)
        self._data = np.zeros(self._cols.shape, np.int16)
        filled = np.arange(narrow) < few[:, np.newaxis]
        self._cols[1:][filled] = weights.cols[~of_many]
        self._data[1:][filled] = weights.data[~of_many]

    def scores(self, ids: NDArray[np.int64], values: NDArray[np.float64]) -> NDArray[np.float64]:
        """One score for each intent, for a vector of the given values over feature numbers."""
        weighed = (values * self._unit).astype(np.float32)
        found = (weighed @ self._whole.take(self._wide.take(ids), 0).astype(np.float32)).astype(np.float64)
        narrow = self._narrow.take(ids)
        few = narrow.nonzero()[0]
        rows = narrow.take(few)
        summands = self._data.take(rows, 0) * weighed.take(few)[:, np.newaxis]
        found += np.bincount(self._cols.take(rows, 0).ravel(), summands.ravel(), len(found))
        return found[: self._intents]

    def each(self, ids: NDArray[np.int64], values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The scores (vectors × intents) of several vectors over the same features; each row is read once."""
        rows = self._whole.take(self._wide.take(ids), 0)
        narrow = self._narrow.take(ids)
        few = narrow.nonzero()[0]
        rows[few[:, np.newaxis], self._cols.take(narrow[few], 0)] = self._data.take(narrow[few], 0)
        found = values.astype(np.float32) @ rows.astype(np.float32)
        return found[:, : self._intents].astype(np.float64) * self._unit


def _places(chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
    """1, 2, 3 … for what is chosen, 0 for the rest."""
    return np.where(chosen, np.cumsum(chosen), 0)


def train(
    samples: Sequence[Sample], features: int, intents: int, *, roundness: int = 0, epochs: int = EPOCHS
) -> Weights:
    """Weights (features × intents) that put each sample's own intent first by a margin.

    The perceptron learns what tells intents apart, a centroid what its intent is like: `roundness` is how
    much the centroids count beside the perceptron.
    """
    weights = np.zeros((features, intents), np.int32)
    total = np.zeros_like(weights)
    order = list(range(len(samples)))
    shuffle = random.Random(_SEED).shuffle
    for _ in range(epochs):
        shuffle(order)
        _epoch((samples[i] for i in order), weights)
        total += weights
    middles = centroids(samples, features, intents)
    return sparse(total + roundness * epochs * middles, epochs * SCALE)


def centroids(samples: Sequence[Sample], features: int, intents: int) -> NDArray[np.int32]:
    """The mean direction of each intent's samples, brought to norm SCALE (features × intents)."""
    sums = np.zeros((features, intents), np.int32)
    for ids, values, intent in samples:
        sums[ids, intent] += values
    norms = np.array([np.sqrt(float((column.astype(np.int64) ** 2).sum())) for column in sums.T])
    rounded: NDArray[np.int32] = np.rint(sums * (SCALE / np.maximum(norms, 1.0))).astype(np.int32)
    return rounded


def _epoch(samples: Iterable[Sample], weights: NDArray[np.int32]) -> None:
    for ids, values, intent in samples:
        scores = values.astype(np.int64) @ weights[ids]
        own, scores[intent] = scores[intent], _NEVER
        rival = int(scores.argmax())
        if own - scores[rival] < _MARGIN:
            weights[ids, intent] += values
            weights[ids, rival] -= values


def sparse(total: NDArray[np.int32], whole: int, smallest: float = _SMALLEST) -> Weights:
    """A dense matrix (features × intents) as Weights; `whole` is the number in it that means a weight of 1.

    Entries below `smallest`, as a share of the largest, are dropped.
    """
    largest = max(1, int(np.abs(total).max(initial=0)))
    scaled = (total.astype(np.int64) * LARGEST_WEIGHT) // largest
    scaled[np.abs(scaled) < int(LARGEST_WEIGHT * smallest)] = 0
    rows, cols = np.nonzero(scaled)
    start = np.searchsorted(rows, np.arange(total.shape[0] + 1))
    unit = largest / (LARGEST_WEIGHT * whole)
    return Weights(unit, start.astype(np.int64), cols.astype(np.int32), scaled[rows, cols].astype(np.int16))
