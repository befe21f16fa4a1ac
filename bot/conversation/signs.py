"""Signs of danger, or that it is far away, found by their first characters: thousands cost as a few do."""

from collections.abc import Iterable, Iterator
from operator import concat
from typing import NamedTuple


class Sign(NamedTuple):
    """What means something, whatever else is said, once one wording of each of its parts was said.

    `emergency`: which one it means, if any. Wordings are normalised.
    """

    emergency: str
    parts: tuple[tuple[str, ...], ...]


class SignIndex:
    """Signs by the wordings of their first parts, those by their first two characters (or the only one)."""

    def __init__(self, signs: Iterable[Sign]) -> None:
        self._signs: dict[str, list[Sign]] = {}
        for sign in signs:
            for wording in sign.parts[0]:
                self._signs.setdefault(wording, []).append(sign)
        self._starts: dict[str, list[str]] = {}
        for wording in self._signs:
            self._starts.setdefault(wording[:2], []).append(wording)

    def found(self, text: str) -> set[Sign]:
        """The signs that a normalised text shows."""
        begun = (sign for wording in self._wordings(text) for sign in self._signs[wording])
        return {sign for sign in begun if all(any(map(text.__contains__, part)) for part in sign.parts[1:])}

    def _wordings(self, text: str) -> Iterator[str]:
        starts = {*text, *map(concat, text, text[1:])} & self._starts.keys()
        return (wording for start in starts for wording in self._starts[start] if wording in text)
