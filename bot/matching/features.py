"""What can be compared in an utterance: words, characters, sounds and concepts, written or only heard.

A feature is a string whose first letter names its kind: `w` a word, `c` a character, `b` two
neighbouring characters, `s` two neighbouring syllables, `k` a concept, `e` an English word, `p` two
concepts near each other.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from bot.matching.lexicon import Lexicon, heard, understood
from bot.text.lot import lot
from bot.text.normalise import normalise
from bot.text.pinyin import split
from bot.text.runs import RUN, spoken

# How much one feature of each kind weighs before idf: fitted by hand on cross-validation.
KIND_WEIGHT = {"w": 0.8, "c": 0.9, "b": 0.8, "s": 0.6, "k": 1.6, "e": 1.0, "p": 0.8}
# A longer run of letters that can be cut into syllables is pinyin; a shorter one may be English too.
_LONGEST_AMBIGUOUS = 6
_SHORTENED = 5  # letters: a shorter text means something else once one is gone
_USUALLY = 2  # times that a text is learnt without one of its letters
_BREAK = "\n"
_KEPT = 64  # texts read last: a message is read by several steps, whole and in parts
_NEAR = (1, 2)  # how many concepts further on a near one stands
_FARTHEST = max(_NEAR)
_SUFFIX = re.compile(r"(?<=[a-z]{3})(?:ies|es|s|ing|ed)$")


Views = tuple[list[str], ...]
"""The features of a text in several ways, first as it was typed: what an intent is learnt by."""


class Parsed(NamedTuple):
    """A text with its features.

    `text` is normalised, `words` is what it is cut into. `plain` are the features that stand in the text as
    they are, `features` those and the ones that bridge a gap; `concepts` and `sounds` are what the bridges
    are built from, in order.
    """

    text: str
    words: list[str]
    features: list[str]
    plain: list[str]
    concepts: list[str]
    sounds: list[str]


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


def extract(text: str, lex: Lexicon) -> list[str]:
    """The features of normalised text, in a fixed order, each once."""
    return _read(text, lex).plain


@lru_cache(maxsize=_KEPT)
def _read(text: str, lex: Lexicon) -> Parsed:
    """Normalised text with its features.

    Some bridge a gap: syllables next but one still meet where a character was dropped or put in between;
    concepts near each other tell a question from one that only borrows its words, in whatever order they
    stand.
    """
    words, heard = lex.cut(text), spoken(text)
    concepts = list(dict.fromkeys([concept for _, _, concept in understood(text, words, heard, lex)]))
    sounds = [sound for _, sound in heard]
    found = ["k" + concept for concept in concepts]
    found += ["w" + word for word in words if len(word) > 1 and not word.isascii()]
    for run in RUN.findall(text):
        found += _latin(run) if run[0].isascii() else _chinese(run)
    found += _sounding(itertools.pairwise(sounds))
    plain = list(dict.fromkeys(found))
    features = list(dict.fromkeys(plain + _leaping(sounds) + _near(concepts)))
    return Parsed(text, words, features, plain, concepts, sounds)


def views(read: Parsed, lex: Lexicon) -> Views:
    """The features of a text as it was typed, as they are when it is typed in pinyin, by sounds alone,
    without one of its letters, and with its end said first: an intent may not be known by a single word or by
    the order of words alone.
    """
    sounds = sound_only(read.features)
    concepts = list(dict.fromkeys(heard(read.sounds, lex)))
    in_pinyin = ["k" + concept for concept in concepts] + sounds + _near(concepts)
    changed = *_shortened(read.text, _USUALLY), *_turned(read)
    return read.features, in_pinyin, sounds, *(_read(text, lex).features for text in changed)


def _turned(read: Parsed) -> Iterator[str]:
    """A text in Chinese with its end said first, from a word drawn by lot on."""
    if not read.text.isascii() and (cuts := len(read.words) - 1) > 0:
        at = 1 + lot(read.text) % cuts
        yield "".join(read.words[at:] + read.words[:at])


def _shortened(text: str, times: int) -> Iterator[str]:
    """A text without one of its letters or characters, drawn by lot, and so many times again without one that
    stands elsewhere; a very short text not at all.
    """
    places = [place for place, char in enumerate(text) if char.isalnum()]
    letters, drawn = len(places), lot(text)
    for step in range(times if letters >= _SHORTENED else 0):
        gone = places[(drawn + step * (letters // times)) % letters]
        yield text[:gone] + text[gone + 1 :]


class Reader:
    """Reads many texts as they were typed, some of them again: what was read before is kept."""

    def __init__(self, lex: Lexicon) -> None:
        self.lexicon = lex
        self._plain: dict[str, str] = {}

    def wide(self, text: str) -> Views:
        """With what bridges gaps in it."""
        read = parse(text, self.lexicon)
        self._plain[text] = _BREAK.join(read.plain)  # a tenth of the list's size
        return views(read, self.lexicon)

    def plain(self, text: str) -> Views:
        """Without what bridges gaps in it: as it was typed, and by sounds alone."""
        known = self._plain.get(text)
        if known is None:
            known = self._plain[text] = _BREAK.join(parse(text, self.lexicon).plain)
        found = known.split(_BREAK) if known else []
        return found, sound_only(found)

    def plain_or_shortened(self, text: str, times: int = 0) -> Views:
        """As `plain`, and without one of its letters, so many times if given and it is no Latin text."""
        typed = normalise(text)
        shortened = _shortened(typed, _USUALLY if typed.isascii() or not times else times)
        return *self.plain(text), *(parse(left, self.lexicon).plain for left in shortened)


def _leaping(sounds: Sequence[str]) -> list[str]:
    return _sounding(zip(sounds, sounds[2:], strict=False))


def _near(concepts: Sequence[str]) -> list[str]:
    pairs = [p for apart in _NEAR for p in zip(concepts, concepts[apart:], strict=False)]
    return [f"p{a}+{b}" if a < b else f"p{b}+{a}" for a, b in pairs]


def _sounding(pairs: Iterable[tuple[str, str]]) -> list[str]:
    return [f"s{first} {second}" for first, second in pairs if first and second]


def _latin(run: str) -> list[str]:
    if len(run) > _LONGEST_AMBIGUOUS and split(run):
        return []
    return ["e" + (stem(run) if run.isalpha() else run)]


def _chinese(run: str) -> list[str]:
    return ["c" + char for char in run] + [f"b{a}{b}" for a, b in itertools.pairwise(run)]


def sound_only(features: Iterable[str]) -> list[str]:
    """The features that are left when the text is typed in pinyin."""
    return [f for f in features if f[0] in "se"]
