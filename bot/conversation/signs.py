"""Finds signs of danger, or of its being far away, in a text. Indexed by their rarest words: thousands are as
quick to look for as a few.
"""

from collections.abc import Iterable, Iterator
from operator import concat
from typing import NamedTuple


class Sign(NamedTuple):
    """It is shown by a text that holds, for each of its parts, one of the wordings of that part.

    `emergency`: which one it means, if any. Wordings are normalised.
    """

    emergency: str
    parts: tuple[tuple[str, ...], ...]


class SignIndex:
    """Signs by the wordings of one part each, the one with the longest (taken to be rarest) wordings."""

    def __init__(self, signs: Iterable[Sign]) -> None:
        self._signs: dict[str, list[Sign]] = {}
        for sign in signs:
            for wording in max(sign.parts, key=_shortest):
                self._signs.setdefault(wording, []).append(sign)
        self._starts: dict[str, list[str]] = {}
        for wording in self._signs:
            self._starts.setdefault(wording[:2], []).append(wording)

    def found(self, text: str) -> set[Sign]:
        """The signs that a normalised text shows."""
        begun = (sign for wording in self._wordings(text) for sign in self._signs[wording])
        return {sign for sign in begun if all(any(map(text.__contains__, part)) for part in sign.parts)}

    def _wordings(self, text: str) -> Iterator[str]:
        starts = {*text, *map(concat, text, text[1:])} & self._starts.keys()
        return (wording for start in starts for wording in self._starts[start] if wording in text)


def _shortest(part: tuple[str, ...]) -> int:
    return min(map(len, part))
