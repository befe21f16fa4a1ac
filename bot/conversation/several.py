"""Several questions in one message: each way to cut it at its pauses is weighed, and the likeliest taken."""

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.catalogue.model import Service, Signpost
from bot.conversation.cases import kind_about
from bot.conversation.kinds import find_cues
from bot.conversation.knowledge import Knowledge
from bot.conversation.leaning import leaning_of
from bot.conversation.pauses import cut_message
from bot.conversation.pieces import Piece, runs
from bot.conversation.understanding import Understood
from bot.conversation.unmarked import likely_cuts
from bot.matching.matcher import Judgement, chance
from bot.text.normalise import normalise

MOST_PARTS = 3
_MOST_FEATURES = 400  # of a message that is read as several questions, some 110 characters
_USUAL = 90  # features of a message, some 25 characters; a longer one is often a story with one question
_LONGEST = 4.5  # times as long: beyond this its length says no more
_LEAST_NAMED = 2  # characters beside cue words: fewer name nothing
_BRIEF = 14  # characters of a part that may only ask more about the part before it
_SURELY_MORE = 0.75  # chance from which a part is about the service before it, though it seems about another
_FAR_AHEAD = 1.5  # a score or lead beyond this says no more
_MOST_LIKELY, _LIKELY = 3, 0.6  # how many things a piece may mean, and how far behind the likeliest
_WANTED, _WANTED_ON_AVERAGE = "wanted", "wanted_on_average"


class Part(NamedTuple):
    """One question of several: what it is about, what kind is asked, its words, a confidence."""

    about: Service | Signpost
    kind: str
    text: str
    confidence: float


class Reading(NamedTuple):
    """One way to read a message as several questions: what each is about (`meant`, numbers of intents), how
    much the whole message speaks for it (`backed`, a share of what it speaks for most), and what `speaks` for
    and against reading it so, but for how far its pieces are wanted.
    """

    pieces: tuple[Piece, ...]
    meant: tuple[int, ...]
    backed: tuple[float, ...]
    speaks: dict[str, float]

    @property
    def evidence(self) -> dict[str, float]:
        """All that speaks for and against reading it so."""
        wanted = [piece.wanted for piece in self.pieces]
        return self.speaks | {_WANTED: min(wanted), _WANTED_ON_AVERAGE: sum(wanted) / len(wanted)}

    def at_most(self, weights: Mapping[str, float]) -> float:
        """Its chance (0–1) if its pieces were wanted as may make it likeliest: soon found out."""
        best = {name: math.copysign(1.0, weights.get(name, 0.0)) for name in (_WANTED, _WANTED_ON_AVERAGE)}
        return chance(self.speaks | best, weights)


class Likeliest(NamedTuple):
    """The likeliest reading of a message as several questions, its chance (0–1), and the least with which it
    is taken.
    """

    sure: float
    reading: Reading
    least: float


class View(NamedTuple):
    """The scores of a message's runs where only some intents may be meant; −∞ for the other intents.

    `alone`: of each run by itself (runs × intents); `two_best`: the two highest of each row, ascending.
    `whole`: of the whole message, as shares of its best (intents); `whole_best`: numbers of the intents with
    the highest, highest first. `likely`: for each run, the intents highest in both added up.
    """

    alone: NDArray[np.float64]
    whole: NDArray[np.float64]
    two_best: list[list[float]]
    whole_best: list[int]
    likely: list[list[int]]


def likeliest(message: str, whole: Understood, knowledge: Knowledge) -> Likeliest | None:
    """The likeliest way to read a message as several questions; None where none is at all likely."""
    limits = knowledge.confidence
    texts, pauses = cut_message(message)
    if len(texts) > 1:
        weights, least = limits.pieces, limits.several_from
        found = readings(texts, pauses, whole, knowledge)
    else:
        weights, least = limits.unmarked, limits.unmarked_from
        found = unmarked_readings(whole, knowledge)
    read = list(found) if weights else []
    matters = min(least, limits.several_offered_from)
    if all(reading.at_most(weights) < matters for reading in read):
        return None
    weighed = (Likeliest(chance(reading.evidence, weights), reading, least) for reading in read)
    return max(weighed, key=lambda likely: likely.sure)


def parts(found: Likeliest | None, knowledge: Knowledge) -> list[Part]:
    """The questions of a message that asks more than one; empty where it asks one.

    In the order in which they were asked; where something is only told beside them, which may be no more than
    what goes with the rest, what the whole message speaks for most comes first.
    """
    if found is None or found.sure < found.least:
        return []
    read = found.reading
    asked = zip(read.meant, _kinds(read.pieces), read.pieces, strict=True)
    parts = [
        _part(_about(number, knowledge), kind, p.text, found.sure, knowledge) for number, kind, p in asked
    ]
    if _goes_on(parts, knowledge):
        return []
    if not _tells_beside(read.pieces, knowledge):
        return parts
    backed = sorted(zip(read.backed, parts, strict=True), key=lambda pair: -pair[0])
    return [part for _, part in backed]


