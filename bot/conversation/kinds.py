"""What is asked about a topic: how much, where, how, who … — by the cue words of cues.yaml."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from bot.catalogue.model import Cues
from bot.text.normalise import normalise

# The first kind whose cue stands in a question wins: "电话多少" asks for a contact, not a number.
PRIORITY = ("contact", "cost", "when", "eligibility", "howmany", "where", "how", "yesno")
COURTESY, FILLER = "follow-courtesy", "follow-filler"
"""What the cues show that ask nothing."""
_NOTHING: frozenset[str] = frozenset()


class CueIndex(NamedTuple):
    """Cue word → what it shows (a question kind, or `follow-…`); all that cue words begin with."""

    words: Mapping[str, frozenset[str]]
    begun: frozenset[str]


def cue_index(cues: Cues) -> CueIndex:
    """The cue words of a catalogue, normalised."""
    return word_index((*cues.kinds.items(), *cues.follow.items()))


def word_index(groups: Iterable[tuple[str, Iterable[str]]]) -> CueIndex:
    """The words of each (what they show, words), normalised."""
    words: dict[str, set[str]] = {}
    for shown, listed in groups:
        for word in listed:
            words.setdefault(normalise(word), set()).add(shown)
    words.pop("", None)
    begun = frozenset(word[:end] for word in words for end in range(1, len(word) + 1))
    return CueIndex({w: frozenset(s) for w, s in words.items()}, begun)


class Cued(NamedTuple):
    """The cues found in a text, and the text with them taken out."""

    shown: frozenset[str]
    rest: str


def find_cues(text: str, index: CueIndex) -> Cued:
    """Cues of normalised text, longest first at each place."""
    shown: set[str] = set()
    rest: list[str] = []
    for piece, found in cut_at_cues(text, index):
        shown |= found
        rest.append(" " if found else piece)
    return Cued(frozenset(shown), " ".join("".join(rest).split()))


def without(text: str, cue: str, index: CueIndex) -> str:
    """Folded text without the words that show one cue and nothing else; a space stands for each."""
    return "".join(" " if found == {cue} else piece for piece, found in cut_at_cues(text, index))


def cut_at_cues(text: str, index: CueIndex) -> Iterator[tuple[str, frozenset[str]]]:
    """The text cut into (cue word, what it shows) and (what stands between two such words, nothing)."""
    begun = 0
    for at, first in enumerate(text):
        if at < begun or first not in index.begun or not (word := _longest_at(text, at, index)):
            continue
        if begun < at:
            yield text[begun:at], _NOTHING
        yield word, index.words[word]
        begun = at + len(word)
    if begun < len(text):
        yield text[begun:], _NOTHING


def _longest_at(text: str, at: int, index: CueIndex) -> str:
    """The longest cue word that begins there; empty where none does."""
    longest = ""
    for end in range(at + 1, len(text) + 1):
        word = text[at:end]
        if word not in index.begun:
            break
        if word in index.words and _whole(text, at, end):
            longest = word
    return longest


def inside(text: str, frame: tuple[str, str]) -> str:
    """What stands inside a frame (what begins and what ends it) that the text is; empty where it is none."""
    begins, ends = frame
    framed = len(text) > len(begins) + len(ends) and text.startswith(begins) and text.endswith(ends)
    return text[len(begins) : len(text) - len(ends)].strip() if framed else ""


def _whole(text: str, start: int, end: int) -> bool:
    """Whether a Latin cue stands as a word of its own."""
    if not text[start].isascii() or not text[start].isalpha():
        return True
    before = start == 0 or not (text[start - 1].isascii() and text[start - 1].isalpha())
    after = end == len(text) or not (text[end].isascii() and text[end].isalpha())
    return before and after


def question_kind(cued: Cued) -> str:
    """The kind of question the cues speak for; `policy` where none does."""
    return next((kind for kind in PRIORITY if kind in cued.shown), "policy")
