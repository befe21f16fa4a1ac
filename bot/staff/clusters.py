"""Questions that ask the same, put together, and the services each group probably means. Pure.

Two questions are alike by the features they share once words that only ask (怎么办, 多少钱) are left
out; a feature weighs what the catalogue's index says of it, one the catalogue never uses most.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.catalogue.model import Service, Signpost
from bot.conversation.kinds import find_cues
from bot.conversation.knowledge import Knowledge
from bot.conversation.state import State
from bot.conversation.turn import turn
from bot.conversation.understanding import understood
from bot.matching.features import KIND_WEIGHT, extract
from bot.messages import Message
from bot.store.questions import AskedWording
from bot.text.normalise import normalise

# Tried on 35 questions of ten topics outside the plan: these put 27 of them together, none wrongly.
ALIKE_FROM = 0.45
_SMALLER = 0.8  # how much the smaller of two questions counts in their likeness; the rest, the larger
MOST_SUGGESTED = 3
SIGNPOST = "signpost/"
_Weights = dict[str, float]


class Suggestion(NamedTuple):
    """What a group probably means; `score` 0–1, where 1 is as good as a phrasing of its own."""

    id: str
    name: str
    score: float


@dataclass(frozen=True)
class Cluster:
    """Wordings that ask the same, the most frequent first; it stands for the group."""

    wordings: tuple[AskedWording, ...]

    @property
    def text(self) -> str:
        """The wording that stands for the group."""
        return self.wordings[0].text

    @property
    def id(self) -> str:
        """An answer id by which to find the group again, as long as its first wording is in the log."""
        return self.wordings[0].ids[0]

    @property
    def times(self) -> int:
        """How often it was asked in all."""
        return sum(w.times for w in self.wordings)

    @property
    def last_asked_at(self) -> float:
        """When it was asked last (seconds since 1970)."""
        return max(w.last_asked_at for w in self.wordings)


def subject(text: str, knowledge: Knowledge) -> str:
    """What a question is about: its words without those that only ask; all of them where none is left."""
    return find_cues(normalise(text), knowledge.cues).rest or text


def left_open(text: str, knowledge: Knowledge) -> str | None:
    """Where this knowledge leaves a question: the topic of a signpost it is shown, "" where nothing is known.

    None where it is answered: what was mended since falls out.
    """
    reply = turn(Message(text), State(), knowledge).reply
    known_elsewhere = reply.topic.startswith(SIGNPOST)
    return reply.topic if reply.status == "unanswered" and (known_elsewhere or not reply.topic) else None


def clusters(wordings: Iterable[AskedWording], knowledge: Knowledge) -> list[Cluster]:
    """Group wordings, the most asked group first. Their order does not matter."""
    groups: list[list[AskedWording]] = []
    leaders: list[_Weights] = []
    leading: defaultdict[str, list[int]] = defaultdict(list)
    for wording in _distinct(wordings):
        weights = _weights(wording.text, knowledge)
        best = _nearest(weights, leaders, leading)
        if best is None:
            for feature in weights:
                leading[feature].append(len(groups))
            leaders.append(weights)
            groups.append([wording])
        else:
            groups[best].append(wording)
    found = [Cluster(tuple(group)) for group in groups]
    return sorted(found, key=lambda c: (-c.times, -c.last_asked_at, c.text))


def together(wordings: Iterable[AskedWording]) -> Cluster:
    """One group of all that is known to belong together."""
    return Cluster(tuple(_distinct(wordings)))


def _distinct(wordings: Iterable[AskedWording]) -> list[AskedWording]:
    """Wordings that differ once normalised, the most frequent first; it takes the counts of its like."""
    found: defaultdict[str, list[AskedWording]] = defaultdict(list)
    for wording in wordings:
        found[normalise(wording.text)].append(wording)
    merged = []
    for alike in found.values():
        alike.sort(key=lambda w: (-w.times, w.text))
        last = max(w.last_asked_at for w in alike)
        ids = tuple(id_ for w in alike for id_ in w.ids)
        merged.append(AskedWording(alike[0].text, sum(w.times for w in alike), last, ids))
    return sorted(merged, key=lambda w: (-w.times, w.text))


def _weights(text: str, knowledge: Knowledge) -> _Weights:
    """The weight of each feature of what is left without the question words (all, where nothing is)."""
    index, normal = knowledge.topics, normalise(text)
    rarest = math.log(1 + len(index.features))
    left = find_cues(normal, knowledge.cues).rest
    features = extract(left, index.lexicon) or extract(normal, index.lexicon)
    rarity = {f: float(index.idf[index.features[f]]) if f in index.features else rarest for f in features}
    return {f: KIND_WEIGHT[f[0]] * weight for f, weight in rarity.items()}


def _nearest(
    weights: _Weights, leaders: Sequence[_Weights], leading: defaultdict[str, list[int]]
) -> int | None:
    """The number of the first group that is most alike, where any is alike enough."""
    shared: defaultdict[int, float] = defaultdict(float)
    for feature, weight in weights.items():
        for number in leading.get(feature, ()):
            shared[number] += weight
    own = sum(weights.values())
    likeness = {n: _likeness(s, own, sum(leaders[n].values())) for n, s in shared.items()}
    best = min(likeness, key=lambda n: (-round(likeness[n], 9), n), default=None)
    return best if best is not None and likeness[best] >= ALIKE_FROM else None


def _likeness(shared: float, one: float, other: float) -> float:
    """0–1: what is shared of the smaller, and a little of the larger: 护照 is in 我想办个护照."""
    return shared / (_SMALLER * min(one, other) + (1 - _SMALLER) * max(one, other))


class Suggested(NamedTuple):
    """The services and the signposts a group most probably means, best first."""

    services: list[Suggestion]
    signposts: list[Suggestion]


def suggestions(cluster: Cluster, knowledge: Knowledge) -> Suggested:
    """What a group probably means: the matcher's scores, weighed by how often it was asked."""
    total: defaultdict[str, float] = defaultdict(float)
    for wording in cluster.wordings:
        for candidate in understood(wording.text, knowledge).judgement.candidates:
            total[candidate.intent] += wording.times * max(0.0, min(1.0, candidate.score))
    services = {f"service/{s.id}": s for s in knowledge.lookup.services.values()}
    signposts = {f"{SIGNPOST}{s.id}": s for s in knowledge.lookup.signposts.values()}
    return Suggested(*(_best(total, known, cluster.times) for known in (services, signposts)))


def _best(
    total: Mapping[str, float], known: Mapping[str, Service] | Mapping[str, Signpost], times: int
) -> list[Suggestion]:
    scored = [Suggestion(known[i].id, known[i].name, t / times) for i, t in total.items() if i in known and t]
    return sorted(scored, key=lambda s: (-s.score, s.id))[:MOST_SUGGESTED]
