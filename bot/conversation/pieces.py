"""The scores of every run of neighbouring pieces of a message: each piece is read once, all runs at once."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.conversation.kinds import Cued, cut_at_cues, find_cues, question_kind
from bot.conversation.knowledge import BACKGROUND, WANTED, Knowledge
from bot.conversation.pauses import asks
from bot.conversation.people import set_apart
from bot.conversation.understanding import part
from bot.matching.features import Parsed, parse, seam
from bot.matching.index import Index
from bot.matching.matcher import said_of_each

Run = tuple[int, int]
"""Pieces from the first number to before the second."""
Units = tuple[int, ...]
"""The numbers of what a run is made of: its pieces and the seams between them."""


@dataclass(frozen=True)
class Wanting:
    """How much more each run tells what somebody wants than what only goes with it (−1 to 1; 0 where nobody
    knows): found out when it is first asked for.
    """

    runs: Sequence[Units]
    units: Sequence[list[str]]
    index: Index | None

    @cached_property
    def of_each(self) -> list[float]:
        """By the row of each run."""
        if self.index is None:
            return [0.0] * len(self.runs)
        said = said_of_each(self.runs, self.units, self.index)
        ahead = said[:, self.index.numbers[WANTED]] - said[:, self.index.numbers[BACKGROUND]]
        wanted: list[float] = np.clip(ahead, -1.0, 1.0).tolist()
        return wanted


class Piece(NamedTuple):
    """Words of a message, what kind of question they are, and their row in `said`.

    `asks`: whether they ask. `needs`: whether they tell what somebody needs. `more`: whether they begin as
    one thing more (也, 还). `of_all`: whether they speak of all that was told (都, 这几样).
    """

    text: str
    kind: str
    row: int
    asks: bool
    needs: bool
    more: bool
    of_all: bool
    wanting: Wanting

    @property
    def wanted(self) -> float:
        """How much more they tell what somebody wants than what only goes with it."""
        return self.wanting.of_each[self.row]


class Runs(NamedTuple):
    """Every run of a message's pieces but the whole message, and their scores (`said`, runs × intents)."""

    pieces: Mapping[Run, Piece]
    said: NDArray[np.float64]


class _Words(NamedTuple):
    """One piece: its features, the cues in it, whether it looks like a question, what it tells of (as in
    `telling`), what it begins with of this, the people named in it.
    """

    parsed: Parsed
    shown: frozenset[str]
    asks: bool
    tells: frozenset[str]
    begins: frozenset[str]
    people: list[str]


def runs(texts: Sequence[str], knowledge: Knowledge, mistyped: bool = False) -> Runs:
    """The scores of every run of pieces; one that names nobody may be about whoever was named before it."""
    words = [_words(text, part(text, mistyped, knowledge), knowledge) for text in texts]
    ends = itertools.combinations(range(len(words) + 1), 2)
    found = [(start, end) for start, end in ends if end - start < len(words)]
    units, alone = laid_out([w.parsed for w in words], found)
    wanting = Wanting(alone, units, knowledge.wanting)
    pieces = {run: _piece(words[slice(*run)], row, wanting) for row, run in enumerate(found)}
    return Runs(pieces, _said(found, alone, units, words, knowledge))


def laid_out(parsed: Sequence[Parsed], runs: Sequence[Run]) -> tuple[list[list[str]], list[Units]]:
    """The features of each part of a text, then of the seams between them; and what each run is made of."""
    units = [p.features for p in parsed] + [seam(one, other) for one, other in itertools.pairwise(parsed)]
    inner = len(parsed)
    return units, [(*range(start, end), *range(inner + start, inner + end - 1)) for start, end in runs]


def _said(
    found: Sequence[Run],
    alone: Sequence[Units],
    units: Sequence[list[str]],
    words: Sequence[_Words],
    knowledge: Knowledge,
) -> NDArray[np.float64]:
    """The scores of each run by itself or, where higher, with the people named before it."""
    lexicon, of_whom = knowledge.topics.lexicon, len(units)
    named = [
        parse(who, lexicon) if (who := _named_before(words, start)) else None for start in range(len(words))
    ]
    units = [
        *units,
        *([*who.features, *seam(who, w.parsed)] if who else [] for who, w in zip(named, words, strict=True)),
    ]
    about = [
        (row, (*alone[row], of_whom + start))
        for row, (start, end) in enumerate(found)
        if named[start] and not any(w.people for w in words[start:end])
    ]
    said = said_of_each([*alone, *(text for _, text in about)], units, knowledge.topics)
    own, of_them = said[: len(found)], said[len(found) :]
    rows = [row for row, _ in about]
    own[rows] = np.maximum(own[rows], of_them)
    return own


def _words(text: str, parsed: Parsed, knowledge: Knowledge) -> _Words:
    shown = find_cues(parsed.text, knowledge.cues).shown
    telling = [found for _, found in cut_at_cues(parsed.text, knowledge.telling)]
    tells, begins = frozenset().union(*telling), next(iter(telling), frozenset())
    return _Words(parsed, shown, asks(text), tells, begins, set_apart(text, knowledge.people)[0])


def _piece(words: Sequence[_Words], row: int, wanting: Wanting) -> Piece:
    kind = question_kind(Cued(frozenset().union(*(w.shown for w in words)), ""))
    asks = kind != "policy" or any(w.asks for w in words)
    tells = frozenset().union(*(w.tells for w in words))
    text = " ".join(w.parsed.text for w in words)
    return Piece(text, kind, row, asks, "need" in tells, "also" in words[0].begins, "all" in tells, wanting)


def _named_before(words: Sequence[_Words], start: int) -> str:
    """Who was named last before a piece."""
    return next((w.people[-1] for w in reversed(words[:start]) if w.people), "")
