"""Several questions in one message: each way to cut it at its pauses is weighed, and the likeliest taken."""

import itertools
import math
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.catalogue.model import Service, Signpost
from bot.conversation.kinds import find_cues, question_kind
from bot.conversation.knowledge import Knowledge
from bot.conversation.leaning import evidence, leaning_of
from bot.matching.features import Parsed, parse
from bot.matching.matcher import chance, judge, scores, zone
from bot.text.normalise import folded, normalise, visible

MOST_PARTS = 3
_SPACE = r"(?<![a-z])\s+|\s+(?![a-z])"  # words of English and pinyin stay together
_PAUSE = re.compile(
    r"(?P<stop>[?？;；。!！\n]+|另外|还有(?!没有)|顺便|再问|其次|对了|\balso\b|\bhaiyou\b|\blingwai\b)"
    rf"|(?P<pause>[,，、/+]+|以及|同时|然后|一个问|一个是|[一二三]是|\band\b|{_SPACE})"
    r"|(?P<joint>[和与及又]|跟(?![着上前])|还[想要])"
)
_STRENGTH = ("joint", "pause", "stop")
_ASKS = re.compile(
    r"[吗么嘛伐呢啥怎哪几谁咋何]|多少|没有|(.)不\1|how|wh(?:at|ere|en|o|ich)|^ ?(?:is|are|do|does|can|will)\b"
    r"|\bma\b|duoshao|zenme|shenme|nali"
)
_LEAST_LETTERS = 2
_MOST_FEATURES = 110
_MOST_PIECES = 5
_LIGHT = 0.25
_FAR_AHEAD = 1.5
_PLAINLY = 0.9


class Part(NamedTuple):
    """One question of several: what it is about, what kind is asked, its words, a confidence."""

    about: Service | Signpost
    kind: str
    text: str
    confidence: float


class Piece(NamedTuple):
    """Words of a message, and the service (its intent's number) that they mean in the light of the whole.

    `lead`: by how much they speak for it more than for any other; `share`: how much of what the whole says
    for its best intent it says for this.
    """

    parsed: Parsed
    kind: str
    asks: bool
    service: int
    lead: float
    share: float


class Reading(NamedTuple):
    """One way to read a message as several questions, and what speaks for it and against."""

    pieces: tuple[Piece, ...]
    evidence: dict[str, float]


def parts(message: str, parsed: Parsed, knowledge: Knowledge) -> list[Part]:
    """The questions of a message that asks more than one; empty where it asks one."""
    if len(parsed.plain) > _MOST_FEATURES:  # a story: what it mentions in passing is not asked
        return []
    limits = knowledge.confidence
    found = readings(message, parsed, knowledge) if limits.pieces else ()
    sure, read = max(
        ((chance(r.evidence, limits.pieces), r.pieces) for r in found),
        key=lambda pair: pair[0],
        default=(0.0, ()),
    )
    if sure < limits.several_from:
        return _beside(folded(visible(message)), knowledge)
    return [Part(_service(piece, knowledge), piece.kind, piece.parsed.text, sure) for piece in read]


def readings(message: str, parsed: Parsed, knowledge: Knowledge) -> Iterator[Reading]:
    """Every way to read a message as questions about services that the whole speaks for."""
    pieces, pauses = cut(folded(visible(message)))
    if len(pieces) < 2:
        return
    best, share = _whole(parsed, knowledge)
    if np.count_nonzero(np.isfinite(share)) < 2:
        return
    ends = range(1, len(pieces))
    spans = [(a, b) for a, b in itertools.combinations((0, *ends, len(pieces)), 2) if b - a < len(pieces)]
    found = {(a, b): _piece(" ".join(pieces[a:b]), share, knowledge) for a, b in spans}
    for count in range(1, MOST_PARTS):
        for cuts in itertools.combinations(ends, count):
            read = tuple(found[span] for span in itertools.pairwise((0, *cuts, len(pieces))))
            if len({piece.service for piece in read}) == len(read):
                passed = [pauses[end - 1] for end in ends if end not in cuts]
                yield Reading(read, _evidence(read, best, passed))


def cut(text: str) -> tuple[list[str], list[str]]:
    """Folded text between its pauses, and how strong each pause is; of too many, the weakest are none."""
    found = list(_PAUSE.finditer(text))
    for weakest, _ in enumerate(_STRENGTH):
        pieces, pauses = _between(text, [m for m in found if _strength(m) >= weakest])
        if len(pieces) <= _MOST_PIECES:
            return pieces, pauses
    return [text], []


def _strength(pause: re.Match[str]) -> int:
    return _STRENGTH.index(pause.lastgroup or "")


