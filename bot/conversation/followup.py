"""Whether a message leans on the one before, and then what it is about.

Small named rules, tried in order; each returns the service meant and a confidence, or None.
"""

from collections.abc import Callable
from typing import NamedTuple

from bot.catalogue.model import Service
from bot.conversation.kinds import Cued
from bot.conversation.knowledge import Knowledge
from bot.conversation.state import State
from bot.matching.features import Parsed, parse
from bot.matching.matcher import Judgement, judge

_LEANING = frozenset({"follow-pronoun", "follow-also", "follow-more"})
_SHORT_REST = 3
_MOST_FEATURES = 60
_BOOST = 0.8
_MEMORY = 0.5
_SURE = 0.9
_ALONE, _ALONE_THOUGH_LEANING = 0.95, 0.9
_ALONE_STRANGE = 0.8
_ALONE_OUTSIDE = 1.0
_EASE = 0.065
_ENOUGH = 16
_ALONE_SMALL_TALK = 0.4


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
    def leans(self) -> bool:
        """Whether a word points back, or there is hardly a word of its own."""
        return bool(self.cued.shown & _LEANING) or len(self.cued.rest) <= _SHORT_REST


Found = tuple[Service, float]


def resolve(
    parsed: Parsed, cued: Cued, kind: str, judgement: Judgement, state: State, knowledge: Knowledge
) -> Found | None:
    """The service a leaning message is about, with a confidence; None where it stands alone."""
    services = knowledge.lookup.services
    offered = (c.removeprefix("service/") for c in state.choices[:1] if state.kind)
    topics = tuple(services[t] for t in (*offered, *state.topics) if t in services)
    if not topics or not judgement.candidates:
        return None
    leaning = Leaning(parsed, cued, kind, judgement, topics, state.question, knowledge)
    return next((found for rule in RULES if (found := rule(leaning))), None)


def _back(c: Leaning) -> Found | None:
    """前面讲的那个…: the earlier topic that the rest of the words speak for."""
    if "follow-back" not in c.cued.shown:
        return None
    if not c.cued.rest:
        return c.topics[min(1, len(c.topics) - 1)], _SURE
    scored = dict(_joint(c, c.parsed, {}).candidates)
    known = [t for t in c.topics if f"service/{t.id}" in scored]
    return (max(known, key=lambda t: scored[f"service/{t.id}"]), _SURE) if known else None


def _bare(c: Leaning) -> Found | None:
    """电话呢 / 多少钱 / 怎么申请: nothing but what is asked."""
    if _stands_alone(c) and c.judgement.best.startswith("smalltalk"):
        return None
    asks = c.kind != "policy" or bool(c.cued.shown & _LEANING)
    return (c.topics[0], _SURE) if asks and len(c.cued.rest) <= 1 else None


def _corrected(c: Leaning) -> Found | None:
    """不是…,是…: what comes after the correction is meant, in the light of the question before."""
    if "follow-correction" not in c.cued.shown:
        return None
    meant = c.parsed.text.rpartition("是")[2] or c.parsed.text
    judgement = _judged(c, meant, {f"service/{c.topics[0].id}": -_BOOST})
    return _service(judgement, c)


def _continued(c: Leaning) -> Found | None:
    """A short message that says too little by itself goes on about the question before."""
    if len(c.parsed.features) > _MOST_FEATURES or _stands_alone(c):
        return None
    return _service(_joint(c, c.parsed, _remembered(c)), c)


def _remembered(c: Leaning) -> dict[str, float]:
    """What the question before spoke for, somewhat faded, and the topic it came to."""
    before = _judged(c, c.question, {})
    faded = {x.intent: _MEMORY * max(0.0, x.score) for x in before.candidates}
    current = f"service/{c.topics[0].id}"
    return faded | {current: faded.get(current, 0.0) + _BOOST}


def _stands_alone(c: Leaning) -> bool:
    """Whether the words say enough by themselves: the more of them, the less sure they need to be."""
    kind, _, name = c.judgement.best.partition("/")
    if kind == "smalltalk" and c.knowledge.lookup.smalltalk[name].stands_alone:
        return c.kind == "policy" and c.judgement.confidence >= _ALONE_SMALL_TALK
    words = min(len(c.cued.rest), _ENOUGH)
    if c.cued.shown & _LEANING:
        return c.judgement.confidence >= _ALONE_THOUGH_LEANING - _EASE * words / 2
    if kind == "service":
        return c.judgement.confidence >= (_ALONE_STRANGE if _strange(c) else _ALONE) - _EASE * words
    return c.judgement.confidence >= _ALONE_OUTSIDE - _EASE * words


def _strange(c: Leaning) -> bool:
    """Whether the words speak for other things than the topics so far."""
    known = {f"service/{t.id}" for t in c.topics}
    return not any(x.intent in known for x in c.judgement.candidates)


def _joint(c: Leaning, parsed: Parsed, favoured: dict[str, float]) -> Judgement:
    return judge(parsed, c.knowledge.topics, c.knowledge.confidence, favoured)


def _judged(c: Leaning, text: str, favoured: dict[str, float]) -> Judgement:
    return _joint(c, parse(text, c.knowledge.topics.lexicon), favoured)


def _service(judgement: Judgement, c: Leaning) -> Found | None:
    """The best service of a judgement."""
    for candidate in judgement.candidates:
        kind, _, name = candidate.intent.partition("/")
        if kind == "service":
            return c.knowledge.lookup.services[name], _SURE
    return None


RULES: tuple[Callable[[Leaning], Found | None], ...] = (_back, _bare, _corrected, _continued)
