"""How letters follow each other in phrasings: a model of three letters at a time.

Smoothed as by Witten and Bell (IEEE Transactions on Information Theory, 1991): what was never seen is as
likely as the letters behind the same one or two were many.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]
"""Letters as numbers."""
Logs = NDArray[np.float32]
"""Chances as logarithms."""
_END = "\n"
AROUND = 2
"""How many ends stand before and behind a text."""
_UNSEEN = 0.5  # how often a letter counts that was never seen
_NEIGHBOURS = 4  # the letters that most often stand behind another, or before it
_BETWEEN = 8  # and between two others


class _Sorted(NamedTuple):
    """Numbers in order, in the narrowest type that holds any that may be looked for."""

    keys: NDArray[np.unsignedinteger[Any]]

    def places(self, keys: Codes) -> tuple[Codes, NDArray[np.bool_]]:
        """Where some stand, and whether they are there."""
        narrow = keys.astype(self.keys.dtype)
        places = np.minimum(self.keys.searchsorted(narrow), len(self.keys) - 1)
        return places, self.keys.take(places) == narrow


class _Listed(NamedTuple):
    """Letters by the number of what they stand beside, the commonest first: those of each number begin at its
    place in `start`, and end where those of the next begin.
    """

    start: Codes
    letters: Codes

    def beside(self, numbers: Codes) -> list[Codes]:
        """The letters of each of some numbers."""
        first, last = self.start.take(numbers).tolist(), self.start.take(numbers + 1).tolist()
        return [self.letters[a:b] for a, b in zip(first, last, strict=True)]


class Letters:
    """Made of normalised phrasings."""

    def __init__(self, phrasings: Iterable[str]) -> None:
        ends = _END * AROUND
        joined = _END + ends + "".join(text + ends for text in phrasings)
        points = np.frombuffer(joined.encode("utf-32-le"), np.uint32)
        letters, numbered, counts = np.unique(points, return_inverse=True, return_counts=True)
        self.letters = tuple(map(chr, letters.tolist()))
        self._codes = {letter: code for code, letter in enumerate(self.letters)}
        self._width = width = len(letters) + 1  # one more for what was never seen
        codes: Codes = numbered.astype(np.int64)
        pairs, pair_of, of_two = np.unique(
            codes[:-1] * width + codes[1:], return_inverse=True, return_counts=True
        )
        triples, seen_at, of_three = np.unique(
            pair_of[:-1] * width + codes[2:], return_index=True, return_counts=True
        )
        self._pairs, self._triples = _sorted(pairs, width * width), _sorted(triples, len(pairs) * width)
        one, two = np.divmod(pairs, width)
        pair, third = np.divmod(triples, width)
        singly = np.append(counts, _UNSEEN) / (len(codes) + _UNSEEN)
        left, behind_one = _smoothed(np.append(counts, 0), one, of_two, singly[two])
        left_of_two, behind_two = _smoothed(of_two, pair, of_three, behind_one[pair_of[seen_at + 1]])
        self._singly, self._behind_one, self._behind_two = map(_log, (singly, behind_one, behind_two))
        self._left, self._left_of_two = map(_log, (left, left_of_two))
        self._next = _listed(one, two, of_two, width, _NEIGHBOURS)
        self._previous = _listed(two, one, of_two, width, _NEIGHBOURS)
        around, number = np.unique(one.take(pair) * width + third, return_inverse=True)
        self._around = _sorted(around, width * width)
        self._between = _listed(number, two.take(pair), of_three, len(around), _BETWEEN)

    def coded(self, text: str) -> list[int]:
        """A text as numbers; any letter that was never seen is the same."""
        unseen = self._width - 1
        return [self._codes.get(letter, unseen) for letter in text]

    def between_ends(self, texts: Sequence[list[int]]) -> Codes:
        """Texts of the same length as numbers, each a column, with what stands for ends around it."""
        ends = [self._codes[_END]] * AROUND
        return np.array([[*ends, *text, *ends] for text in texts], np.int64).T

    def likely(self, rows: Codes) -> Logs:
        """How likely letters are behind the two above them: two rows fewer."""
        pairs, known = self._pairs.places(rows[:-1] * self._width + rows[1:])
        apart = self._left.take(rows[1:-1]) + self._singly.take(rows[2:])
        backed = np.where(known[1:], self._behind_one.take(pairs[1:]), apart)
        backed += np.where(known[:-1], self._left_of_two.take(pairs[:-1]), 0.0)
        triples, seen = self._triples.places(pairs[:-1] * self._width + rows[2:])
        return np.where(seen & known[:-1], self._behind_two.take(triples), backed)

    def around(self, left: Codes, right: Codes) -> tuple[Codes, Codes]:
        """The letters that may well stand in some gaps between two letters: the number of a gap and a letter,
        some of them more than once.
        """
        number, seen = self._around.places(left * self._width + right)
        (known,) = seen.nonzero()
        found = (
            *self._between.beside(number[known]),
            *self._next.beside(left),
            *self._previous.beside(right),
        )
        every = np.arange(len(left))
        gaps = np.concatenate((known, every, every)).repeat(list(map(len, found)))
        return gaps, np.concatenate(found)


def _sorted(keys: Codes, end: int) -> _Sorted:
    """Keys in order, all below `end`."""
    return _Sorted(keys.astype(np.min_scalar_type(end)))


def _smoothed(
    counts: NDArray[Any], before: Codes, times: Codes, behind_less: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How likely it is, behind each of some sequences, that a letter follows that was never seen there; and
    how likely those are that were.

    `counts` of the sequences; the number of the one `before` each letter seen, how many `times` that was, and
    how likely it is behind a sequence that is one letter shorter.
    """
    kinds = np.maximum(np.bincount(before, minlength=len(counts)), 1)
    whole = counts + kinds
    left = kinds / whole
    return left, times / whole.take(before) + left.take(before) * behind_less


def _listed(numbers: Codes, letters: Codes, counts: Codes, end: int, most: int) -> _Listed:
    """At most so many letters for each number below `end`."""
    order = np.lexsort((-counts, numbers))
    sorted_by = numbers[order]
    rank = np.arange(len(order)) - sorted_by.searchsorted(sorted_by)
    kept = rank < most
    start = sorted_by[kept].searchsorted(np.arange(end + 1))
    return _Listed(start, letters[order[kept]])


def _log(chances: NDArray[np.float64]) -> Logs:
    return np.log(chances).astype(np.float32)
