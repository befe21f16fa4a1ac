"""A few texts learnt on top of an index, everything else left exactly as it is.

Learning everything again would move every weight a little, and so change the answers of borderline questions
that have nothing to do with the new texts. Here only weights of features in the new texts move.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bot.matching import margin
from bot.matching.index import Index, Utterance, grouped, inverse_frequency, samples_of, views_of
from bot.matching.lexicon import Lexicon
from bot.matching.linear import LARGEST_WEIGHT, Sample, Weights

_MOST = np.iinfo(np.int16).max


def extend(index: Index, every: Sequence[Utterance], fresh: Sequence[Utterance], lexicon: Lexicon) -> Index:
    """The index with the utterances `fresh` learnt too; `every` are all that it then stands for, in order. An
    intent that none of them has is gone.

    How rare a known feature is stays as it was. Deterministic, like `index.build`.
    """
    index = _kept(index, {utterance.intent for utterance in every})
    extracted = [views_of(u.text, lexicon) for u in fresh]
    features = dict(index.features)
    for feature in (f for typed, *_ in extracted for f in typed):
        features.setdefault(feature, len(features))
    new = Counter(f for typed, *_ in extracted for f in typed if f not in index.features)
    counts = np.concatenate((index.counts, np.array([new[f] for f in [*features][len(index.features) :]])))
    counts = counts.astype(np.int32)
    idf = inverse_frequency(counts, index.total)
    intents = (*index.intents, *dict.fromkeys(u.intent for u in every if u.intent not in index.numbers))
    number = {intent: i for i, intent in enumerate(intents)}
    samples = samples_of(fresh, extracted, features, idf, number)
    weights = _moved(index.weights, samples, len(features), len(intents))
    return Index(lexicon, intents, features, counts, idf, weights, grouped(every, number), index.total)


def _kept(index: Index, intents: Collection[str]) -> Index:
    """The index with these of its intents alone, each weighing what it did."""
    stays = np.array([intent in intents for intent in index.intents])
    if stays.all():
        return index
    number, (unit, start, cols, data) = np.cumsum(stays) - 1, index.weights
    begins = np.concatenate(([0], np.cumsum(stays[cols])))[start]
    weights = Weights(unit, begins, number[cols][stays[cols]].astype(cols.dtype), data[stays[cols]])
    named = zip(index.intents, index.phrasings, strict=True)
    names, phrasings = zip(*(pair for pair in named if pair[0] in intents), strict=True)
    return replace(index, intents=names, weights=weights, phrasings=phrasings)


def _moved(weights: Weights, samples: Sequence[Sample], features: int, intents: int) -> Weights:
    """The weights with the rows that the samples touch learnt further."""
    touched = sorted({f for sample in samples for f in sample.ids.tolist()})
    place = {feature: i for i, feature in enumerate(touched)}
    block = np.zeros((len(touched), intents), np.int32)
    grains = weights.unit * margin.WHOLE
    known = len(weights.start) - 1
    for feature in (f for f in touched if f < known):
        for intent, weight in weights.row(feature).items():
            block[place[feature], intent] = round(weight * grains)
    before = block.copy()
    local = [s._replace(ids=np.array([place[f] for f in s.ids.tolist()], np.int32)) for s in samples]
    margin.settle(local, block)
    return _with_rows(weights, np.array(touched, np.int64), before, block, features)


def _with_rows(
    weights: Weights,
    touched: NDArray[np.int64],
    before: NDArray[np.int32],
    after: NDArray[np.int32],
    features: int,
) -> Weights:
    """The weights with these entries as they are `after`; those that did not move keep their exact value."""
    rows = np.repeat(np.arange(len(weights.start) - 1), np.diff(weights.start))
    row, col = np.nonzero(before != after)
    intents = before.shape[1]
    kept = np.isin(rows * intents + weights.cols, touched[row] * intents + col, invert=True)
    scaled = np.rint(after[row, col] / (weights.unit * margin.WHOLE)).astype(np.int64).clip(-_MOST, _MOST)
    stay = np.abs(scaled) >= int(LARGEST_WEIGHT * margin.SMALLEST)
    rows = np.concatenate((rows[kept], touched[row[stay]]))
    cols = np.concatenate((weights.cols[kept], col[stay].astype(np.int32)))
    data = np.concatenate((weights.data[kept], scaled[stay].astype(np.int16)))
    order = np.lexsort((cols, rows))
    start = np.searchsorted(rows[order], np.arange(features + 1))
    return Weights(weights.unit, start.astype(np.int64), cols[order], data[order])
