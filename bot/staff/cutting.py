"""How sentences are cut into words before and after a change of the dictionary. Pure."""

from collections.abc import Iterable
from typing import NamedTuple

from bot.catalogue.model import Catalogue
from bot.conversation.learning import words
from bot.matching.lexicon import Lexicon, found_concepts
from bot.text.normalise import normalise


class Cut(NamedTuple):
    """A sentence cut: its words, and the synonyms understood in it as `alias→concept`."""

    words: tuple[str, ...]
    meant: tuple[str, ...]


class Recut(NamedTuple):
    """A sentence before and after."""

    sentence: str
    before: Cut
    after: Cut


def _cut(sentence: str, lexicon: Lexicon) -> Cut:
    text = normalise(sentence)
    meant = (f"{alias}→{concept}" for alias, concept in found_concepts(text, lexicon))
    return Cut(tuple(lexicon.cut(text)), tuple(meant))


def recut(
    sentences: Iterable[str], before: Catalogue, after: Catalogue, most: int = 12, typed: str = ""
) -> list[Recut]:
    """The sentences that the change cuts or understands otherwise, in their order, at most so many.

    Before them, what somebody `typed`, whether or not it differs. Takes a while: two dictionaries are made.
    """
    old, new = words(before), words(after)
    found = [_both(typed, old, new)] if typed else []
    most += len(found)
    for sentence in dict.fromkeys(sentences):
        one = _both(sentence, old, new)
        if one.before != one.after:
            found.append(one)
            if len(found) == most:
                break
    return found


def cut_both(sentence: str, before: Catalogue, after: Catalogue) -> Recut:
    """One sentence before and after, whether or not it differs."""
    return _both(sentence, words(before), words(after))


def _both(sentence: str, old: Lexicon, new: Lexicon) -> Recut:
    return Recut(sentence, _cut(sentence, old), _cut(sentence, new))
