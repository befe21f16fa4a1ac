"""Any FAQ, not only ours: intents with a few phrasings each, ranked for a question.

This is the engine of `bot.matching` without a catalogue, and so without its concepts. Each intent has two
centroids of its phrasings: one over what they are written with (characters and pairs of them, sounds, English
stems and pieces of them), one over what their words mean. Where there are enough phrasings to learn from, a
linear classifier is added to the first. Among the best intents, those gain that cover more of the question's
words. The constants were chosen on FAQs of everyday, customers' and municipal Chinese and of English, none of
which is in the engine.
"""

import itertools
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from bot.matching import meanings, sureness, wordings
from bot.matching.centroids import Bags, Held, blocks, centroids, held, normed
from bot.matching.features import extract
from bot.matching.index import Utterance
from bot.matching.lexicon import Aliases, Lexicon
from bot.matching.linear import SCALE, Sample, Weights, train
from bot.matching.meanings import Embedding, Meanings
from bot.matching.sureness import Evidence
from bot.matching.wordings import Wordings
from bot.text.normalise import normalise


def _no_words(text: str) -> list[str]:
    return []


PLAIN = Lexicon(_no_words, Aliases({}, {}), Aliases({}, {}))
# Kinds of features as `extract` names them, and n: three or four letters of an English word.
_KIND_WEIGHT = {"c": 1.2, "b": 0.7, "s": 0.4, "e": 0.8, "n": 0.5}
_WORD = re.compile("[a-z]+")
_LIMIT = 10
# Of a longer text only so many characters are read; nobody asks a question in more.
_READ = 2_000
# With fewer phrasings an intent the classifier learns nothing that the centroids do not know; with a larger
# matrix (features × intents) it takes too much memory.
_LEARN_FROM = 6
_LEARN_CELLS = 40_000_000
_EPOCHS = _ROUNDNESS = 5
# How many entries of the matrix are read for all intents; the rest is read for so many candidates only.
_BUDGET = 30_000
_PURSUED = 60
# From this many entries on, a row of the matrix is copied whole rather than gathered with others.
_LONG = 250
# How much the meaning counts beside the writing, and beside the classifier. With more intents than this it
# is compared only for those that the writing finds.
_MEANT = 1.3
_MEANT_LEARNT = 0.3
_MEANT_INTENTS = 15_000
# What a candidate gains whose words cover all of the question's, as a share of `meant`. Not used among very
# many intents: some then differ in a name alone, and names lie near each other.
_COVERS = 0.25
# What a verbatim phrasing adds to an intent's score; it falls with the twelfth power of the likeness.
_VERBATIM = 0.2
# A feature that no phrasing has is as rare as if half an intent had it.
_UNKNOWN = 0.5
# A feature counts more, the more often two phrasings of one intent share it: the share to this power. The
# share of a kind of features is taken to be at least _SELDOM, and smooths that of each with _DOUBT pairs.
_COMMON, _SELDOM, _DOUBT = 0.25, 0.001, 20.0


class Ranked(NamedTuple):
    """An intent and how surely it is meant, 0–1."""

    intent: str
    score: float


class _Found(NamedTuple):
    """Candidates: their numbers, and their scores by how they are written and by what they mean."""

    numbers: NDArray[np.int64]
    scores: NDArray[np.float64]


class _Ordered(NamedTuple):
    """Intents that were found, best first: their numbers and scores, and what speaks for the first."""

    numbers: NDArray[np.int64]
    scores: NDArray[np.float64]
    evidence: Evidence


