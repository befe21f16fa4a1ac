"""What can be compared in an utterance: words, characters, sounds and concepts.

A feature is a string whose first letter names its kind: `w` a word, `c` a character, `b` two
neighbouring characters, `s` two neighbouring syllables, `k` a concept, `e` an English word, `p` two
concepts near each other.
"""

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from bot.text.cut import Cutter, cutter
from bot.text.normalise import normalise
from bot.text.pinyin import split, syllable

# How much one feature of each kind weighs before idf: fitted by hand on cross-validation.
KIND_WEIGHT = {"w": 0.8, "c": 0.9, "b": 0.8, "s": 0.6, "k": 1.6, "e": 1.0, "p": 0.8}
_RUN = re.compile(r"[a-z]+|\d+(?:\.\d+)?%?|[^\sa-z\d%]+|%")
# A longer run of letters that can be cut into syllables is pinyin; a shorter one may be English too.
_LONGEST_AMBIGUOUS = 6
_BREAK = "\n"
_NEAR = (1, 2)  # how many concepts further on a near one stands
_FARTHEST = max(_NEAR)
_SUFFIX = re.compile(r"(?<=[a-z]{3})(?:ies|es|s|ing|ed)$")


class Lexicon(NamedTuple):
    """What turns a text into features: the cutter, alias → concept, and the lengths of the aliases
    that begin with a given pair of characters, longest first."""

    cut: Cutter
    concepts: Mapping[str, str]
    lengths: Mapping[str, tuple[int, ...]]


class Parsed(NamedTuple):
    """Normalised text, its features, those of them that bridge no gap, and what the bridges stand on: its
    concepts and its sounds.
    """

    text: str
    features: list[str]
    plain: list[str]
    concepts: list[str]
    sounds: list[str]


def lexicon(concepts: Iterable[tuple[str, Iterable[str]]], words: Iterable[str] = ()) -> Lexicon:
    """A lexicon from (concept, its words) pairs and further words the cutter should know."""
    aliases = {normalise(w): name for name, ws in concepts for w in (name, *ws)}
    aliases.pop("", None)
    chinese = [w for w in (*aliases, *map(normalise, words)) if len(w) > 1 and not w.isascii()]
    lengths: dict[str, set[int]] = {}
    for alias in aliases:
        if len(alias) > 1:
            lengths.setdefault(alias[:2], set()).add(len(alias))
    longest_first = {pair: tuple(sorted(found, reverse=True)) for pair, found in lengths.items()}
    return Lexicon(cutter(chinese), aliases, longest_first)


def parse(text: str, lex: Lexicon) -> Parsed:
    """A text as it was typed, normalised, with its features."""
    return _read(normalise(text), lex)


def seam(one: Parsed, other: Parsed) -> list[str]:
    """The features that two texts have one after the other and neither has by itself."""
    sounds = (*one.sounds[-2:], *other.sounds[:2])
    concepts = list(dict.fromkeys((*one.concepts[-_FARTHEST:], *other.concepts[:_FARTHEST])))
    return _sounding(itertools.pairwise(sounds)) + _leaping(sounds) + _near(concepts)


def stem(word: str) -> str:
    """An English word without its commonest endings."""
    return _SUFFIX.sub("", word)


def syllables(text: str) -> list[str]:
    """The blurred syllables of normalised text; a break stands as an empty string."""
    out: list[str] = []
    for run in _RUN.findall(text):
        if run[0].isascii():
            out.extend(split(run) if run.isalpha() and len(run) > 1 else ("",))
        else:
            out.extend(map(syllable, run))
    return out


def found_concepts(text: str, lex: Lexicon) -> list[tuple[str, str]]:
    """(alias, concept) pairs in the text, longest first at each place, not overlapping."""
    found, at = [], 0 if lex.lengths else len(text)
    while at < len(text) - 1:
        for length in lex.lengths.get(text[at : at + 2], ()):
            piece = text[at : at + length]
            concept = lex.concepts.get(piece)
            if concept is not None and not _inside_word(text, at, at + length):
                found.append((piece, concept))
                at += length
                break
        else:
            at += 1
    return found


def _inside_word(text: str, start: int, end: int) -> bool:
    """Whether a Latin alias was found in the middle of a longer Latin word."""
    before = start > 0 and text[start - 1].isascii() and text[start - 1].isalpha()
    after = end < len(text) and text[end].isascii() and text[end].isalpha()
    return (before and text[start].isascii()) or (after and text[end - 1].isascii())


def extract(text: str, lex: Lexicon) -> list[str]:
    """The features of normalised text, in a fixed order, each once."""
    return _read(text, lex).plain


def extract_wide(text: str, lex: Lexicon) -> list[str]:
    """The features of normalised text, and what bridges a gap in it.

    Syllables next but one still meet where a character was dropped or put in between; concepts near each
    other tell a question from one that only borrows its words, in whatever order they stand.
    """
    return _read(text, lex).features


def _read(text: str, lex: Lexicon) -> Parsed:
    """Normalised text with its features."""
    concepts = list(dict.fromkeys(concept for _, concept in found_concepts(text, lex)))
    sounds = syllables(text)
    found = ["k" + concept for concept in concepts]
    found += ["w" + word for word in lex.cut(text) if len(word) > 1 and not word.isascii()]
    for run in _RUN.findall(text):
        found += _latin(run) if run[0].isascii() else _chinese(run)
    plain = dict.fromkeys((*found, *_sounding(itertools.pairwise(sounds))))
    features = plain | dict.fromkeys((*_leaping(sounds), *_near(concepts)))
    return Parsed(text, list(features), list(plain), concepts, sounds)


class Reader:
    """Reads many texts as they were typed, some of them again: what was read before is kept."""

    def __init__(self, lex: Lexicon) -> None:
        self.lexicon = lex
        self._plain: dict[str, str] = {}

    def wide(self, text: str) -> list[str]:
        """As `extract_wide` reads it normalised."""
        read = _read(normalise(text), self.lexicon)
        self._plain[text] = _BREAK.join(read.plain)  # a tenth of the list's size
        return read.features

    def plain(self, text: str) -> list[str]:
        """As `extract` reads it normalised."""
        known = self._plain.get(text)
        if known is None:
            known = self._plain[text] = _BREAK.join(extract(normalise(text), self.lexicon))
        return known.split(_BREAK) if known else []


def _leaping(sounds: Sequence[str]) -> list[str]:
    return _sounding(zip(sounds, sounds[2:], strict=False))


def _near(concepts: Sequence[str]) -> list[str]:
    pairs = (p for apart in _NEAR for p in zip(concepts, concepts[apart:], strict=False))
    return [f"p{min(pair)}+{max(pair)}" for pair in pairs]


def _sounding(pairs: Iterable[tuple[str, str]]) -> list[str]:
    return [f"s{first} {second}" for first, second in pairs if first and second]


def _latin(run: str) -> list[str]:
    if len(run) > _LONGEST_AMBIGUOUS and split(run):
        return []
    return ["e" + (stem(run) if run.isalpha() else run)]


def _chinese(run: str) -> list[str]:
    return ["c" + char for char in run] + ["b" + a + b for a, b in itertools.pairwise(run)]


def sound_only(features: Iterable[str]) -> list[str]:
    """The features that are left when the text is typed in pinyin."""
    return [f for f in features if f[0] in "se"]
