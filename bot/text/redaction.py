"""What never stands in a log: secrets, and what is personal in residents' words."""

import re

from bot.text.masking import masked

_SECRETS = re.compile(
    r"(?<=bot)\d+:[\w-]+|\b\d{6,}:[\w-]{30,}"  # a Telegram token, in an address or alone
    r"|(?<=[Bb]earer )[\w.~+/-]{8,}=*"
    r"|(?<=access_token=)[\w.-]+|(?<=secret=)[\w.-]+|(?<=sign=)[\w.%+-]+"
    r"|(?<=://)[^\s:/@]+:[^\s/@]+(?=@)"  # a database's user and password
)
_LONGEST = 4000  # characters masked at once


def redact(text: str) -> str:
    """The text with every secret in it made unreadable, and what is personal starred out."""
    hidden = _SECRETS.sub("<secret>", text)
    return "".join(masked(hidden[i : i + _LONGEST]) for i in range(0, len(hidden), _LONGEST))
