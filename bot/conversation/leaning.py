"""How surely a message goes on about the topic before, from several pieces of evidence weighed together."""

import math
from typing import NamedTuple

from bot.catalogue.model import Service
from bot.conversation.kinds import Cued, find_cues, question_kind
from bot.conversation.knowledge import ALONE, Knowledge
from bot.matching.features import Parsed, parse
from bot.matching.matcher import Judgement, judge, likeness, scores

POINTING = frozenset({"follow-pronoun", "follow-also", "follow-more"})
_UNSAID = -4.0
_MOST_SUPPORT = 2.5


class Leaning(NamedTuple):
    """A message after an answer: its words, cues, kind, own meaning, and the topics so far."""

    parsed: Parsed
    cued: Cued
    kind: str
    judgement: Judgement
    topics: tuple[Service, ...]
    question: str
    knowledge: Knowledge

    @property
    def points(self) -> bool:
        """Whether a word points back: 这个, 那, 还有."""
        return bool(self.cued.shown & POINTING)


def leaning_of(text: str, question: str, topic: Service, knowledge: Knowledge) -> Leaning:
    """A message after a question that came to one topic."""
    parsed = parse(text, knowledge.topics.lexicon)
    cued = find_cues(parsed.text, knowledge.cues)
    judgement = judge(parsed, knowledge.topics, knowledge.confidence)
    return Leaning(parsed, cued, question_kind(cued), judgement, (topic,), question, knowledge)


def follow_up(parsed: Parsed, knowledge: Knowledge) -> tuple[str, float]:
    """The kind a message would ask as a follow-up, and its lead over a question of its own."""
    index = knowledge.leaning
    if index is None:
        return "policy", 0.0
    vector = index.vector(parsed.plain)
    if not vector:
        return "policy", _UNSAID
    found = scores(vector, index)
    alone = float(found[index.numbers[ALONE]])
    found[index.numbers[ALONE]] = -math.inf
    best = int(found.argmax())
    return index.intents[best], float(found[best]) - alone


def evidence(c: Leaning) -> dict[str, float]:
    """What speaks for and against going on about the topic before."""
    vector = c.knowledge.topics.vector(c.parsed.features)
    found = scores(vector, c.knowledge.topics)
    support = float(found[c.knowledge.topics.numbers[f"service/{c.topics[0].id}"]])
    own = c.judgement.best.partition("/")[0]
    sure = c.judgement.confidence
    return {
        "like_a_follow_up": max(_UNSAID, min(3.0, follow_up(c.parsed, c.knowledge)[1])),
        "near_a_follow_up": nearness(c.parsed.text, c.knowledge),
        "near_its_own": near_its_own(c.parsed.text, c.judgement, c.knowledge),
        "strange": _strange(c),
        "support": max(-0.5, min(_MOST_SUPPORT, support)),
        "lead_over_topic": min(4.0, float(found.max()) - support),
        "own_service": sure if own == "service" else 0.0,
        "own_outside": sure if own in ("signpost", "domain") else 0.0,
        "own_small_talk": sure if own == "smalltalk" else 0.0,
        "unexplained": math.log1p(len(c.cued.rest.replace(" ", ""))),
        "points": float(c.points),
        "asks": float(c.kind != "policy"),
        "known": vector.known,
        "says_nothing": float(not c.judgement.candidates),
    }


def _strange(c: Leaning) -> float:
    """The share (0–1) of what is said that no known follow-up says and that does not speak for the topic."""
    topics, topic = c.knowledge.topics, f"service/{c.topics[0].id}"
    weighed = {feature: topics.weight(feature) ** 2 for feature in c.parsed.plain}
    new = (f for f in weighed if f not in c.knowledge.leaning_features and not topics.speaks_for(f, topic))
    return sum(weighed[f] for f in new) / (sum(weighed.values()) or 1.0)


def near_its_own(text: str, judgement: Judgement, knowledge: Knowledge) -> float:
    """How like the text is to the nearest phrasing of what it means by itself, 0–1."""
    index = knowledge.topics
    number = index.numbers.get(judgement.best)
    return 0.0 if number is None else likeness(text, index.phrasings[number])


def nearness(text: str, knowledge: Knowledge) -> float:
    """How like the text is to the nearest follow-up that is known, 0–1."""
    index = knowledge.leaning
    if index is None:
        return 0.0
    known = (p for i, group in zip(index.intents, index.phrasings, strict=True) if i != ALONE for p in group)
    return likeness(text, known)
