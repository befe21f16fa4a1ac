"""The immutable index: every intent with what speaks for it, built from phrasings."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.matching import margin
from bot.matching.features import KIND_WEIGHT, Views, parse, views
from bot.matching.lexicon import Lexicon
from bot.matching.linear import SCALE, Sample, Scorer, Weights
from bot.matching.spelling import Speller
from bot.text.normalise import normalise

_SURPRISE = 0.3  # the share of an unknown feature's squared weight that counts against what is known


class Utterance(NamedTuple):
    """One phrasing of an intent."""

    intent: str
    text: str


@dataclass(frozen=True)
class Vector:
    """A text as numbers: the numbers of its known features (`ids`) and their weights, brought to norm 1.

    `known` is the share (0–1) of the text's weight in features the index has seen.
    """

    ids: NDArray[np.int64]
    values: NDArray[np.float64]
    known: float

    def __len__(self) -> int:
        """How many known features it has."""
        return len(self.ids)


@dataclass(frozen=True)
class Index:
    """What matching reads; immutable, replaced whole.

    `features` leads from a feature to its number; by that number, `counts` says how many phrasings hold it
    and `idf` how rare it is among the `total` that were learnt from. `weights` is features × intents,
    `phrasings` the normalised texts by intent.
    """

    lexicon: Lexicon
    intents: tuple[str, ...]
    features: dict[str, int]
    counts: NDArray[np.int32]
    idf: NDArray[np.float64]
    weights: Weights
    phrasings: tuple[tuple[str, ...], ...]
    total: int

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Intent → its number."""
        return {intent: i for i, intent in enumerate(self.intents)}

    @cached_property
    def scorer(self) -> Scorer:
        """The weights, laid out for scoring."""
        return Scorer(self.weights, len(self.intents))

    @cached_property
    def _weighed(self) -> NDArray[np.float64]:
        """What each feature weighs before a text's vector is brought to norm 1, by its number."""
        return np.array([KIND_WEIGHT[f[0]] for f in self.features]) * self.idf

    @cached_property
    def _surprise(self) -> dict[str, float]:
        """Kind of feature → what an unknown one of it adds to the squared weight that is unknown."""
        rarest = math.log(1 + len(self.features))
        return {kind: (weight * rarest) ** 2 * _SURPRISE for kind, weight in KIND_WEIGHT.items()}

    def weight(self, feature: str) -> float:
        """What a feature weighs before a vector is brought to norm 1; one never seen counts as rarest."""
        number = self.features.get(feature)
        rarity = math.log(1 + len(self.features)) if number is None else float(self.idf[number])
        return KIND_WEIGHT[feature[0]] * rarity

    def speaks_for(self, feature: str, intent: str) -> bool:
        """Whether a feature alone counts towards an intent."""
        number = self.features.get(feature)
        return number is not None and self.weights.row(number).get(self.numbers[intent], 0) > 0

    def counted(self, kinds: str) -> dict[str, int]:
        """What the features of some kinds stand for, each with how many phrasings hold it."""
        pairs = zip(self.features, self.counts.tolist(), strict=True)
        return {feature[1:]: count for feature, count in pairs if feature[0] in kinds}

    @cached_property
    def _speller(self) -> Speller:
        """Knows the words of Latin letters among the features, the commonest first."""
        return Speller(f[1:] for f in self.features if f[0] == "e" and f[1:].isalpha())

    def numbers_of(self, features: Sequence[str]) -> list[int | None]:
        """The number of each feature, None where it is unknown; of a Latin word mistyped that of the word
        that was meant, if it is not there anyway.
        """
        found = list(map(self.features.get, features))
        for place in [i for i, number in enumerate(found) if number is None and features[i][0] == "e"]:
            if meant := self._speller.meant(features[place][1:]):
                number = self.features["e" + meant]
                found[place] = None if number in found else number
        return found

    def vector(self, features: Sequence[str]) -> Vector:
        """The vector of a text's features."""
        numbers = self.numbers_of(features)
        known, unknown = [number for number in numbers if number is not None], 0.0
        if len(known) < len(numbers):
            surprise = self._surprise
            pairs = zip(features, numbers, strict=True)
            unknown = sum([surprise[f[0]] for f, number in pairs if number is None])
        ids = np.array(known, np.int64)
        values = self._weighed.take(ids)
        mass = float(values @ values)
        return Vector(ids, values / (math.sqrt(mass) or 1.0), mass / (mass + unknown) if mass else 0.0)

    def vectors(self, ids: NDArray[np.int64], has: NDArray[np.bool_]) -> NDArray[np.float64]:
        """The values of several texts' vectors (texts × ids), by which of the features each has."""
        values = has * self._weighed[ids]
        norms = np.sqrt((values * values).sum(axis=1, keepdims=True))
        return np.asarray(values / np.where(norms > 0, norms, 1.0))


def build(
    utterances: Sequence[Utterance],
    lexicon: Lexicon,
    read: Callable[[str], Views] | None = None,
) -> Index:
    """Learn an index from phrasings, as `read` finds their features or as `views_of` does.

    Deterministic: the same input gives the same index.
    """
    extracted = [read(u.text) if read else views_of(u.text, lexicon) for u in utterances]
    intents = tuple(dict.fromkeys(u.intent for u in utterances))
    counts = Counter(f for typed, *_ in extracted for f in typed)
    # The commonest first: what questions are made of then lies close together in memory.
    features = {f: i for i, f in enumerate(sorted(counts, key=lambda f: (-counts[f], f)))}
    listed = np.array([counts[f] for f in features], np.int32)
    idf = inverse_frequency(listed, len(utterances))
    number = {intent: i for i, intent in enumerate(intents)}
    samples = samples_of(utterances, extracted, features, idf, number)
    weights = margin.learn(samples, len(features), len(intents))
    groups = grouped(utterances, number)
    return Index(lexicon, intents, features, listed, idf, weights, groups, len(utterances))


def samples_of(
    utterances: Sequence[Utterance],
    extracted: Sequence[Views],
    features: dict[str, int],
    idf: NDArray[np.float64],
    number: dict[str, int],
) -> list[Sample]:
    """What is learnt from utterances with their features: each in all its views."""
    return [
        sample
        for u, found in zip(utterances, extracted, strict=True)
        for view in found
        if (sample := _sample(view, features, idf, number[u.intent])) is not None
    ]


def views_of(text: str, lexicon: Lexicon) -> Views:
    """The features a text is learnt by."""
    return views(parse(text, lexicon), lexicon)


def inverse_frequency(counts: NDArray[np.int32], total: int) -> NDArray[np.float64]:
    """How rare a feature is: log(1 + total/count), rounded so that every machine agrees."""
    return np.round(np.log1p(total / counts), 4).astype(np.float64)


def _sample(
    found: Sequence[str], features: dict[str, int], idf: NDArray[np.float64], intent: int
) -> Sample | None:
    known = [f for f in found if f in features]
    if not known:
        return None
    ids = np.array([features[f] for f in known], np.int32)
    raw = np.array([KIND_WEIGHT[f[0]] for f in known]) * idf[ids]
    values = np.rint(raw * (SCALE / math.sqrt(float(raw @ raw)))).astype(np.int32)
    return Sample(ids, values, intent)


def grouped(utterances: Sequence[Utterance], number: dict[str, int]) -> tuple[tuple[str, ...], ...]:
    """The normalised texts of each intent, by its number."""
    groups: list[list[str]] = [[] for _ in number]
    for utterance in utterances:
        groups[number[utterance.intent]].append(normalise(utterance.text))
    return tuple(map(tuple, groups))
