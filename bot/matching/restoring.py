"""What was meant to be typed: with a letter that was left out, one for another that sounds the same, one that
stands twice but once, two words changed about.

A noisy channel (Kernighan, Church and Gale, COLING 1990): a slip is looked for where letters follow each
other as they seldom do, and what makes the text likelier may have been meant.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, pairwise
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from bot.matching.letters import AROUND, Codes, Letters
from bot.text.cut import starts_of
from bot.text.pinyin import reading

_PLACES = 6  # the unlikeliest places of a text, where a slip is looked for
_MOST = 12  # letters put in, left out or changed, some of which may make the same text
# By how much seldomer than that one is left out, as logarithms, a letter is mistyped, or a word misplaced.
_MISTYPED, _MISPLACED = 3.0, 1.0
_IN_A_WORD = 3.0  # and by how much seldomer anything is amiss within what is a word as it stands
_LEAST = -2.0  # what makes a text so much unlikelier was not meant
_FARTHEST = 3.0  # nor what is so much less likely than the likeliest

_NONE: Codes = np.zeros(0, np.int64)
Spelt = TypeVar("Spelt", str, list[int])


class Meant(NamedTuple):
    """A text that may have been meant, how much likelier it is than what was typed, as a logarithm, and where
    what is otherwise in it begins and ends in what was typed.
    """

    likelier: float
    text: str
    start: int
    end: int


def near(found: Sequence[Meant], most: int) -> list[Meant]:
    """Of what may have been meant, likeliest first, at most so many that are not far less likely."""
    return [one for one in found[:most] if one.likelier > found[0].likelier - _FARTHEST]


def beside(sure: Meant, others: Iterable[Meant], typed: str) -> list[Meant]:
    """What else may have been meant where one text surely was, but for a second slip: the changes that made
    the others of what was typed, where they are not near the first one.
    """
    return [both for other in others if (both := _both(sure, other, typed))]


def _both(one: Meant, other: Meant, typed: str) -> Meant | None:
    """A text with the changes that made two of what was typed; None where they touch the same letters."""
    first, second = sorted((one, other), key=lambda made: made.end)
    if first.end + AROUND > second.start:
        return None
    longer = len(first.text) - len(typed)
    text = first.text[: second.start + longer] + second.text[second.start :]
    return Meant(other.likelier, text, other.start, other.end)


class _Typed(NamedTuple):
    """A text, its letters between ends, and how likely all before each place are together, as a logarithm.

    `inner`: for the place before each letter and behind the last, whether it is within a word.
    """

    text: str
    codes: Codes
    before: NDArray[np.float64]
    inner: NDArray[np.bool_]

    def behind(self, instead_of: int) -> NDArray[np.float64]:
        """For each place how likely so many letters there and the two that follow them are together."""
        return self.before[instead_of + AROUND :] - self.before[: -instead_of - AROUND]


class _Changes(NamedTuple):
    """Letters, each at a place instead of so many that stand there, and how likely those are."""

    places: Codes
    letters: Codes
    instead_of: int
    behind: NDArray[np.float64]


class Restorer:
    """Made of normalised phrasings."""

    def __init__(self, phrasings: Iterable[str]) -> None:
        self._letters = Letters(phrasings)
        self._alike = _alike(self._letters.letters)
        # The last number stands for every letter that was never seen.
        self._never = np.array([*(letter.isspace() for letter in self._letters.letters), True])

    def meant(self, text: str, words: Sequence[str]) -> list[Meant]:
        """What a normalised text, cut into words, may have been meant to be besides: likeliest first."""
        if not text:
            return []
        typed, moved = self._typed(text, words)
        changes = (self._completed(typed), self._mistyped(typed), _doubled(typed))
        best: dict[str, Meant] = {}
        for made in sorted(chain(moved, self._changed(typed, changes))):
            best[made.text] = made
        best.pop(text, None)
        return sorted((made for made in best.values() if made.likelier > _LEAST), reverse=True)

    def _typed(self, text: str, words: Sequence[str]) -> tuple[_Typed, Iterator[Meant]]:
        """A text as it was typed, and with two words changed about."""
        starts, letters = starts_of(text, words), self._letters.coded(text)
        swaps = list(_swaps(starts, words))
        codes = self._letters.between_ends([letters, *(_swapped(letters, swap) for swap in swaps)])
        likely = self._letters.likely(codes)
        whole = likely.sum(axis=0)
        moved = (
            Meant(likelier, _swapped(text, swap), swap[0], swap[-1])
            for likelier, swap in zip((whole[1:] - whole[0] - _MISPLACED).tolist(), swaps, strict=True)
        )
        before = np.concatenate(([0.0], likely[:, 0].cumsum()))
        return _Typed(text, codes[:, 0], before, _inner(starts, words)), moved

    def _completed(self, typed: _Typed) -> _Changes:
        """One letter more."""
        behind = typed.behind(0) + _IN_A_WORD * typed.inner
        places = _lowest(behind)
        gaps = places + AROUND
        gap, letters = self._letters.around(typed.codes[gaps - 1], typed.codes[gaps])
        return _Changes(places[gap], letters, 0, behind[places[gap]])

    def _mistyped(self, typed: _Typed) -> _Changes:
        """Another letter that sounds the same for one."""
        behind = typed.behind(1) + _MISTYPED + _IN_A_WORD * (typed.inner[:-1] | typed.inner[1:])
        likeliest = _lowest(behind).tolist()
        alike = [self._alike.get(reading(typed.text[place]), _NONE) for place in likeliest]
        places = np.repeat(likeliest, list(map(len, alike)))
        return _Changes(places, np.concatenate(alike), 1, behind[places])

    def _changed(self, typed: _Typed, changes: Sequence[_Changes]) -> Iterator[Meant]:
        """What the likeliest of some changes make of a text."""
        places, letters, behind = (
            np.concatenate(parts)
            for parts in zip(*((c.places, c.letters, c.behind) for c in changes), strict=True)
        )
        instead_of = np.repeat([c.instead_of for c in changes], [len(c.places) for c in changes])
        at = places + AROUND
        then = at + instead_of
        rows = np.stack(
            (*(typed.codes[at - n] for n in (2, 1)), letters, *(typed.codes[then + n] for n in (0, 1)))
        )
        gained = self._letters.likely(rows).sum(axis=0) - behind
        gained[self._never.take(letters)] = _LEAST
        best = np.argsort(-gained, kind="stable")[:_MOST]
        best = best[gained[best] > _LEAST]
        for likelier, start, letter, end in zip(
            *(found[best].tolist() for found in (gained, places, letters, places + instead_of)), strict=True
        ):
            made = typed.text[:start] + self._letters.letters[letter] + typed.text[end:]
            yield Meant(likelier, made, start, end)


def _swaps(starts: Sequence[int], words: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Where each of two neighbouring words begins and ends."""
    for (one, first), (two, second) in pairwise(zip(starts[:-1], words, strict=True)):
        yield one, one + len(first), two, two + len(second)


