"""Words typed with a character that only sounds right: 底保 for 低保, 图术馆 for 图书馆."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from bot.text.cut import dictionary, starts_of
from bot.text.pinyin import reading, syllable

_OWN = 20  # a word in one phrasing is as usual here as one counted so often by jieba
_SURELY = 9.0  # by how much likelier a word must be than what was typed, as a logarithm
_EXACT = 2  # characters: a longer word may also be mistyped as people mix sounds up, zh and z
_LONG = 5  # characters of a word that may hold two mistyped ones

Sounds = tuple[str, ...]


class _Slip(NamedTuple):
    """Where a word begins and ends that was meant, and by how much it is likelier than what was typed."""

    start: int
    end: int
    word: str
    likelier: float


class Homophones:
    """Finds mistyped words by their sound. Made of words, each with how many phrasings hold it."""

    def __init__(self, words: Mapping[str, int]) -> None:
        self._base, counted = dictionary()
        self._all = math.log(counted + _OWN * sum(words.values()))
        self._logs = {w: self._log(w, _OWN * often) for w, often in words.items()}
        self._rare = max(self._logs.values(), default=0.0) - _SURELY
        self._sounding: dict[Sounds, list[str]] = defaultdict(list)
        lengths: dict[Sounds, set[int]] = defaultdict(set)
        for word in words:
            sounds = tuple(map(syllable, word))
            if all(sounds):
                self._sounding[sounds].append(word)
                lengths[sounds[:2]].add(len(sounds))
        self._lengths = {begin: tuple(found) for begin, found in lengths.items()}

    def meant(self, text: str, words: Sequence[str]) -> str:
        """Normalised text, cut into `words`, with those words in it that were meant."""
        taken: set[int] = set()
        for start, end, word, _ in sorted(self._slips(text, words), key=lambda slip: -slip.likelier):
            if taken.isdisjoint(range(start, end)):
                taken.update(range(start, end))
                text = text[:start] + word + text[end:]
        return text

    def _slips(self, text: str, words: Sequence[str]) -> Iterator[_Slip]:
        """What may have been meant by several words of a text together."""
        sounds, starts = tuple(map(syllable, text)), starts_of(text, words)
        numbers = {start: number for number, start in enumerate(starts)}
        for number, start in enumerate(starts[:-2]):
            for length in self._lengths.get(sounds[start : start + 2], ()):
                after = numbers.get(start + length, 0)
                if after > number + 1:
                    typed = text[start : start + length]
                    yield from self._likelier(
                        start, typed, sounds[start : start + length], words[number:after]
                    )

    def _likelier(self, start: int, text: str, sounds: Sounds, words: Sequence[str]) -> Iterator[_Slip]:
        typed = sum(self._logs.get(word) or self._log(word) for word in words)
        for word in self._sounding.get(sounds, ()) if typed < self._rare else ():
            likelier = self._logs[word] - typed
            if likelier > _SURELY and _alike(word, text):
                yield _Slip(start, start + len(word), word, likelier)

    def _log(self, word: str, often: float = 0.0) -> float:
        """How likely a word is that was heard so often besides what jieba counted, as a logarithm."""
        return math.log(math.exp(max(0.0, self._base.get(word, 0.0))) + often) - self._all


def _alike(word: str, typed: str) -> bool:
    """Whether of two texts that sound alike one may be a slip for the other."""
    other = sum(a != b for a, b in zip(word, typed, strict=True))
    if not 0 < other <= 1 + (len(word) >= _LONG) or other == len(word):
        return False
    return len(word) > _EXACT or list(map(reading, word)) == list(map(reading, typed))
