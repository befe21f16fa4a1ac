"""What means a concept, as it is written and as it sounds, and where that stands in an utterance."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from bot.text.cut import Cutter, cutter, starts_of
from bot.text.normalise import normalise
from bot.text.pinyin import syllable
from bot.text.runs import RUN, spoken

Said = TypeVar("Said", str, tuple[str, ...])
Place = tuple[int, int, str]
"""Where an alias begins and ends, and the concept it means."""
_NO_SLIP = 3  # characters: a shorter word may well be a mistyped one


class Aliases(NamedTuple, Generic[Said]):
    """What means a concept, and how long those are that begin with a given pair, longest first."""

    concepts: Mapping[Said, str]
    lengths: Mapping[Said, tuple[int, ...]]


@dataclass(frozen=True, eq=False)
class Lexicon:
    """What turns a text into features: the cutter, and the aliases of concepts as they are written and, of
    those that sound like no other concept's, as they are heard: in blurred syllables.
    """

    cut: Cutter
    written: Aliases[str]
    heard: Aliases[tuple[str, ...]]


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


def found_concepts(text: str, lex: Lexicon) -> list[tuple[str, str]]:
    """(alias, concept) pairs in normalised text in their order, as they are typed there."""
    found = understood(text, lex.cut(text), spoken(text), lex)
    return [(text[start:end], concept) for start, end, concept in found]


def understood(
    text: str, words: Sequence[str], spoken: Sequence[tuple[int, str]], lex: Lexicon
) -> list[Place]:
    """The concepts in normalised text: as they are written, and between those, as they are heard.

    `words` and `spoken` are the words it is cut into and its syllables, each with its place.
    """
    written = list(_found(text, lex.written, lambda start, end: not _inside_word(text, start, end)))
    if not lex.heard.lengths:
        return written
    taken = _taken(text, written, words)
    free = tuple(["" if place in taken else sound for place, sound in spoken])
    only_heard = [
        (spoken[start][0], _end(text, spoken[end - 1][0]), concept)
        for start, end, concept in _found(free, lex.heard)
    ]
    return sorted(written + only_heard) if only_heard else written


def heard(sounds: Sequence[str], lex: Lexicon) -> list[str]:
    """The concepts that are heard in syllables."""
    return [concept for _, _, concept in _found(tuple(sounds), lex.heard)]


def _taken(text: str, written: Iterable[Place], words: Sequence[str]) -> set[int]:
    """The places where it is clear what is written: concepts, and words too long to be a slip."""
    taken = {place for start, end, _ in written for place in range(start, end)}
    for start, word in zip(starts_of(text, words), words, strict=False):
        if len(word) >= _NO_SLIP and not word.isascii():
            taken.update(range(start, start + len(word)))
    return taken


def _end(text: str, start: int) -> int:
    """Where the character or the run of letters ends that begins there."""
    run = RUN.match(text, start)
    return run.end() if run and text[start].isascii() else start + 1


def _found(
    said: Said, known: Aliases[Said], stands: Callable[[int, int], bool] = lambda start, end: True
) -> Iterator[Place]:
    """The aliases in what is said, longest first at each place, not overlapping."""
    concepts, lengths = known
    at = 0 if lengths else len(said)
    while at < len(said) - 1:
        for length in lengths.get(said[at : at + 2], ()):
            alias = said[at : at + length]
            concept, end = concepts.get(alias), at + len(alias)
            if concept is not None and stands(at, end):
                yield at, end, concept
                at = end
                break
        else:
            at += 1


def _inside_word(text: str, start: int, end: int) -> bool:
    """Whether a Latin alias was found in the middle of a longer Latin word."""
    before = start > 0 and text[start - 1].isascii() and text[start - 1].isalpha()
    after = end < len(text) and text[end].isascii() and text[end].isalpha()
    return (before and text[start].isascii()) or (after and text[end - 1].isascii())
