"""Signs of danger, or that it is far away, found by their first characters: thousands cost as a few do."""

from collections.abc import Iterable, Iterator
from operator import concat
from typing import NamedTuple


class Sign(NamedTuple):
    """Normalised words that together mean something, whatever else is said: an emergency, if one is named."""

    emergency: str
    words: tuple[str, ...]


class SignIndex:
    """Signs by their first words, and the words by their first two characters (one, where that is all)."""

    def __init__(self, signs: Iterable[Sign]) -> None:
        self._signs: dict[str, list[Sign]] = {}
        for sign in signs:
            self._signs.setdefault(sign.words[0] if sign.words else "", []).append(sign)
        self._starts: dict[str, list[str]] = {}
        for word in self._signs:
            self._starts.setdefault(word[:2], []).append(word)

    def found(self, text: str) -> Iterator[Sign]:
        """The signs that a normalised text shows, each once."""
        for word in self._words(text):
            for sign in self._signs[word]:
                if all(other in text for other in sign.words[1:]):
                    yield sign

    def _words(self, text: str) -> set[str]:
        starts = {"", *text, *map(concat, text, text[1:])}
        return {
            word for start in starts & self._starts.keys() for word in self._starts[start] if word in text
        }