def _tells_beside(pieces: Sequence[Piece], knowledge: Knowledge) -> bool:
    """Whether some tell something, and do not only name it, beside others that ask, and not of all."""
    told = any(not piece.asks and not knowledge.is_name(piece.text) for piece in pieces)
    return told and any(piece.asks for piece in pieces) and not pieces[-1].of_all


def also_meant(found: Likeliest | None, told: Service, knowledge: Knowledge) -> Service | None:
    """What a message may ask about beside the service it was answered with; None where that is unlikely."""
    if found is None or not knowledge.confidence.several_offered_from <= found.sure < found.least:
        return None
    meant = [_about(number, knowledge) for number in found.reading.meant]
    others = [about for about in meant if isinstance(about, Service) and about != told]
    return others[0] if told in meant and others else None


def _part(about: Service | Signpost, kind: str, text: str, sure: float, knowledge: Knowledge) -> Part:
    if isinstance(about, Service):
        kind = kind_about(about, kind, text, knowledge)
    return Part(about, kind, text, sure)


def readings(
    texts: list[str], pauses: list[str], understood: Understood, knowledge: Knowledge
) -> Iterator[Reading]:
    """Every way to read a message that is cut at its pauses as questions that the whole speaks for: about
    services, or also about what is known to be outside the plan.
    """
    texts, pauses = _asked_of_all(texts, pauses, knowledge)
    if len(texts) < 2 or len(understood.parsed.plain) > _MOST_FEATURES:
        return
    whole = _whole(understood.judgement, knowledge)
    if np.count_nonzero(np.isfinite(whole)) < 2:
        return
    found = runs(texts, knowledge, understood.mistyped)
    views = [_view(found.said, whole, knowledge.is_service)]
    if (np.isfinite(whole) & ~knowledge.is_service).any():
        views.append(_view(found.said, whole, knowledge.is_topic))
    for ends in _ways(len(texts)):
        pieces = tuple(found.pieces[run] for run in itertools.pairwise((0, *ends, len(texts))))
        of_message = {
            "also": float(any(pauses[end - 1] == "also" for end in ends)),
            "long": math.log(min(max(len(understood.parsed.plain) / _USUAL, 1.0), _LONGEST)),
            "whole_lead": understood.judgement.evidence["lead"],
        }
        for reading in _read(pieces, views, knowledge):
            yield reading._replace(speaks=reading.speaks | of_message)


def unmarked_readings(understood: Understood, knowledge: Knowledge) -> Iterator[Reading]:
    """The likeliest ways to read a message without a pause as two questions about services."""
    if not understood.judgement.candidates:
        return
    whole = np.where(knowledge.is_service, _whole(understood.judgement, knowledge), -np.inf)
    for parts in likely_cuts(understood, whole, knowledge):
        found = runs(parts, knowledge, understood.mistyped)
        pieces = (found.pieces[0, 1], found.pieces[1, 2])
        lead = {"whole_lead": understood.judgement.evidence["lead"]}
        for reading in _read(pieces, [_view(found.said, whole, knowledge.is_service)], knowledge):
            yield reading._replace(speaks=reading.speaks | lead)


def _asked_of_all(texts: list[str], pauses: list[str], knowledge: Knowledge) -> tuple[list[str], list[str]]:
    """The pieces of a message and its pauses; a last one that only asks (怎么弄) goes with the one before."""
    if len(texts) > 2 and len(find_cues(normalise(texts[-1]), knowledge.cues).rest) < _LEAST_NAMED:
        return [*texts[:-2], f"{texts[-2]}, {texts[-1]}"], pauses[:-1]
    return texts, pauses


def _read(pieces: tuple[Piece, ...], views: Sequence[View], knowledge: Knowledge) -> Iterator[Reading]:
    """All that pieces may mean together; what several views read alike is weighed in the first of them."""
    seen = {meant: other for other in reversed(views) for meant in _meant(pieces, other)}
    for meant, view in seen.items():
        outside = [not knowledge.is_service[number] for number in meant]
        if not all(outside):
            backed = tuple(view.whole[list(meant)].tolist())
            speaks = _evidence(pieces, meant, backed, view) | {"outside": float(any(outside))}
            yield Reading(pieces, meant, backed, speaks)


def _ways(count: int) -> Iterator[tuple[int, ...]]:
    """Before which pieces of so many a new question may begin."""
    for parts in range(2, MOST_PARTS + 1):
        yield from itertools.combinations(range(1, count), parts - 1)


