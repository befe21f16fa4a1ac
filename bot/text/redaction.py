"""What never stands in a log: secrets, and what is personal in residents' words."""

import re
from collections.abc import Iterator

from bot.text.masking import STARS, personal

_SECRETS = re.compile(
    r"(?<=bot)\d+:[\w-]+|\b\d{6,}:[\w-]{30,}"  # a Telegram token, in an address or alone
    r"|(?<=[Bb]earer )[\w.~+/-]{8,}=*"
    r"|(?<=access_token=)[\w.-]+|(?<=secret=)[\w.-]+|(?<=sign=)[\w.%+-]+"
    r"|(?<=://)[^\s:/@]+:[^\s/@]+(?=@)"  # a database's user and password
)
_LONGEST = 4000  # characters looked through at once: what that takes grows faster than they do
_MARGIN = 300  # characters before and after: longer than anything that is masked


def redact(text: str) -> str:
    """The text with every secret in it made unreadable, and what is personal starred out."""
    hidden = _SECRETS.sub("<secret>", text)
    pieces, at = [], 0
    for start, end in _found(hidden):
        if end > at:
            pieces += [hidden[at:start], STARS]
            at = end
    return "".join((*pieces, hidden[at:]))


def _found(text: str) -> Iterator[tuple[int, int]]:
    """Where something personal is, in each piece of the text seen with what is around it."""
    for piece in range(0, len(text), _LONGEST):
        first, last = max(0, piece - _MARGIN), piece + _LONGEST
        for found in personal(text[first : last + _MARGIN]):
            if first + found.start < last and first + found.end > piece:
                yield first + found.start, first + found.end
