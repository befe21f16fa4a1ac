"""Whether a question asks about another city: the plan speaks of Ningbo alone.

A place is asked about where the question begins with it (杭州低保多少), owns what is asked (上海的公租房), or
stands beside it (最低工资 上海). Where somebody comes from, lives, or what is compared, is said in passing.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from bot.catalogue.model import Cues
from bot.conversation.kinds import CueIndex, cut_at_cues, word_index
from bot.text.normalise import normalise
from bot.text.pinyin import reading, split

_ELSEWHERE: Final = "elsewhere"
_HERE: Final = "here"
_LONGEST = 40  # what is longer tells a story
_OWNED = re.compile(r"[省市]?的|'s | s ")
_IN = re.compile(r"\b(?:in|of|for|at) $")


class Places(NamedTuple):
    """The cues of places, what to call each, and the words beside one asked about or said in passing."""

    cues: CueIndex
    names: Mapping[str, str]
    leads: re.Pattern[str]
    before: re.Pattern[str]
    after: re.Pattern[str]


def places(cues: Cues, own: Iterable[str] = ()) -> Places:
    """The places of a catalogue's cues, by name and in pinyin, unless that is also the pinyin of one of the
    catalogue's `own` words, normalised: jinan may be 急难."""
    groups = cues.places
    elsewhere = {normalise(name): name for name in groups.get(_ELSEWHERE, ())}
    taken = {_letters(word) for word in own if word not in elsewhere}
    spelt = ((_letters(name), name) for name in elsewhere.values())
    elsewhere |= {letters: name for letters, name in spelt if _is_clear(letters) and letters not in taken}
    here = (*groups.get(_HERE, ()), *cues.follow.get("follow-place", ()))
    return Places(
        word_index(((_ELSEWHERE, elsewhere), (_HERE, here))),
        elsewhere,
        re.compile(rf"(?:{_any(groups.get('lead', ()))}|\s)*"),
        re.compile(rf"(?:{_any(groups.get('passing-before', ()))})\s*$"),
        re.compile(rf"\s*(?:{_any(groups.get('passing-after', ()))})"),
    )


def _letters(name: str) -> str:
    """A Chinese word in pinyin, without spaces; nothing of any other."""
    return "".join(map(reading, name))


def _is_clear(letters: str) -> bool:
    """Whether pinyin cannot be one syllable: bao xian ends like 保险 and is not in 西安."""
    return len(split(letters)) > 1


def _any(words: Iterable[str]) -> str:
    longest_first = sorted(map(normalise, words), key=len, reverse=True)
    return "|".join(map(re.escape, longest_first)) or r"(?!)"


def asked_about(text: str, known: Places) -> tuple[str, str] | None:
    """The other place that normalised text asks about, and the text without it; None where there is none."""
    if len(text) > _LONGEST:
        return None
    found, at = None, 0
    for piece, shown in cut_at_cues(text, known.cues):
        if _HERE in shown:
            return None
        if _ELSEWHERE in shown and found is None:
            found = text[:at], piece, text[at + len(piece) :]
        at += len(piece)
    if found is None or not _is_asked(found[0], found[2], known):
        return None
    before, place, after = found
    return known.names[place], f"{before} {after}"


def _is_asked(before: str, after: str, known: Places) -> bool:
    if known.before.search(before) or known.after.match(after):
        return False
    beside = not after and before.endswith(" ")
    return bool(known.leads.fullmatch(before) or _OWNED.match(after) or beside or _IN.search(before))
