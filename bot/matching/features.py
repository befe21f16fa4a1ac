"""What can be compared in an utterance: words, characters, sounds and concepts, written or only heard.

A feature is a string whose first letter names its kind: `w` a word, `c` a character, `b` two
neighbouring characters, `s` two neighbouring syllables, `k` a concept, `e` an English word, `p` two
concepts near each other.
"""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

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
_NO_SLIP = 3  # characters: a shorter word may well be a mistyped one
_SUFFIX = re.compile(r"(?<=[a-z]{3})(?:ies|es|s|ing|ed)$")


Said = TypeVar("Said", str, tuple[str, ...])
Views = tuple[list[str], ...]
"""The features of a text in several ways: first as it was typed."""


class Aliases(NamedTuple, Generic[Said]):
    """What means a concept, and how long those are that begin with a given pair, longest first."""

    concepts: Mapping[Said, str]
    lengths: Mapping[Said, tuple[int, ...]]


class Lexicon(NamedTuple):
    """What turns a text into features: the cutter, and the aliases of concepts as they are written and, of
    those that sound like no other concept's, as they are heard: in blurred syllables.
    """

    cut: Cutter
    written: Aliases[str]
    heard: Aliases[tuple[str, ...]]


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
    return Lexicon(cutter(chinese), _by_pairs(aliases), _by_pairs(_as_heard(aliases)))


def _as_heard(aliases: Mapping[str, str]) -> dict[tuple[str, ...], str]:
    """The aliases in Chinese by their syllables, but for those that could be of several concepts."""
    meant: dict[tuple[str, ...], set[str]] = {}
    for alias, concept in aliases.items():
        sounds = tuple(map(syllable, alias))
        if all(sounds):
            meant.setdefault(sounds, set()).add(concept)
    return {sounds: next(iter(found)) for sounds, found in meant.items() if len(found) == 1}


def _by_pairs(aliases: Mapping[Said, str]) -> Aliases[Said]:
    lengths: dict[Said, set[int]] = {}
    for alias in aliases:
        if len(alias) > 1:
            lengths.setdefault(alias[:2], set()).add(len(alias))
    return Aliases(aliases, {pair: tuple(sorted(found, reverse=True)) for pair, found in lengths.items()})


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
    return [sound for _, sound in _placed(text)]


def _placed(text: str) -> list[tuple[int, str]]:
    """The syllables of normalised text, each with its place: of pinyin, where the run of letters begins."""
    out: list[tuple[int, str]] = []
    for found in _RUN.finditer(text):
        run, start = found.group(), found.start()
        if run[0].isascii():
            out += [(start, sound) for sound in (split(run) if run.isalpha() and len(run) > 1 else ("",))]
        else:
            out += enumerate(map(syllable, run), start)
    return out


def found_concepts(text: str, lex: Lexicon) -> list[tuple[str, str]]:
    """(alias, concept) pairs in the text, longest first at each place, not overlapping."""
    return [(text[start:end], concept) for start, end, concept in _written(text, lex)]


def _written(text: str, lex: Lexicon) -> Iterator[tuple[int, int, str]]:
    return _found(text, lex.written, lambda start, end: not _inside_word(text, start, end))


def _found(
    said: Said, known: Aliases[Said], stands: Callable[[int, int], bool] = lambda start, end: True
) -> Iterator[tuple[int, int, str]]:
    """(start, end, concept) of the aliases in what is said, longest first at each place, not overlapping."""
    at = 0 if known.lengths else len(said)
    while at < len(said) - 1:
        for length in known.lengths.get(said[at : at + 2], ()):
            concept = known.concepts.get(said[at : at + length])
            if concept is not None and stands(at, at + length):
                yield at, at + length, concept
                at += length
                break
        else:
            at += 1


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
    written, words, placed = list(_written(text, lex)), lex.cut(text), _placed(text)
    meant = [(start, concept) for start, _, concept in written]
    heard = _heard(placed, _taken(text, written, words), lex)
    concepts = list(dict.fromkeys(concept for _, concept in (sorted(meant + heard) if heard else meant)))
    sounds = [sound for _, sound in placed]
    found = ["k" + concept for concept in concepts]
    found += ["w" + word for word in words if len(word) > 1 and not word.isascii()]
    for run in _RUN.findall(text):
        found += _latin(run) if run[0].isascii() else _chinese(run)
    plain = dict.fromkeys((*found, *_sounding(itertools.pairwise(sounds))))
    features = plain | dict.fromkeys((*_leaping(sounds), *_near(concepts)))
    return Parsed(text, list(features), list(plain), concepts, sounds)


def _taken(text: str, written: Iterable[tuple[int, int, str]], words: Iterable[str]) -> set[int]:
    """The places where it is clear what is written: concepts, and words too long to be a slip."""
    taken = {place for start, end, _ in written for place in range(start, end)}
    at = 0
    for word in words:
        if len(word) >= _NO_SLIP and not word.isascii():
            at = text.index(word, at)
            taken.update(range(at, at + len(word)))
    return taken


def _heard(placed: Sequence[tuple[int, str]], taken: set[int], lex: Lexicon) -> list[tuple[int, str]]:
    """(place, concept) for what only sounds like one: 底保, di bao."""
    if not lex.heard.lengths:
        return []
    free = tuple("" if place in taken else sound for place, sound in placed)
    return [(placed[start][0], concept) for start, _, concept in _found(free, lex.heard)]


def views(read: Parsed, lex: Lexicon) -> Views:
    """The features of a text as it was typed, as they are when it is typed in pinyin, and by sounds alone."""
    spoken = sound_only(read.features)
    concepts = list(dict.fromkeys(concept for _, _, concept in _found(tuple(read.sounds), lex.heard)))
    return read.features, ["k" + concept for concept in concepts] + spoken + _near(concepts), spoken


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
