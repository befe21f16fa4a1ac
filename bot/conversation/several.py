"""Several questions in one message: cut where a person would pause, and keep what stands by itself."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from bot.catalogue.model import Service, Signpost
from bot.conversation.followup import kindred
from bot.conversation.kinds import find_cues, question_kind
from bot.conversation.knowledge import Knowledge
from bot.conversation.leaning import evidence, leaning_of
from bot.matching.features import Parsed, parse
from bot.matching.matcher import Judgement, chance, judge
from bot.text.normalise import folded, normalise, visible

MOST_PARTS = 3
_SPACE = r"(?<![a-z])\s+|\s+(?![a-z])"  # words of English and pinyin stay together
_STOP = re.compile(
    r"[,，。;；!！?？、/\n]+|另外|还有(?!没有)|顺便|再问|以及|同时|然后|其次|一个问|一个是|\band\b|\balso\b"
)
_ANOTHER = re.compile(r"[?？;；\n]+|另外|还有(?!没有)|顺便|再问|其次|\balso\b")
_JOINT = re.compile(r"[和跟与及]")
_PATTERNS = (_STOP, re.compile(f"{_STOP.pattern}|{_SPACE}"), _JOINT)
_LEAST_LETTERS = 3
_MOST_FEATURES = 110
_MOST_PIECES = 5
_MOST_LEFT_OVER = 1
_PLAINLY = 0.9


class Part(NamedTuple):
    """One question of several: what it is about, what kind is asked, its words, a confidence."""

    about: Service | Signpost
    kind: str
    text: str
    confidence: float


def parts(message: str, parsed: Parsed, whole: Judgement, knowledge: Knowledge) -> list[Part]:
    """The questions of a message that asks more than one; empty where it asks one.

    A long message is a story: what it mentions in passing is not asked.
    """
    if len(parsed.plain) > _MOST_FEATURES or not whole.candidates:
        return []
    text = folded(visible(message))
    torn = _may_be_torn(whole, knowledge)
    best: list[Part] = []
    tried: set[tuple[str, ...]] = set()
    for pattern in _PATTERNS if torn else _PATTERNS[:1]:
        pieces = _pieces(text, pattern)
        if 2 <= len(pieces) <= _MOST_PIECES and pieces not in tried:
            tried.add(pieces)
            best = max(best, _distinct(pieces, whole, knowledge), key=len)
    return best[:MOST_PARTS] or _beside(text, knowledge)


def _beside(text: str, knowledge: Knowledge) -> list[Part]:
    """Questions of which some are outside the plan, where each is plainly a question of its own."""
    for pattern in (_ANOTHER, _PATTERNS[1]):
        pieces = _pieces(text, pattern)
        if not 2 <= len(pieces) <= MOST_PARTS:
            continue
        found = [part for piece in pieces if (part := _part(piece, knowledge, ("service", "signpost")))]
        services = [part.about for part in found if isinstance(part.about, Service)]
        asked = pattern is _ANOTHER or all(p.kind != "policy" and p.confidence >= _PLAINLY for p in found)
        apart = len({p.about.id for p in found}) == len(pieces) > len(services) > 0
        if asked and apart and not _goes_on(pieces, services[0], knowledge):
            return found
    return []


def _goes_on(pieces: Sequence[str], topic: Service, knowledge: Knowledge) -> bool:
    """Whether some piece only asks more about the service of another: 要带身份证吗."""
    if knowledge.leaning is None:
        return False
    later = (leaning_of(piece, pieces[0], topic, knowledge) for piece in pieces[1:])
    limits = knowledge.confidence
    return any(chance(evidence(leaning), limits.leaning) >= limits.follow_from for leaning in later)


def _pieces(text: str, pattern: re.Pattern[str]) -> tuple[str, ...]:
    """The text cut, without what is too short to ask anything."""
    return tuple(p for p in pattern.split(text) if len(normalise(p)) >= _LEAST_LETTERS)


def _distinct(pieces: Sequence[str], whole: Judgement, knowledge: Knowledge) -> list[Part]:
    """The pieces that are sure by themselves, one for each service, if the whole is torn between them."""
    sure = [part for piece in pieces if (part := _part(piece, knowledge))]
    if len(pieces) - len(sure) > _MOST_LEFT_OVER:
        return []
    found: dict[str, Part] = {}
    for part in _in_turn(sure, knowledge):
        known = found.get(part.about.id)
        if known is None or part.confidence > known.confidence:
            found[part.about.id] = part
    share = knowledge.confidence.several_share
    least = share if len(sure) == len(pieces) else 2 * share
    plainly = len(sure) == len(pieces) and all(p.confidence >= _PLAINLY for p in sure)
    return list(found.values()) if len(found) > 1 and (plainly or _torn(whole, found, least)) else []


def _in_turn(found: Sequence[Part], knowledge: Knowledge) -> Iterator[Part]:
    """The parts as they are meant one after another: 退役军人就业率多少 还有培训多少人."""
    before: Part | None = None
    for part in found:
        if before is not None and isinstance(before.about, Service):
            leaning = leaning_of(part.text, before.text, before.about, knowledge)
            part = part._replace(about=kindred(leaning) or part.about)
        yield part
        before = part


def _part(piece: str, knowledge: Knowledge, kinds: tuple[str, ...] = ("service",)) -> Part | None:
    """What a piece asks, where it is surely about a service, or another of these kinds."""
    parsed = parse(piece, knowledge.topics.lexicon)
    judgement = judge(parsed, knowledge.topics, knowledge.confidence)
    kind, _, name = judgement.best.partition("/")
    limits = knowledge.confidence
    sure = chance(judgement.evidence, limits.pieces) if limits.pieces else judgement.confidence
    if kind not in kinds or sure < limits.several_from:
        return None
    asked = question_kind(find_cues(parsed.text, knowledge.cues))
    lookup = knowledge.lookup
    about = lookup.services[name] if kind == "service" else lookup.signposts[name]
    return Part(about, asked, parsed.text, sure)


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