@dataclass(frozen=True)
class Ranking:
    """An index of intents; immutable.

    `features`: feature → its number, by which `weight` says what it counts in a text. `weights`: features ×
    intents. `meant`: how much `meanings` count beside them. `phrasings`: normalised, by intent. `chinese`:
    most phrasings are.
    """

    intents: tuple[str, ...]
    features: dict[str, int]
    weight: NDArray[np.float64]
    weights: Weights
    meanings: Meanings
    wordings: Wordings
    meant: float
    phrasings: tuple[tuple[str, ...], ...]
    chinese: bool

    def rank(self, text: str, limit: int = _LIMIT) -> list[Ranked]:
        """The best intents for a text, best first, equals in the order they were given in.

        Empty where nothing in the text is known. The first score says how surely the question belongs to
        this FAQ at all, so that one limit can refuse; the others are its share of the evidence.
        """
        found = self._ordered(text, max(limit, _LIMIT))
        if found is None:
            return []
        shares = found.scores[:limit] / found.scores[0] * sureness.fitted().of(found.evidence)
        return [
            Ranked(self.intents[n], round(float(share), 4))
            for n, share in zip(found.numbers[:limit], shares, strict=True)
        ]

    def evidence(self, text: str) -> Evidence | None:
        """What speaks for the best intent for a text; None where nothing in it is known."""
        found = self._ordered(text, _LIMIT)
        return found.evidence if found else None

    def _ordered(self, text: str, limit: int) -> _Ordered | None:
        normal = normalise(text[:_READ])
        ids, values = self._vector(normal)
        words = meanings.table().words(normal)
        place = self.meanings.place(words)
        if not len(ids) and (place is None or not self._all_meant):
            return None
        candidates = self._candidates(ids, values, place, limit)
        found = self._covering(candidates, words)
        spelt = np.array([_nearest(normal, self.phrasings[n]) for n in found.numbers])
        scores = found.scores + _VERBATIM * spelt**12
        order = np.lexsort((found.numbers, -scores))
        order = order[scores[order] > 0]
        if not len(order):
            return None
        first, numbers = order[0], found.numbers[order]
        best, others = float(found.scores[first]), np.delete(found.scores, first)
        evidence = Evidence(
            best,
            ahead=best - float(others.mean()) if len(others) else best,
            written=float(candidates.scores[first] - self.meant * self.meanings.near(place, numbers[:1])[0]),
            spelt=float(spelt[first]) ** 3,
            narrow=float(self.meanings.narrow[numbers[0]]),
            latin=float(self.chinese and normal.isascii()),
        )
        return _Ordered(numbers, scores[order], evidence)

    @property
    def _all_meant(self) -> bool:
        return len(self.intents) <= _MEANT_INTENTS

    def _vector(self, text: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The known features of normalised text with their values; with the unknown ones the norm is 1."""
        ids, unknown = [], 0.0
        for feature in _features(text):
            number = self.features.get(feature)
            if number is None:
                unknown += _KIND_WEIGHT[feature[0]] ** 2
            else:
                ids.append(number)
        raw = self.weight[ids]
        norm = math.sqrt(float(raw @ raw) + unknown * _rarity(len(self.intents), _UNKNOWN) ** 2)
        return np.array(ids, np.int64), raw / (norm or 1.0)

    def _candidates(
        self,
        ids: NDArray[np.int64],
        values: NDArray[np.float64],
        place: Embedding | None,
        limit: int,
    ) -> _Found:
        """The best intents: rare features and meanings find them, common features decide."""
        lengths = self.weights.start[ids + 1] - self.weights.start[ids]
        order = np.argsort(lengths, kind="stable")
        within = max(1, int(np.searchsorted(np.cumsum(lengths[order]), _BUDGET, side="right")))
        rare, common = order[:within], order[within:]
        written = self._written(ids[rare], values[rare], lengths[rare])
        roughly = self.meanings.roughly(place) if self._all_meant else 0.0
        numbers = np.sort(_best(written + self.meant * roughly, max(limit, _PURSUED)))
        scores = written[numbers] + self.meant * self.meanings.near(place, numbers)
        same_type = numbers.astype(np.int32)  # as the columns, or numpy would copy them all to compare
        if len(common):
            scores = scores + self._at(ids[common], values[common], same_type)
        last = np.lexsort((numbers, -scores))[:limit]
        return _Found(numbers[last], scores[last])

    def _covering(self, found: _Found, words: list[int]) -> _Found:
        """The candidates with what they gain by the words of the question that theirs cover."""
        covered = self.wordings.covered(words, self.meanings.weight, found.numbers)
        return _Found(found.numbers, found.scores + _COVERS * self.meant * covered)

    def _written(
        self, ids: NDArray[np.int64], values: NDArray[np.float64], lengths: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Every intent's score by these features, of which the shortest rows come first."""
        short = int(np.searchsorted(lengths, _LONG))
        scores = self.weights.scores(ids[:short], values[:short], len(self.intents))
        if short == len(ids):
            return scores
        begins = self.weights.start[ids[short:]]
        ends = begins + lengths[short:]
        rows = [slice(begin, end) for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)]
        cols = np.concatenate([self.weights.cols[row] for row in rows])
        data = np.concatenate([self.weights.data[row] for row in rows])
        summands = data * np.repeat(values[short:] * self.weights.unit, lengths[short:])
        return scores + np.bincount(cols, summands, len(self.intents))

    def _at(
        self, ids: NDArray[np.int64], values: NDArray[np.float64], numbers: NDArray[np.int32]
    ) -> NDArray[np.float64]:
        """What some features (none of them without an entry) add to the scores of some intents."""
        cols, begins = self.weights.cols, self.weights.start[ids].tolist()
        lasts = (self.weights.start[ids + 1] - 1).tolist()
        rows = zip(begins, lasts, strict=True)
        places = np.stack([cols[begin:last].searchsorted(numbers) + begin for begin, last in rows])
        data = np.where(cols[places] == numbers, self.weights.data[places], 0)
        added: NDArray[np.float64] = (data * (values * self.weights.unit)[:, None]).sum(axis=0)
        return added


