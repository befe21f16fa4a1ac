"""Signs of danger as they are written: words joined by +, 【a group】 for any of the words in it. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from math import prod

from bot.catalogue.model import WordGroup

Groups = Mapping[str, Sequence[str]]
"""A group's name → the words that may stand for it."""

_PIECE = re.compile(r"【([^【】]*)】|([^【】]+)")


def by_name(listed: Iterable[WordGroup]) -> Groups:
    """A catalogue's groups as signs name them."""
    return {group.id: group.words for group in listed}


def named(sign: str) -> Iterator[str]:
    """The groups that a sign names."""
    return (group for group, _ in _PIECE.findall(sign) if group)


def wordings(sign: str, groups: Groups) -> tuple[tuple[str, ...], ...]:
    """For each part of a sign all that may be said for it. KeyError where a group is not there.

    >>> wordings("【要】跳江+快", {"要": ["想", "要"]})
    (('想跳江', '要跳江'), ('快',))
    """
    parts = (_pieces(part, groups) for part in sign.split("+"))
    return tuple(tuple(map("".join, product(*pieces))) for pieces in parts)


def most(sign: str, groups: Groups) -> int:
    """How many wordings the longest part of a sign comes to. KeyError where a group is not there."""
    return max(prod(map(len, _pieces(part, groups))) for part in sign.split("+"))


def _pieces(part: str, groups: Groups) -> list[Sequence[str]]:
    return [groups[group] if group else (words,) for group, words in _PIECE.findall(part)]
