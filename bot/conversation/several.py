"""Several questions in one message: cut where a person would pause, and keep what stands by itself."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bot.catalogue.model import Service
from bot.conversation.kinds import find_cues, question_kind
from bot.conversation.knowledge import Knowledge
from bot.matching.features import Parsed, parse
from bot.matching.matcher import Judgement, judge
from bot.text.normalise import folded, normalise, visible

MOST_PARTS = 3
_SPACE = r"(?<![a-z])\s+|\s+(?![a-z])"  # words of English and pinyin stay together
_STOP = re.compile(
    r"[,，。;；!！?？、/\n]+|另外|还有|顺便|再问|以及|同时|然后|其次|一个问|一个是|\band\b|\balso\b"
)
_JOINT = re.compile(r"[和跟与及]")
_PATTERNS = (_STOP, re.compile(f"{_STOP.pattern}|{_SPACE}"), _JOINT)
_LEAST_LETTERS = 3
_MOST_FEATURES = 110
_MOST_PIECES = 5
_MOST_LEFT_OVER = 1
_PLAINLY = 0.9


class Part(NamedTuple):
    """One question of several: the service meant, what kind is asked, its words, a confidence."""

    service: Service
    kind: str
    text: str
    confidence: float


def parts(message: str, parsed: Parsed, whole: Judgement, knowledge: Knowledge) -> list[Part]:
    """The questions of a message that asks more than one; empty where it asks one.

    A long message is a story: what it mentions in passing is not asked.
    """
    if len(parsed.features) > _MOST_FEATURES or not whole.candidates:
        return []
    text = folded(visible(message))
    torn = _may_be_torn(whole, knowledge)
    best: list[Part] = []
    tried: set[tuple[str, ...]] = set()
    for pattern in _PATTERNS if torn else _PATTERNS[:1]:
        pieces = tuple(p for p in pattern.split(text) if len(normalise(p)) >= _LEAST_LETTERS)
        if 2 <= len(pieces) <= _MOST_PIECES and pieces not in tried:
            tried.add(pieces)
            best = max(best, _distinct(pieces, whole, knowledge), key=len)
    return best[:MOST_PARTS]


def _distinct(pieces: Sequence[str], whole: Judgement, knowledge: Knowledge) -> list[Part]:
    """The pieces that are sure by themselves, one for each service, if the whole is torn between them."""
    sure = [part for piece in pieces if (part := _part(piece, knowledge))]
    if len(pieces) - len(sure) > _MOST_LEFT_OVER:
        return []
    found: dict[str, Part] = {}
    for part in sure:
        known = found.get(part.service.id)
        if known is None or part.confidence > known.confidence:
            found[part.service.id] = part
    share = knowledge.confidence.several_share
    least = share if len(sure) == len(pieces) else 2 * share
    plainly = len(sure) == len(pieces) and all(p.confidence >= _PLAINLY for p in sure)
    return list(found.values()) if len(found) > 1 and (plainly or _torn(whole, found, least)) else []


def _part(piece: str, knowledge: Knowledge) -> Part | None:
    parsed = parse(piece, knowledge.topics.lexicon)
    judgement = judge(parsed, knowledge.topics, knowledge.confidence)
    kind, _, name = judgement.best.partition("/")
    if kind != "service" or judgement.confidence < knowledge.confidence.several_from:
        return None
    asked = question_kind(find_cues(parsed.text, knowledge.cues))
    return Part(knowledge.lookup.services[name], asked, parsed.text, judgement.confidence)


def _may_be_torn(whole: Judgement, knowledge: Knowledge) -> bool:
    """Whether two services at all come near enough to the best intent."""
    if not whole.candidates:
        return False
    least = whole.candidates[0].score * knowledge.confidence.several_share
    near = [c for c in whole.candidates if c.score >= least and c.intent.startswith("service/")]
    return len(near) > 1


def _torn(whole: Judgement, found: Mapping[str, Part], share: float) -> bool:
    """Whether the whole message speaks for each of the services found in its pieces."""
    ranked = {c.intent.partition("/")[2]: c.score for c in whole.candidates}
    least = whole.candidates[0].score * share
    return all(ranked.get(name, -1.0) >= least for name in found)
