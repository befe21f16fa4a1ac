"""Pinyin in characters: dibao duoshao qian → 低保多少钱, the likeliest words that sound so."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from bot.text.pinyin import split, syllable
from bot.text.runs import LATIN

_LONGEST = 5  # syllables of a word
_MOST_OTHERS = 0.25  # of the letters: more are of words that are no pinyin only in another language
_RUNS = re.compile(r"[a-z]+(?: [a-z]+)*")


class _Written(NamedTuple):
    """Characters, and how likely it is that they were meant, as a logarithm."""

    likely: float
    text: str

    def then(self, other: "_Written") -> "_Written":
        return _Written(self.likely + other.likely, self.text + other.text)


class Transcriber:
    """Made of words and single characters, each with how many phrasings hold it."""

    def __init__(self, words: Mapping[str, int]) -> None:
        whole = math.log(1 + sum(words.values()))
        self._unknown = -2 * whole  # rarer than any word
        self._words: dict[tuple[str, ...], _Written] = {}
        for word, often in words.items():
            sounds, written = tuple(map(syllable, word)), _Written(math.log(1 + often) - whole, word)
            if all(sounds) and (sounds not in self._words or self._words[sounds] < written):
                self._words[sounds] = written

    def written(self, text: str) -> str:
        """Normalised text with its pinyin in characters; words of other languages stay.

        Where many letters are theirs, all words do: in English, die, can and anyone could be pinyin.
        """
        words = LATIN.findall(text)
        if sum(len(word) for word in words if not split(word)) > _MOST_OTHERS * sum(map(len, words)):
            return text
        return _RUNS.sub(lambda run: " ".join(self._parts(run[0].split())), text)

    def _parts(self, words: Sequence[str]) -> Iterator[str]:
        for pinyin, together in groupby(words, key=lambda word: bool(split(word))):
            if pinyin:
                yield self._likeliest([sound for word in together for sound in split(word)])
            else:
                yield from together

    def _likeliest(self, sounds: Sequence[str]) -> str:
        best = [_Written(0.0, "")]
        for end in range(1, len(sounds) + 1):
            unknown = _Written(self._unknown, sounds[end - 1])
            choices = [best[-1].then(unknown)]
            for start in range(max(0, end - _LONGEST), end):
                if word := self._words.get(tuple(sounds[start:end])):
                    choices.append(best[start].then(word))
            best.append(max(choices))
        return best[-1].text
