"""How letters follow each other in phrasings: a model of three letters at a time.

Smoothed as by Witten and Bell (IEEE Transactions on Information Theory, 1991): what was never seen is as
likely as the letters behind the same one or two were many.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]
"""Letters as numbers."""
_END = "\n"
AROUND = 2
"""How many ends stand before and behind a text."""
_UNSEEN = 0.5  # how often a letter counts that was never seen
_NEIGHBOURS = 8  # the letters that most often stand behind another, or before it
_BETWEEN = 12  # and between two others


class _Grams(NamedTuple):
    """Sequences of letters, each as one number, in order; how often they were seen and what follows them."""

    keys: Codes
    counts: NDArray[np.float64]

    def places(self, keys: Codes) -> tuple[Codes, NDArray[np.bool_]]:
        """Where some sequences stand, and whether they are there."""
        places = np.minimum(self.keys.searchsorted(keys), len(self.keys) - 1)
        return places, self.keys.take(places) == keys


class _Listed(NamedTuple):
    """Letters by what they stand beside, the commonest first."""

    keys: Codes
    letters: Codes

    def beside(self, keys: Codes, most: int) -> list[Codes]:
        """At most so many letters for each of some keys."""
        first, last = self.keys.searchsorted(keys), self.keys.searchsorted(keys, "right")
        last = np.minimum(last, first + most)
        return [self.letters[a:b] for a, b in zip(first.tolist(), last.tolist(), strict=True)]


class Letters:
    """Made of normalised phrasings."""

    def __init__(self, phrasings: Iterable[str]) -> None:
        ends = _END * AROUND
        joined = _END + ends + "".join(text + ends for text in phrasings)
        points = np.frombuffer(joined.encode("utf-32-le"), np.uint32)
        letters, numbered, counts = np.unique(points, return_inverse=True, return_counts=True)
        codes: Codes = numbered.astype(np.int64)
        self.letters = tuple(map(chr, letters.tolist()))
        self._codes = {letter: code for code, letter in enumerate(self.letters)}
        self._width = len(letters) + 1  # one more for what was never seen
        seen = np.append(counts, _UNSEEN)
        self._share = seen / seen.sum()
        pairs = codes[:-1] * self._width + codes[1:]
        self._pairs, self._triples = _grams(pairs), _grams(pairs[:-1] * self._width + codes[2:])
        self._behind_two = _kinds(self._triples.keys // self._width, self._pairs.keys)
        self._rest, self._twice = self._smoothed(np.append(counts, 0))
        self._next, self._previous, self._between = self._neighbours()

    def coded(self, text: str) -> Codes:
        """A text between its ends; any letter that was never seen is the same."""
        unseen, end = self._width - 1, [self._codes[_END]] * AROUND
        return np.array([*end, *(self._codes.get(letter, unseen) for letter in text), *end], np.int64)

    def likely(self, first: Codes, second: Codes, third: Codes) -> NDArray[np.float64]:
        """How likely letters are behind two others each, as logarithms."""
        before, known = self._pairs.places(first * self._width + second)
        then, follows = self._pairs.places(second * self._width + third)
        singly = self._rest.take(second) * self._share.take(third)
        singly += np.where(follows, self._twice.take(then), 0.0)
        whole, seen = self._triples.places((first * self._width + second) * self._width + third)
        often = np.where(known, self._pairs.counts.take(before), 0.0)
        kinds = np.where(known, self._behind_two.take(before), 1.0)
        counted = np.where(seen, self._triples.counts.take(whole), 0.0)
        found: NDArray[np.float64] = np.log((counted + kinds * singly) / (often + kinds))
        return found

    def around(self, left: Codes, right: Codes) -> list[Codes]:
        """For each of some gaps between two letters those that may well stand there."""
        parts = (
            self._between.beside(left * self._width + right, _BETWEEN),
            self._next.beside(left, _NEIGHBOURS),
            self._previous.beside(right, _NEIGHBOURS),
        )
        return [np.unique(np.concatenate(found)) for found in zip(*parts, strict=True)]

    def _smoothed(self, counts: Codes) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Behind one letter: how much is left for all others, and how likely each that was seen there is."""
        first = self._pairs.keys // self._width
        kinds = np.maximum(np.bincount(first, minlength=self._width), 1).astype(float)
        whole = counts + kinds
        return kinds / whole, self._pairs.counts / whole.take(first)

    def _neighbours(self) -> tuple[_Listed, _Listed, _Listed]:
        """The letters behind one, before one and between two."""
        one, two = np.divmod(self._pairs.keys, self._width)
        pair, third = np.divmod(self._triples.keys, self._width)
        first, second = np.divmod(pair, self._width)
        counts, of_three = self._pairs.counts, self._triples.counts
        between = _listed(first * self._width + third, second, of_three)
        return _listed(one, two, counts), _listed(two, one, counts), between


def _grams(keys: Codes) -> _Grams:
    found, counts = np.unique(keys, return_counts=True)
    return _Grams(found, counts.astype(float))


def _kinds(keys: Codes, of: Codes) -> NDArray[np.float64]:
    """How often each of some keys stands among others, but at least once; both are in order."""
    often: Codes = keys.searchsorted(of, "right") - keys.searchsorted(of)
    return np.maximum(often, 1).astype(np.float64)


def _listed(keys: Codes, letters: Codes, counts: NDArray[np.float64]) -> _Listed:
    order = np.lexsort((-counts, keys))
    return _Listed(keys[order], letters[order])
