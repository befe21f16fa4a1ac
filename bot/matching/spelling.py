"""Words of Latin letters typed with one letter missing, one too many, or two changed about."""

import itertools
from collections.abc import Iterable, Iterator

_FEWEST = 5  # letters, with the one too many or the missing one: a shorter word may well be another


class Speller:
    """Knows some words; where a letter more or less makes several of them, the first given is meant."""

    def __init__(self, words: Iterable[str]) -> None:
        self._known = dict.fromkeys(words)
        self._shorter: dict[str, str] = {}
        for word in self._known:
            for shorter in _shorter(word):
                self._shorter.setdefault(shorter, word)

    def meant(self, typed: str) -> str | None:
        """The known word that was meant: the word itself where it is known, None where there is none."""
        if typed in self._known:
            return typed
        if typed in self._shorter:
            return self._shorter[typed]
        slips = itertools.chain(_changed_about(typed), _shorter(typed), _undoubled(typed))
        return next(filter(self._known.__contains__, slips), None)


def _changed_about(word: str) -> Iterator[str]:
    """A word with each two neighbouring letters changed about in turn."""
    if len(word) >= _FEWEST:
        for place in range(len(word) - 1):
            yield word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def _undoubled(word: str) -> Iterator[str]:
    """A short word with each letter that was typed twice typed once: buss, hhe."""
    yield from (
        word[:place] + word[place + 1 :] for place in range(1, len(word)) if word[place] == word[place - 1]
    )


def _shorter(word: str) -> Iterator[str]:
    """A word with each of its letters gone in turn, unless little would be left of it."""
    if len(word) >= _FEWEST:
        yield from (word[:place] + word[place + 1 :] for place in range(len(word)))
