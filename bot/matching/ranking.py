"""Any FAQ, not only ours: intents with a few phrasings each, ranked for a question.

The engine of `bot.matching` without a catalogue: no concepts and no words, which measurably add nothing
to characters, pairs of characters and sounds here. Each intent is the centroid of its phrasings; where
intents have phrasings enough to learn from, the linear judge joins in. Both are one matrix of weights.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from bot.matching.centroids import Bags, blocks, centroids, holders, normed
from bot.matching.features import Lexicon, extract, syllables
from bot.matching.index import Utterance
from bot.matching.linear import SCALE, Sample, Weights, train
from bot.text.normalise import normalise


def _no_words(text: str) -> list[str]:
    return []


PLAIN = Lexicon(_no_words, {}, {})
_KIND_WEIGHT = {"c": 1.2, "b": 0.7, "s": 0.3, "e": 1.0}
_LIMIT = 10
# Fewer phrasings than this teach the judge nothing the centroids do not know.
_LEARN_FROM = 6
_LEARN_CELLS = 40_000_000
_EPOCHS = _ROUNDNESS = 5
# How many entries of the matrix a question may look at before only the best candidates are pursued.
_BUDGET = 100_000
_PURSUED = 300
# What a verbatim phrasing adds to an intent's cosine; it falls with the fourth power of the likeness.
_VERBATIM = 0.2
# Where a share of one half lies: of a cosine, and of the norm of what a text says.
_HALF = 0.5
_ENOUGH = 10.0
_NEAR = 20


class Ranked(NamedTuple):
    """An intent and how surely it is meant, 0–1."""

    intent: str
    score: float


@dataclass(frozen=True)
class Ranking:
    """An index of intents; never changed once built."""

    intents: tuple[str, ...]
    features: dict[str, int]
    weight: NDArray[np.float64]
    weights: Weights
    phrasings: tuple[tuple[str, ...], ...]

    def rank(self, text: str, limit: int = _LIMIT) -> list[Ranked]:
        """The best intents for a text, best first, equals in the order they were given in.

        Empty where nothing in the text is known. All scores shrink with what is unknown, with how little
        the text says, and with its likeness to the best intent's nearest phrasing, so that a low first
        score tells of a question out of scope.
        """
        normal = normalise(text)
        found = extract(normal, PLAIN)
        ids = [n for f in found if (n := self.features.get(f)) is not None]
        if not ids:
            return []
        raw = self.weight[ids]
        norm = math.sqrt(float(raw @ raw))
        numbers, scores = self._candidates(np.array(ids), raw / norm, max(limit, _LIMIT))
        texts = [self.phrasings[n] for n in numbers]
        scores = scores + [_VERBATIM * _nearest(normal, group) ** 4 for group in texts]
        order = np.lexsort((numbers, -scores))
        grounds = norm / math.hypot(norm, self._unknown(found)) * norm / (norm + _ENOUGH)
        sure = grounds * _likeness(normal, texts[order[0]]) if len(order) else 0.0
        return [
            Ranked(self.intents[numbers[i]], round(sure * float(scores[i] / (scores[i] + _HALF)), 4))
            for i in order[:limit]
        ]

    def _unknown(self, found: Iterable[str]) -> float:
        """The norm of a text's unknown features, each as if one intent alone held it."""
        rarest = math.log1p(len(self.intents))
        return math.hypot(*(_KIND_WEIGHT[f[0]] * rarest for f in found if f not in self.features))

    def _candidates(
        self, ids: NDArray[np.int64], values: NDArray[np.float64], limit: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The numbers and scores of the best intents: rare features find them, common ones decide."""
        lengths = self.weights.start[ids + 1] - self.weights.start[ids]
        order = np.argsort(lengths, kind="stable")
        within = max(1, int(np.searchsorted(np.cumsum(lengths[order]), _BUDGET, side="right")))
        rare, common = order[:within], order[within:]
        found = self.weights.scores(ids[rare].tolist(), values[rare], len(self.intents))
        numbers = np.sort(_best(found, _PURSUED if len(common) else limit))
        scores = found[numbers]
        for i in common:
            scores = scores + values[i] * self._at(ids[i], numbers)
        last = np.lexsort((numbers, -scores))[:limit]
        return numbers[last], scores[last]

    def _at(self, feature: int, numbers: NDArray[np.int64]) -> NDArray[np.float64]:
        """The weights of one feature for some intents."""
        begin, end = self.weights.start[feature], self.weights.start[feature + 1]
        cols = self.weights.cols[begin:end]
        # Of one type with the columns, or numpy would copy them all to compare.
        places = np.minimum(np.searchsorted(cols, numbers.astype(np.int32)), len(cols) - 1)
        data = self.weights.data[begin:end][places] * self.weights.unit
        return np.where(cols[places] == numbers, data, 0.0)


def build(utterances: Iterable[Utterance], progress: Callable[[int], None] = lambda done: None) -> Ranking:
    """An index of phrasings. Deterministic; `progress` hears how many phrasings have been read."""
    groups: dict[str, list[str]] = {}
    for intent, text in utterances:
        groups.setdefault(intent, []).append(normalise(text))
    features: dict[str, int] = {}
    bags, done = Bags(), 0
    for number, texts in enumerate(groups.values()):
        for text in texts:
            bags.add(number, [features.setdefault(f, len(features)) for f in extract(text, PLAIN)])
        done += len(texts)
        progress(done)
    held = holders(bags, len(features))
    kinds = np.array([_KIND_WEIGHT[f[0]] for f in features])
    weight = np.round(kinds * np.log1p(len(groups) / held), 4)
    learnt = _learnt(bags, weight, len(groups)) or centroids(bags, weight, held)
    return Ranking(tuple(groups), features, weight, learnt, tuple(map(tuple, groups.values())))


def _learnt(bags: Bags, weight: NDArray[np.float64], intents: int) -> Weights | None:
    """The judge's weights with the centroids in them, where there is enough to learn, and room."""
    if len(bags.sizes) < _LEARN_FROM * intents or len(weight) * intents > _LEARN_CELLS:
        return None
    samples = []
    for block in blocks(bags):
        values = np.rint(normed(block, weight) * SCALE).astype(np.int32)
        cuts = np.flatnonzero(np.diff(block.rows)) + 1
        owners = block.intents[np.concatenate(([0], cuts))].tolist()
        parts = zip(np.split(block.ids, cuts), np.split(values, cuts), owners, strict=True)
        samples += [Sample(ids.astype(np.int32), part, owner) for ids, part, owner in parts]
    found = train(samples, len(weight), intents, roundness=_ROUNDNESS, epochs=_EPOCHS)
    return found._replace(unit=found.unit / _ROUNDNESS)


def _best(scores: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    """The numbers of the highest positive scores, at most `count`; of equals, the first."""
    some = np.flatnonzero(scores > max(0.0, float(scores.max()) / 8))
    if len(some) < count:
        some = np.flatnonzero(scores > 0)
    if len(some) > count:
        least = np.partition(scores[some], len(some) - count)[len(some) - count]
        some = some[scores[some] >= least]
    return some[np.lexsort((some, -scores[some]))][:count]


def _nearest(text: str, phrasings: Sequence[str]) -> float:
    found = process.extractOne(text, phrasings, scorer=fuzz.ratio)
    return float(found[1]) / 100 if found else 0.0


def _likeness(text: str, phrasings: Sequence[str]) -> float:
    """How much of the text and of its nearest phrasing is the same, in any order, 0–1."""
    near = process.extract(text, phrasings, scorer=fuzz.ratio, limit=_NEAR)
    apart = _sounds if text.isascii() and any(syllables(text)) else _characters
    spelt = apart(text)
    return max((fuzz.token_ratio(spelt, apart(phrasing)) for phrasing, *_ in near), default=0.0) / 100


def _characters(text: str) -> str:
    return " ".join(text.replace(" ", ""))


def _sounds(text: str) -> str:
    return " ".join(filter(None, syllables(text)))
