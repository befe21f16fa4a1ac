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
from bot.conversation.pauses import cut, cut_at
from bot.conversation.people import set_apart
from bot.matching.features import Parsed, parse
from bot.matching.matcher import chance, judge, said, zone
from bot.text.normalise import folded, visible

MOST_PARTS = 3
_ASKS = re.compile(
    r"[吗么嘛伐呢啥怎哪几谁咋何]|多少|没有|(.)不\1|how|wh(?:at|ere|en|o|ich)|^ ?(?:is|are|do|does|can|will)\b"
    r"|\b(?:ma|ne|fa|ji|sha|shei|na)\b|duo ?shao|zen ?me|shen ?me|na ?li|you mei you|\b(\w+) bu \2\b"
)
_MOST_FEATURES = 125
_LIGHT = 1.0
_FAR_AHEAD = 1.5
_PLAINLY = 0.9


class Part(NamedTuple):
    """One question of several: what it is about, what kind is asked, its words, a confidence."""

    about: Service | Signpost
    kind: str
    text: str
    confidence: float


class Piece(NamedTuple):
    """Words of a message, and what they say for each intent: by themselves, and in the light of the whole.

    Both are −∞ for what is no service, the latter for what the whole says too little for.
    """

    parsed: Parsed
    kind: str
    asks: bool
    alone: NDArray[np.float64]
    together: NDArray[np.float64]


class Reading(NamedTuple):
    """One way to read a message as several questions, the services (numbers of intents) that they are about,
    and what speaks for it and against.
    """

    pieces: tuple[Piece, ...]
    services: tuple[int, ...]
    evidence: dict[str, float]


def parts(message: str, parsed: Parsed, knowledge: Knowledge) -> list[Part]:
    """The questions of a message that asks more than one; empty where it asks one."""
    if len(parsed.plain) > _MOST_FEATURES:  # a story: what it mentions in passing is not asked
        return []
    limits = knowledge.confidence
    found = readings(message, parsed, knowledge) if limits.pieces else ()
    weighed = ((chance(reading.evidence, limits.pieces), reading) for reading in found)
    sure, read = max(weighed, key=lambda pair: pair[0], default=(0.0, None))
    if read is None or sure < limits.several_from:
        return _beside(folded(visible(message)), knowledge)
    asked = zip(read.services, _kinds(read.pieces), read.pieces, strict=True)
    return [Part(_service(s, knowledge), kind, piece.parsed.text, sure) for s, kind, piece in asked]


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
    found = {(a, b): _piece(pieces[a:b], pieces[:a], share, knowledge) for a, b in spans}
    for count in range(1, MOST_PARTS):
        for cuts in itertools.combinations(ends, count):
            read = tuple(found[span] for span in itertools.pairwise((0, *cuts, len(pieces))))
            if services := _services(read):
                passed = [pauses[end - 1] for end in ends if end not in cuts]
                yield Reading(read, services, _evidence(read, services, best, share, passed))


def _whole(parsed: Parsed, knowledge: Knowledge) -> tuple[float, NDArray[np.float64]]:
    """The best intent's score for the whole, and each service's share of it; −∞ for what is no service or
    too little is said for."""
    found = said(parsed, knowledge.topics)
    best = float(found.max())
    share = found / best if best > 0 else np.zeros(len(found))
    near = knowledge.is_service & (share >= knowledge.confidence.several_share)
    return best, np.where(near, share, -np.inf)


def _piece(
    words: Sequence[str], before: Sequence[str], share: NDArray[np.float64], knowledge: Knowledge
) -> Piece:
    """What a piece says; where it names nobody, it may be about whoever was named last before it."""
    text = " ".join(words)
    parsed = parse(text, knowledge.topics.lexicon)
    alone = _services_meant(parsed, knowledge)
    who, _ = set_apart(" ".join(before), knowledge.people)
    if who and not set_apart(text, knowledge.people)[0]:
        about_them = parse(f"{who[-1]} {text}", knowledge.topics.lexicon)
        alone = np.maximum(alone, _services_meant(about_them, knowledge))
    kind = question_kind(find_cues(parsed.text, knowledge.cues))
    asks = kind != "policy" or _ASKS.search(text) is not None
    return Piece(parsed, kind, asks, alone, alone + _LIGHT * share)


def _services_meant(parsed: Parsed, knowledge: Knowledge) -> NDArray[np.float64]:
    """What a text says for each intent, −∞ for what is no service."""
    return np.where(knowledge.is_service, said(parsed, knowledge.topics), -np.inf)


def _services(pieces: Sequence[Piece]) -> tuple[int, ...]:
    """The service that each piece means, no two the same: together those that are spoken for most."""
    best = tuple(int(piece.together.argmax()) for piece in pieces)
    if len(set(best)) == len(best):
        return best
    likely = (np.argsort(-piece.together)[: len(pieces)].tolist() for piece in pieces)
    apart = [read for read in itertools.product(*likely) if len(set(read)) == len(read)]
    sums = [sum(float(p.together[s]) for p, s in zip(pieces, read, strict=True)) for read in apart]
    return apart[sums.index(max(sums))] if max(sums) > -math.inf else ()


def _evidence(
    pieces: Sequence[Piece],
    services: Sequence[int],
    best: float,
    share: NDArray[np.float64],
    passed: Sequence[str],
) -> dict[str, float]:
    leads = [_lead(piece, service) for piece, service in zip(pieces, services, strict=True)]
    told = [p for p, later in itertools.pairwise(pieces) if not p.asks and later.asks]
    return {
        "lead": min(leads),
        "lead_on_average": sum(leads) / len(leads),
        "share": min(float(share[service]) for service in services),
        "whole": min(best, 2.0),
        "pauses_passed": float(passed.count("pause")),
        "told_before": math.log1p(max((len(p.parsed.text) for p in told), default=0)),
        "unasked": sum(not piece.asks for piece in pieces) / len(pieces),
        "third": float(len(pieces) > 2),
    }


def _lead(piece: Piece, service: int) -> float:
    """By how much a piece alone speaks for a service more than for any other."""
    others = piece.alone.copy()
    others[service] = -np.inf
    return min(float(piece.alone[service] - others.max()), _FAR_AHEAD)


def _kinds(pieces: Sequence[Piece]) -> list[str]:
    """What is asked of each; of what is only listed, what is asked at the end: 托班和幼儿园各要多少钱."""
    kinds: list[str] = []
    for piece in reversed(pieces):
        kinds.append(piece.kind if piece.asks or not kinds else kinds[-1])
    return kinds[::-1]


def _service(number: int, knowledge: Knowledge) -> Service:
    _, _, name = knowledge.topics.intents[number].partition("/")
    return knowledge.lookup.services[name]


def _beside(text: str, knowledge: Knowledge) -> list[Part]:
    """Questions of which some are outside the plan, where each is plainly a question of its own."""
    for weakest in ("stop", "pause"):
        pieces, _ = cut_at(text, weakest)
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
