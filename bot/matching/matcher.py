"""From a question to ranked intents and a confidence, and from that to one of three zones."""

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.catalogue.model import Confidence
from bot.matching.features import Parsed
from bot.matching.index import Index, Vector

Zone = Literal["answer", "offer", "unknown"]
Scores = NDArray[np.float64]
"""One score for each intent; 1.0 is the margin by which a phrasing of its own wins."""
INTERCEPT = "intercept"
_BEST = 8  # candidates: evidence counts the kinds among them
_FAR_AHEAD = 2.0  # a score or lead beyond this says no more; the confidence was fitted with it
_SURER = 2  # the power of its confidence by which one of several judgements counts
_FLAT = 30.0  # log odds beyond which a chance is 0 or 1 for every purpose, and exp stays in range


class Candidate(NamedTuple):
    """An intent and its score; 1.0 is the margin by which a phrasing of its own wins."""

    intent: str
    score: float


class Judgement(NamedTuple):
    """How a text was understood: candidates best first, and the evidence for the best.

    `confidence` (0–1) is the share of right answers among examples that scored alike; `scores` is what the
    candidates are the best of, one for each intent.
    """

    candidates: tuple[Candidate, ...]
    evidence: Mapping[str, float]
    confidence: float
    scores: Scores

    @property
    def best(self) -> str:
        """The best intent, or an empty string where nothing speaks for any."""
        return self.candidates[0].intent if self.candidates else ""


def scores(vector: Vector, index: Index) -> Scores:
    """The linear classifier's score for each intent."""
    return index.scorer.scores(vector.ids, vector.values)


def said(parsed: Parsed, index: Index) -> Scores:
    """The scores of a text by its features; all 0 where none of them is known."""
    return scores(index.vector(parsed.features), index)


def said_of_each(texts: Sequence[Sequence[int]], units: Sequence[Sequence[str]], index: Index) -> Scores:
    """The scores of several texts (texts × intents), as `said` gives them for one.

    Each text is the numbers of the `units` it is made of; a unit is a list of features, and a text has those
    of all its units. What texts share is looked up once.
    """
    known = [[n for n in index.numbers_of(unit) if n is not None] for unit in units]
    numbers = np.array(list(itertools.chain.from_iterable(known)), np.int64)
    features, column = np.unique(numbers, return_inverse=True)
    has = np.zeros((len(units), len(features)), bool)
    has[np.repeat(np.arange(len(units)), list(map(len, known))), column] = True
    made = np.array([has[list(text)].any(axis=0) for text in texts])
    return index.scorer.each(features, index.vectors(features, made))


def judge(parsed: Parsed, index: Index, confidence: Confidence) -> Judgement:
    """Rank the intents for a text."""
    vector = index.vector(parsed.features)
    if not vector or _only_numbers(parsed, index):
        return Judgement((), {}, 0.0, np.zeros(len(index.intents)))
    return _ranked(scores(vector, index), vector.known, index, confidence)


def barring(found: Judgement, barred: Sequence[int], index: Index, confidence: Confidence) -> Judgement:
    """The judgement where nothing speaks for some intents, given by their numbers."""
    left = found.scores.copy()
    left[barred] = np.minimum(left[barred], 0.0)
    return _ranked(left, found.evidence["known"], index, confidence)


def blended(found: Sequence[tuple[float, Judgement]], index: Index, confidence: Confidence) -> Judgement:
    """The judgement of a text that may be meant in several ways, each with its weight; surer ones count more.

    None of them is empty.
    """
    shares = np.array([weight * judgement.confidence**_SURER for weight, judgement in found])
    shares /= shares.sum()
    mixed = shares @ np.array([judgement.scores for _, judgement in found])
    known = float(shares @ np.array([judgement.evidence["known"] for _, judgement in found]))
    return _ranked(mixed, known, index, confidence)


def _ranked(found: Scores, known: float, index: Index, confidence: Confidence) -> Judgement:
    best = _highest(found)
    intents = map(index.intents.__getitem__, best.tolist())
    candidates = tuple(map(Candidate, intents, found[best].tolist()))
    evidence = _evidence(known, candidates)
    return Judgement(candidates, evidence, probability(evidence, confidence), found)


def _highest(scores: Scores) -> NDArray[np.int64]:
    """The places of the highest scores, highest first; of equal ones the earlier first."""
    if len(scores) > _BEST:
        ascending = scores.copy()
        ascending.partition(len(scores) - _BEST)
        (places,) = np.nonzero(scores >= ascending[-_BEST])
    else:
        places = np.arange(len(scores))
    return places[np.argsort(-scores[places], kind="stable")[:_BEST]]


def _only_numbers(parsed: Parsed, index: Index) -> bool:
    """Whether nothing known was typed but digits: they never tell what is meant."""
    return all(f[1].isdigit() for f in parsed.features if f in index.features)


def _evidence(known: float, candidates: tuple[Candidate, ...]) -> dict[str, float]:
    first, second = candidates[0], candidates[1] if len(candidates) > 1 else Candidate("", 0.0)
    kind = first.intent.partition("/")[0]
    others = [c.score for c in candidates if c.intent.partition("/")[0] != kind]
    return {
        "score": min(first.score, _FAR_AHEAD),
        "lead": min(first.score - second.score, _FAR_AHEAD),
        "lead_over_other_kinds": min(first.score - max(others, default=0.0), _FAR_AHEAD),
        "other_kinds": len(others) / len(candidates),
        "known": known,
    }


def probability(evidence: Mapping[str, float], confidence: Confidence) -> float:
    """The fitted chance that the best candidate is right."""
    return chance(evidence, {INTERCEPT: confidence.intercept, **confidence.weights})


def chance(evidence: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """The chance (0–1), by logistic regression, of what the weights were fitted to tell."""
    log_odds = weights.get(INTERCEPT, 0.0) + _weighed(evidence, weights)
    return 1 / (1 + math.exp(-max(-_FLAT, min(_FLAT, log_odds))))


def _weighed(evidence: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """The evidence summed by its weights; a name without a weight counts nothing."""
    return sum([weights.get(name, 0.0) * value for name, value in evidence.items()])


def shares(evidence: Sequence[Mapping[str, float]], weights: Mapping[str, float]) -> list[float]:
    """The chance (0–1) of each of several things of which just one holds: a softmax over their evidence."""
    sums = np.array([_weighed(found, weights) for found in evidence])
    grown = np.exp(sums - sums.max())
    return [float(share) for share in grown / grown.sum()]


def zone(confidence: float, limits: Confidence) -> Zone:
    """Answer, offer candidates, or admit not to know."""
    if confidence >= limits.answer_from:
        return "answer"
    return "offer" if confidence >= limits.offer_from else "unknown"
