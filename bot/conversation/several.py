"""Several questions in one message: cut where a person would pause, and keep what stands by itself."""

import re
from typing import NamedTuple

from bot.catalogue.model import Service
from bot.conversation.kinds import find_cues, question_kind
from bot.conversation.knowledge import Knowledge
from bot.matching.features import parse
from bot.matching.matcher import Judgement, judge
from bot.text.normalise import normalise, visible

MOST_PARTS = 3
_PAUSE = re.compile(r"[\s,，。;；!！?？、/]+|另外|还有|顺便|再问|以及|同时|然后|\band\b|\balso\b")
_JOINT = re.compile(r"[和跟与及]")
_LEAST_LETTERS = 3
_LONGEST = 80


class Part(NamedTuple):
    """One question of several: the service meant, what kind is asked, its words, a confidence."""

    service: Service
    kind: str
    text: str
    confidence: float


def parts(message: str, whole: Judgement, knowledge: Knowledge) -> list[Part]:
    """The questions of a message that asks more than one; empty where it asks one."""
    if len(message) > _LONGEST or not whole.candidates:
        return []
    for pattern in (_PAUSE, _JOINT):
        found = _distinct(pattern.split(visible(message)), whole, knowledge)
        if len(found) > 1:
            return found[:MOST_PARTS]
    return []


def _distinct(pieces: list[str], whole: Judgement, knowledge: Knowledge) -> list[Part]:
    """The pieces that are sure by themselves, one for each service, if the whole is torn between them."""
    texts = [t for piece in pieces if len(t := normalise(piece)) >= _LEAST_LETTERS]
    if len(texts) < 2:
        return []
    found: dict[str, Part] = {}
    for text in texts:
        part = _part(text, knowledge)
        if part and (part.service.id not in found or part.confidence > found[part.service.id].confidence):
            found[part.service.id] = part
    return list(found.values()) if _torn(whole, found, knowledge) else []


def _part(text: str, knowledge: Knowledge) -> Part | None:
    judgement = judge(parse(text, knowledge.topics.lexicon), knowledge.topics, knowledge.confidence)
    kind, _, name = judgement.best.partition("/")
    if kind != "service" or judgement.confidence < knowledge.confidence.several_from:
        return None
    asked = question_kind(find_cues(text, knowledge.cues))
    return Part(knowledge.lookup.services[name], asked, text, judgement.confidence)


def _torn(whole: Judgement, found: dict[str, Part], knowledge: Knowledge) -> bool:
    """Whether the whole message speaks for each of the services found in its pieces."""
    ranked = {c.intent.partition("/")[2]: c.score for c in whole.candidates}
    least = whole.candidates[0].score * knowledge.confidence.several_share
    return len(found) > 1 and all(ranked.get(name, -1.0) >= least for name in found)
