"""What every channel shares: the answering function it is given, and plain-text fall-backs."""

import json
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from functools import cache
from typing import Any

from bot.messages import Button, Message, Reply, Verdict
from bot.rendering import PAGES

Judge = Callable[[str, Verdict, str], Awaitable[bool]]
"""Marks an answer by its id as right or wrong, with a comment; False where there is no such answer."""

Forget = Callable[[str, str], Awaitable[None]]
"""Erases all that is kept of a person in a channel. StoreError where that fails."""

Alarm = Callable[[Message], Awaitable[Reply | None]]
"""The reply to a cry for help, even where nothing else is answered; None where the message is none."""

ForgetPerson = Callable[[str], Awaitable[None]]
"""The same for the one channel that asks."""

START, DOMAINS = "/start", "/domains"
"""Texts that mean the same in every channel: greet, list the ten domains."""

CLOSED = "closed"
"""The topic of the reply of a channel that is switched off."""

FORGOTTEN = "command/forget"
"""The topic of the reply that says a person's records are gone: a channel drops what it keeps itself."""


@cache
def _words() -> Mapping[str, Any]:
    """How a button is written, and what is said otherwise where nothing can be pressed or is recorded."""
    found: dict[str, Any] = json.loads((PAGES / "plain.json").read_text("utf-8"))
    return found


def plain(reply: Reply) -> str:
    """The reply as plain text, with those buttons below it that the text does not name.

    Nothing can be pressed there, so that it does not ask to; a button that says a command shows it.
    """
    words, text = _words(), reply.text
    for pressed, typed in words["typed"].items():
        text = text.replace(pressed, typed)
    below = [_written(button, words) for button in reply.buttons if button.label not in reply.text]
    return "\n".join([text, *below])


def _written(button: Button, words: Mapping[str, Any]) -> str:
    kind = "command" if button.text.startswith("/") else "button"
    return str(words[kind].format(label=button.label, text=button.text))


def unrecorded(about: str, phone: str) -> str:
    """What to say of `privacy` or `feedback` where nothing that is said gets recorded."""
    return str(_words()["unrecorded"][about].format(phone=phone))


def with_phones(text: str, phones: tuple[str, ...]) -> Iterator[tuple[str, bool]]:
    """Cut a text into (piece, is a telephone number) so that a channel can make numbers tappable."""
    if not phones:
        yield text, False
        return
    listed = "|".join(sorted(map(re.escape, phones), key=len, reverse=True))
    for i, piece in enumerate(re.split(rf"(?<!\d)({listed})(?!\d)", text)):
        if piece:
            yield piece, bool(i % 2)
