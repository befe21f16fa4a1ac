"""The widest margin between intents: weights learnt until each phrasing's own intent is well ahead.

A multiclass support vector machine with squared loss (Crammer and Singer, JMLR 2001), learnt by dual
coordinate descent (Keerthi et al., KDD 2008). In whole numbers throughout: the same phrasings give the
same weights on every machine.
"""

import random
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.matching.linear import SCALE, Sample, Weights, sparse

EPOCHS = 5
_AVERAGED = 3  # of them
_SEED = 20211228
_GRAIN = 16  # the smallest step by which a rival is pushed away: a sixteenth of a phrasing
WHOLE = SCALE * _GRAIN
"""A weight of 1, as a whole number."""
_MARGIN = SCALE * WHOLE
# How hard the intents are pulled apart: a step closes 2/5 of what is missing, and wears off by a fifth.
_STEEP, _WEAR = 5 * SCALE * SCALE, SCALE * SCALE
SMALLEST = 0.01  # of the largest weight; measured: a third fewer entries, and as many right answers
_NEVER = -(1 << 31)

Rivals = dict[int, int]  # intent number → how far a phrasing has pushed it away, in grains


def learn(samples: Sequence[Sample], features: int, intents: int, epochs: int = EPOCHS) -> Weights:
    """Weights that put each sample's own intent first, by a margin of 1.0 where they can.

    They are the mean of those after each of the last passes: what the order of the samples adds by chance
    weighs less, so that a new phrasing moves fewer questions of others.
    """
    weights = np.zeros((features, intents), np.int32)
    pushed: list[Rivals] = [{} for _ in samples]
    order = list(range(len(samples)))
    shuffle = random.Random(_SEED).shuffle
    last = min(epochs, _AVERAGED)
    mean = np.zeros_like(weights)
    for epoch in range(epochs):
        shuffle(order)
        for i in order:
            _push(samples[i], weights, pushed[i])
        if epoch >= epochs - last:
            mean += weights // last
    return sparse(mean, WHOLE, SMALLEST)


def settle(samples: Sequence[Sample], weights: NDArray[np.int32]) -> None:
    """Move weights learnt before until a few samples more have their margin too."""
    pushed: list[Rivals] = [{} for _ in samples]
    for _ in range(EPOCHS):
        for sample, rivals in zip(samples, pushed, strict=True):
            _push(sample, weights, rivals)


def _push(sample: Sample, weights: NDArray[np.int32], pushed: Rivals) -> None:
    """Move the weights so that one sample's rivals are as far behind as they should be."""
    ids, values, intent = sample
    scores = values @ weights.take(ids, 0)
    own, scores[intent] = int(scores[intent]), _NEVER
    worst = int(scores.argmax())
    if not pushed and own - int(scores[worst]) >= _MARGIN:
        return
    total = 0
    for rival in pushed if worst in pushed else (*pushed, worst):
        before = pushed.get(rival, 0)
        missing = _MARGIN - (own + total * SCALE * SCALE - int(scores[rival]))
        step = max((2 * missing - before * _WEAR + _STEEP // 2) // _STEEP, -before)
        if step:
            pushed[rival] = before + step
            weights[ids, rival] -= step * values
            total += step
    if total:
        weights[ids, intent] += total * values