def build(utterances: Iterable[Utterance], progress: Callable[[int], None] = lambda done: None) -> Ranking:
    """An index of phrasings. Deterministic; `progress` hears how many phrasings have been read."""
    groups: dict[str, list[str]] = {}
    for intent, text in utterances:
        groups.setdefault(intent, []).append(normalise(text[:_READ]))
    features: dict[str, int] = {}
    written, meant, done = Bags(), Bags(), 0
    words = meanings.table().words
    for number, texts in enumerate(groups.values()):
        for text in texts:
            written.add(number, [features.setdefault(f, len(features)) for f in _features(text)])
            meant.add(number, words(text))
        done += len(texts)
        progress(done)
    spread = held(written, len(features))
    learns = _learns(len(written.sizes), len(features), len(groups))
    weight = _weight(list(features), spread, len(groups), 0.0 if learns else _COMMON)
    weights = _learnt(written, weight, len(groups)) if learns else centroids(written, weight, spread.intents)
    places, phrased = meanings.build(meant, len(groups)), tuple(map(tuple, groups.values()))
    share = _MEANT_LEARNT if learns else _MEANT
    covers = (
        not learns and len(groups) <= _MEANT_INTENTS
    )  # else other evidence knows better which words count
    covering = wordings.build(meant if covers else Bags(), len(groups))
    chinese = sum(not text.isascii() for texts in phrased for text in texts) * 2 > done
    return Ranking(tuple(groups), features, weight, weights, places, covering, share, phrased, chinese)


def _features(text: str) -> list[str]:
    """The features of normalised text, each once."""
    found = extract(text, PLAIN)
    if not any("a" <= char <= "z" for char in text):
        return found
    pieces = (
        f"n{whole[i : i + length]}"
        for word in _WORD.findall(text)
        for whole in (f"^{word}$",)
        for length in (3, 4)
        for i in range(len(whole) - length + 1)
    )
    return list(dict.fromkeys(itertools.chain(found, pieces)))


def _weight(features: Sequence[str], spread: Held, intents: int, power: float) -> NDArray[np.float64]:
    """What each feature weighs: by its kind, by how rare it is, and by a power of how much more than others
    of its kind the phrasings of one intent have it in common (a classifier finds that out itself)."""
    kinds = np.array([f[0] for f in features])
    weight = _rarity(intents, spread.intents)
    for kind, heavy in _KIND_WEIGHT.items():
        own = kinds == kind
        shared, pairs = spread.shared[own], spread.pairs[own]
        usual = max(float(shared.sum()) / max(1, int(pairs.sum())), _SELDOM)
        common = (shared / usual + _DOUBT) / (pairs + _DOUBT)
        weight[own] *= heavy * common**power
    rounded: NDArray[np.float64] = np.round(weight, 4)
    return rounded


def _learns(phrasings: int, features: int, intents: int) -> bool:
    """Whether there is enough to learn, and room."""
    return phrasings >= _LEARN_FROM * intents and features * intents <= _LEARN_CELLS


def _learnt(bags: Bags, weight: NDArray[np.float64], intents: int) -> Weights:
    """The classifier's weights with the centroids added."""
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
    for share in (0.5, 0.125, 0.0):  # looking at few is quicker, and mostly enough
        some = np.flatnonzero(scores > max(0.0, float(scores.max()) * share))
        if len(some) >= count:
            break
    if len(some) > count:
        least = np.partition(scores[some], len(some) - count)[len(some) - count]
        some = some[scores[some] >= least]
    return some[np.lexsort((some, -scores[some]))][:count]


def _rarity(intents: int, held: Any) -> Any:
    """What a feature weighs that so many of the intents hold."""
    return np.log1p(intents / held)


def _nearest(text: str, phrasings: Sequence[str]) -> float:
    found = process.extractOne(text, phrasings, scorer=fuzz.ratio)
    return float(found[1]) / 100 if found else 0.0