def _whole(judgement: Judgement, knowledge: Knowledge) -> NDArray[np.float64]:
    """The score of a whole message for each topic, as a share of its best score; −∞ for an intent that is no
    topic or has too small a share.
    """
    best = judgement.scores.max()
    share = judgement.scores / best if best > 0 else np.zeros(len(judgement.scores))
    near = knowledge.is_topic & (share >= knowledge.confidence.several_share)
    return np.where(near, share, -np.inf)


def _view(said: NDArray[np.float64], whole: NDArray[np.float64], intents: NDArray[np.bool_]) -> View:
    alone = np.where(intents, said, -np.inf)
    of_these = np.where(intents, whole, -np.inf)
    two_best = np.partition(alone, -2)[:, -2:].tolist()
    near = np.flatnonzero(np.isfinite(of_these))
    places = near.tolist()
    likely = [_likely(row, places) for row in (alone[:, near] + of_these[near]).tolist()]
    return View(
        alone, of_these, two_best, near[np.argsort(-of_these[near])][: MOST_PARTS + 1].tolist(), likely
    )


def _likely(together: Sequence[float], places: Sequence[int]) -> list[int]:
    """The places with the highest of some values, and those not far behind."""
    highest = sorted(zip(together, places, strict=True), reverse=True)[:_MOST_LIKELY]
    return [place for value, place in highest if value > highest[0][0] - _LIKELY]


def _meant(pieces: Sequence[Piece], view: View) -> Iterator[tuple[int, ...]]:
    """What the pieces may mean, no two the same."""
    likely = [view.likely[piece.row] for piece in pieces]
    return (meant for meant in itertools.product(*likely) if len(set(meant)) == len(meant))


def _evidence(
    pieces: Sequence[Piece], meant: Sequence[int], backed: Sequence[float], view: View
) -> dict[str, float]:
    """What speaks for these pieces to be questions about these intents, and against."""
    rows = [piece.row for piece in pieces]
    alone = view.alone.take(rows, 0)
    said = alone.take(meant, 1).tolist()
    support = [row[place] for place, row in enumerate(said)]
    leads = [_lead(own, view.two_best[row]) for own, row in zip(support, rows, strict=True)]
    other = next((float(view.whole[number]) for number in view.whole_best if number not in meant), 0.0)
    return {
        "backed": min(backed),
        "backed_before_others": sum(backed) / len(backed) - max(other, 0.0),
        "gain": sum(support) - float(alone.sum(axis=0).max()),
        "lead_on_average": sum(leads) / len(leads),
        "of_others": max(
            row[place] for own, row in enumerate(said) for place in range(len(row)) if place != own
        ),
        "support": min(*support, _FAR_AHEAD),
    } | _told(pieces)


def _told(pieces: Sequence[Piece]) -> dict[str, float]:
    """How long the pieces are; how far they ask or tell of a need, or only tell, as a story does."""
    needed = [len(p.text) for p, later in itertools.pairwise(pieces) if p.needs and later.asks and not p.asks]
    only_told = [len(p.text) for p in pieces[:-1] if not p.asks and not p.needs]
    return {
        "more": _share(piece.more for piece in pieces[1:]),
        "needed_before": math.log1p(max(needed, default=0)),
        "of_all": float(pieces[-1].of_all),
        "only_told": _share(not piece.asks and not piece.needs for piece in pieces),
        "only_told_before": math.log1p(max(only_told, default=0)),
        "shortest": math.log(min(len(p.text) for p in pieces)),
        "unasked": _share(not piece.asks for piece in pieces),
    }


def _share(holds: Iterable[bool]) -> float:
    found = list(holds)
    return sum(found) / len(found)


def _lead(own: float, most: Sequence[float]) -> float:
    """By how much a piece alone scores higher for one intent than for any other."""
    second, first = most
    return min(own - (first if own < first else second), _FAR_AHEAD)


def _kinds(pieces: Sequence[Piece]) -> list[str]:
    """What is asked of each; of what is only listed, what is asked at the end: 托班和幼儿园各要多少钱."""
    kinds: list[str] = []
    for piece in reversed(pieces):
        kinds.append(piece.kind if piece.asks or not kinds else kinds[-1])
    return kinds[::-1]


def _about(number: int, knowledge: Knowledge) -> Service | Signpost:
    kind, _, name = knowledge.topics.intents[number].partition("/")
    lookup = knowledge.lookup
    return lookup.services[name] if kind == "service" else lookup.signposts[name]


def _goes_on(parts: Sequence[Part], knowledge: Knowledge) -> bool:
    """Whether a part only asks more about the service before it: 要带身份证吗, 目标是百分之多少."""
    if knowledge.leaning is None:
        return False
    least = {
        Service: max(_SURELY_MORE, parts[0].confidence),
        Signpost: knowledge.confidence.follow_from,
    }
    return any(
        leaning_of(other.text, one.text, (one.about,), knowledge).goes_on >= least[type(other.about)]
        for one, other in itertools.pairwise(parts)
        if isinstance(one.about, Service) and len(other.text) <= _BRIEF
    )
