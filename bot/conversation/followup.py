"""Whether a message leans on the one before, and then what it is about.

Small named rules, tried in order; each returns the service meant and a confidence, or None.
"""

from collections.abc import Callable
from typing import NamedTuple

from bot.catalogue.model import Service
from bot.conversation.kinds import Cued
from bot.conversation.knowledge import Knowledge
from bot.conversation.state import State
from bot.matching.features import Parsed
from bot.matching.matcher import Judgement, judge

_SHORT = 4
_LEANING = frozenset({"follow-pronoun", "follow-also", "follow-more"})
_BOOST, _BOOST_LEANING, _BOOST_RELATED = 0.2, 0.5, 0.1
_SURE_FOLLOW = 0.9


class Leaning(NamedTuple):
    """A message after an answer: its words, cues, kind, own meaning, and the topics so far."""

    parsed: Parsed
    cued: Cued
    kind: str
    judgement: Judgement
    topics: tuple[Service, ...]
    knowledge: Knowledge

    @property
    def leans(self) -> bool:
        """Whether a word points back, or there is hardly a word of its own."""
        return bool(self.cued.shown & _LEANING) or len(self.cued.rest) <= _SHORT


Found = tuple[Service, float]


def resolve(
    parsed: Parsed, cued: Cued, kind: str, judgement: Judgement, state: State, knowledge: Knowledge
) -> Found | None:
    """The service a leaning message is about, with a confidence; None where it stands alone."""
    services = knowledge.lookup.services
    topics = tuple(services[t] for t in state.topics if t in services)
    if not topics:
        return None
    leaning = Leaning(parsed, cued, kind, judgement, topics, knowledge)
    return next((found for rule in RULES if (found := rule(leaning))), None)


def _back(c: Leaning) -> Found | None:
    """前面讲的那个…: the earlier topic that the rest of the words speak for."""
    if "follow-back" not in c.cued.shown:
        return None
    if not c.cued.rest:
        return c.topics[min(1, len(c.topics) - 1)], _SURE_FOLLOW
    favoured = {f"service/{t.id}": _BOOST_LEANING for t in c.topics}
    return _topic_of(_best(c, favoured), c)


def _bare(c: Leaning) -> Found | None:
    """电话呢 / 多少钱 / 怎么申请: nothing but what is asked."""
    asks = c.kind != "policy" or bool(c.cued.shown & _LEANING)
    return (c.topics[0], _SURE_FOLLOW) if asks and len(c.cued.rest) <= 1 else None


def _continued(c: Leaning) -> Found | None:
    """The same topic goes on, where its words or their lack allow it."""
    boost = _BOOST_LEANING if c.leans else _BOOST
    current = c.topics[0]
    favoured = {f"service/{r}": _BOOST_RELATED for r in current.related}
    favoured[f"service/{current.id}"] = boost
    best = _best(c, favoured)
    if best == f"service/{current.id}" and (c.leans or best == c.judgement.best):
        return current, max(_SURE_FOLLOW if c.leans else 0.0, c.judgement.confidence)
    return None


def _best(c: Leaning, favoured: dict[str, float]) -> str:
    return judge(c.parsed, c.knowledge.topics, c.knowledge.confidence, favoured).best


def _topic_of(intent: str, c: Leaning) -> Found | None:
    return next(((t, _SURE_FOLLOW) for t in c.topics if f"service/{t.id}" == intent), None)


RULES: tuple[Callable[[Leaning], Found | None], ...] = (_back, _bare, _continued)