def _between(text: str, pauses: Sequence[re.Match[str]]) -> tuple[list[str], list[str]]:
    """The pieces between pauses, without what is too short to ask anything, and the pauses between them."""
    pieces: list[str] = []
    kinds: list[str] = []
    start, strongest = 0, 0
    for pause in (*pauses, None):
        piece = text[start : pause.start() if pause else None]
        if len(normalise(piece)) >= _LEAST_LETTERS:
            kinds += [_STRENGTH[strongest]] if pieces else []
            pieces.append(piece)
            strongest = 0
        if pause:
            start, strongest = pause.end(), max(strongest, _strength(pause))
    return pieces, kinds


def _whole(parsed: Parsed, knowledge: Knowledge) -> tuple[float, NDArray[np.float64]]:
    """The best intent's score for the whole, and each service's share of it; −∞ for what is no service or
    too little is said for."""
    index = knowledge.topics
    vector = index.vector(parsed.features)
    found = scores(vector, index)
    best = float(found.max())
    share = found / best if best > 0 else np.zeros(len(found))
    near = knowledge.is_service & (share >= knowledge.confidence.several_share)
    return best, np.where(near, share, -np.inf)


def _piece(text: str, share: NDArray[np.float64], knowledge: Knowledge) -> Piece:
    parsed = parse(text, knowledge.topics.lexicon)
    vector = knowledge.topics.vector(parsed.features)
    own = scores(vector, knowledge.topics)
    meant = int((own + _LIGHT * share).argmax())
    others = np.where(knowledge.is_service, own, -np.inf)
    others[meant] = -np.inf
    lead = float(own[meant] - others.max())
    kind = question_kind(find_cues(parsed.text, knowledge.cues))
    asks = kind != "policy" or _ASKS.search(text) is not None
    return Piece(parsed, kind, asks, meant, lead, float(share[meant]))


def _evidence(pieces: Sequence[Piece], best: float, passed: Sequence[str]) -> dict[str, float]:
    leads = [min(piece.lead, _FAR_AHEAD) for piece in pieces]
    told = [p for p, later in itertools.pairwise(pieces) if not p.asks and later.asks]
    return {
        "lead": min(leads),
        "lead_on_average": sum(leads) / len(leads),
        "share": min(piece.share for piece in pieces),
        "whole": min(best, 2.0),
        "pauses_passed": float(passed.count("pause")),
        "told_before": math.log1p(max((len(p.parsed.text) for p in told), default=0)),
        "unasked": sum(not piece.asks for piece in pieces) / len(pieces),
        "third": float(len(pieces) > 2),
    }


def _service(piece: Piece, knowledge: Knowledge) -> Service:
    _, _, name = knowledge.topics.intents[piece.service].partition("/")
    return knowledge.lookup.services[name]


def _beside(text: str, knowledge: Knowledge) -> list[Part]:
    """Questions of which some are outside the plan, where each is plainly a question of its own."""
    found = list(_PAUSE.finditer(text))
    for weakest in ("stop", "pause"):
        pieces, _ = _between(text, [m for m in found if _strength(m) >= _STRENGTH.index(weakest)])
        if not 2 <= len(pieces) <= MOST_PARTS:
            continue
        alone = [part for piece in pieces if (part := _alone(piece, knowledge))]
        services = [part.about for part in alone if isinstance(part.about, Service)]
        asked = weakest == "stop" or all(p.kind != "policy" and p.confidence >= _PLAINLY for p in alone)
        apart = len({p.about.id for p in alone}) == len(pieces) > len(services) > 0
        if asked and apart and not _goes_on(pieces, services[0], knowledge):
            return alone
    return []


def _alone(piece: str, knowledge: Knowledge) -> Part | None:
    """What a piece asks by itself, where that is surely a service or known to be outside the plan."""
    parsed = parse(piece, knowledge.topics.lexicon)
    judgement = judge(parsed, knowledge.topics, knowledge.confidence)
    kind, _, name = judgement.best.partition("/")
    if kind not in ("service", "signpost") or zone(judgement.confidence, knowledge.confidence) != "answer":
        return None
    lookup = knowledge.lookup
    about = lookup.services[name] if kind == "service" else lookup.signposts[name]
    asked = question_kind(find_cues(parsed.text, knowledge.cues))
    return Part(about, asked, parsed.text, judgement.confidence)


def _goes_on(pieces: Sequence[str], topic: Service, knowledge: Knowledge) -> bool:
    """Whether some piece only asks more about the service of another: 要带身份证吗."""
    if knowledge.leaning is None:
        return False
    later = (leaning_of(piece, pieces[0], topic, knowledge) for piece in pieces[1:])
    limits = knowledge.confidence
    return any(chance(evidence(leaning), limits.leaning) >= limits.follow_from for leaning in later)
