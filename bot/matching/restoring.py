"""What was meant to be typed: with a letter that was left out, one for another that sounds the same, one that
stands twice but once, two words changed about.

A noisy channel (Kernighan, Church and Gale, COLING 1990): a slip is looked for where letters follow each
other as they seldom do, and what makes the text likelier may have been meant.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.matching.letters import AROUND, Codes, Letters
from bot.text.cut import starts_of
from bot.text.pinyin import reading

_PLACES = 6  # the unlikeliest places of a text, where a slip is looked for
# By how much seldomer than that one is left out, as logarithms, a letter is mistyped, or a word misplaced.
_MISTYPED, _MISPLACED = 3.0, 1.0
_IN_A_WORD = 3.0  # and by how much seldomer anything is amiss within what is a word as it stands
_LEAST = -3.5  # what makes a text so much unlikelier was not meant
_FARTHEST = 5.0  # nor what is so much less likely than the likeliest


class Meant(NamedTuple):
    """A text that may have been meant, and how much likelier than what was typed, as a logarithm."""

    likelier: float
    text: str


class _Typed(NamedTuple):
    """A text, its letters between ends, and how likely each behind the first two is, as logarithms.

    `inner`: for the place before each letter and behind the last, whether it is within a word.
    """

    text: str
    codes: Codes
    likely: NDArray[np.float64]
    inner: NDArray[np.bool_]


class Restorer:
    """Made of normalised phrasings."""

    def __init__(self, phrasings: Iterable[str]) -> None:
        self._letters = Letters(phrasings)
        self._alike = _alike(self._letters.letters)
        self._blank = np.array([letter.isspace() for letter in self._letters.letters])

    def meant(self, text: str, words: Sequence[str], most: int) -> list[Meant]:
        """What a normalised text, cut into words, may have been meant to be besides: likeliest first, at most
        so many.
        """
        if not text:
            return []
        codes = self._letters.coded(text)
        likely = self._letters.likely(codes[:-2], codes[1:-1], codes[2:])
        typed = _Typed(text, codes, likely, _inner(text, words))
        best: dict[str, float] = {}
        for likelier, made in chain(self._completed(typed), self._mistyped(typed), self._moved(typed, words)):
            best[made] = max(likelier, best.get(made, likelier))
        best.pop(text, None)
        least = max([_LEAST, *(likelier - _FARTHEST for likelier in best.values())])
        found = (Meant(likelier, made) for made, likelier in best.items() if likelier > least)
        return sorted(found, reverse=True)[:most]

    def _completed(self, typed: _Typed) -> Iterator[Meant]:
        """With one letter more."""
        behind = (typed.likely + np.append(typed.likely[1:], 0.0))[: len(typed.text) + 1]
        behind += _IN_A_WORD * typed.inner
        places = _lowest(behind)
        gaps = places + AROUND
        yield from self._with(
            typed, places, self._letters.around(typed.codes[gaps - 1], typed.codes[gaps]), behind, 0
        )

    def _mistyped(self, typed: _Typed) -> Iterator[Meant]:
        """With another letter that sounds the same for one."""
        behind = np.convolve(typed.likely, np.ones(3), "valid") + _MISTYPED
        behind += _IN_A_WORD * (typed.inner[:-1] | typed.inner[1:])
        found = ((place, self._alike.get(reading(typed.text[place]))) for place in _lowest(behind).tolist())
        alike = [(place, letters) for place, letters in found if letters is not None]
        if alike:
            places, letters = zip(*alike, strict=True)
            yield from self._with(typed, np.array(places), letters, behind, 1)

    def _with(
        self,
        typed: _Typed,
        places: Codes,
        letters: Sequence[Codes],
        behind: NDArray[np.float64],
        instead_of: int,
    ) -> Iterator[Meant]:
        """With each of some letters at each of some places, instead of so many that stand there.

        `behind` is how likely what was typed there is, by its place.
        """
        place, letter = np.repeat(places, list(map(len, letters))), np.concatenate(letters)
        at = place + AROUND
        then = np.minimum(at + instead_of + 1, len(typed.codes) - 1)
        rows = np.stack(
            [typed.codes[at - 2], typed.codes[at - 1], letter, typed.codes[then - 1], typed.codes[then]]
        )
        likely = self._letters.likely(*(rows[i : i + 3].ravel() for i in range(3)))
        gained = likely.reshape(3, -1).sum(axis=0) - behind[place]
        gained[self._blank.take(letter)] = _LEAST
        for i in np.argsort(-gained, kind="stable")[: 2 * _PLACES].tolist():
            begin = typed.text[: place[i]] + self._letters.letters[int(letter[i])]
            yield Meant(float(gained[i]), begin + typed.text[place[i] + instead_of :])

    def _moved(self, typed: _Typed, words: Sequence[str]) -> Iterator[Meant]:
        """With two words changed about, or without one of two equal letters side by side."""
        made = list(dict.fromkeys((*_swapped(typed.text, words), *_once(typed))))
        if not made:
            return
        coded = list(map(self._letters.coded, made))
        rows = (np.concatenate([codes[i : i - 2 or None] for codes in coded]) for i in range(3))
        whole = np.repeat(np.arange(len(made)), [len(codes) - 2 for codes in coded])
        likely = np.bincount(whole, self._letters.likely(*rows))
        yield from map(Meant, (likely - typed.likely.sum() - _MISPLACED).tolist(), made)


def _swapped(text: str, words: Sequence[str]) -> Iterator[str]:
    for (one, first), (two, second) in pairwise(zip(starts_of(text, words)[:-1], words, strict=True)):
        between = text[one + len(first) : two]
        yield text[:one] + second + between + first + text[two + len(second) :]


def _once(typed: _Typed) -> Iterator[str]:
    text = typed.text
    for place in range(1, len(text)):
        if text[place] == text[place - 1] and not typed.inner[place]:
            yield text[:place] + text[place + 1 :]


def _inner(text: str, words: Sequence[str]) -> NDArray[np.bool_]:
    """Which places are within a word; one of Latin letters may be mistyped anywhere."""
    inner = np.zeros(len(text) + 1, bool)
    for start, word in zip(starts_of(text, words)[:-1], words, strict=True):
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