def _swapped(written: Spelt, swap: tuple[int, int, int, int]) -> Spelt:
    """A text, as letters or as numbers, with two words changed about."""
    one, after_one, two, after_two = swap
    begin, between, end = written[:one], written[after_one:two], written[after_two:]
    return begin + written[two:after_two] + between + written[one:after_one] + end


def _doubled(typed: _Typed) -> _Changes:
    """One letter for the same twice, but where a word has it twice."""
    twice = typed.codes[AROUND : -AROUND - 1] == typed.codes[AROUND + 1 : -AROUND]
    (places,) = np.nonzero(twice & ~typed.inner[1:-1])
    return _Changes(places, typed.codes[places + AROUND], 2, typed.behind(2)[places] + _MISPLACED)


def _inner(starts: Sequence[int], words: Sequence[str]) -> NDArray[np.bool_]:
    """Which places are within a word; one of Latin letters may be mistyped anywhere."""
    inner = np.zeros(starts[-1] + 1, bool)
    for start, word in zip(starts[:-1], words, strict=True):
        inner[start + 1 : start + len(word)] = not word.isascii()
    return inner


def _lowest(values: NDArray[np.float64]) -> Codes:
    """The places of the lowest values."""
    if len(values) <= _PLACES:
        return np.arange(len(values))
    return np.sort(np.argpartition(values, _PLACES)[:_PLACES])


def _alike(letters: Sequence[str]) -> Mapping[str, Codes]:
    """Reading without its tone → the numbers of the letters that are read so."""
    read: dict[str, list[int]] = {}
    for code, letter in enumerate(letters):
        if sound := reading(letter):
            read.setdefault(sound, []).append(code)
    return {sound: np.array(codes, np.int64) for sound, codes in read.items()}
