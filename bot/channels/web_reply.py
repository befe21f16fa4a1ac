"""A reply as the page shows it: lines with links, and choices where the text lists them by number."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from bot.channels.base import FORGOTTEN, with_phones
from bot.messages import Button, Reply

_OPTION = re.compile(r"\s*(\d{1,2})[.\uff0e、]\s*(.+)")
# ASCII only and no closing punctuation: Chinese sentences run on without a space after an address.
_URL = re.compile(r"(https?://[!#-&*-;=?-~]*[#-&*+\-/0-9=@-Z_a-z~])")
_NOTE = re.compile(r"\s*(?:[(\uff08](.*)[)\uff09])?\s*")
_JUDGED = frozenset({"answered", "clarify", "unanswered"})
_LONGEST_LINK = 200  # characters of a question passed on in an address
_NOT_DIALLED = re.compile(r"[^\d+*#]")


class Span(NamedTuple):
    """A stretch of a line; `link` is a tel:, http: or https: address, or empty."""

    text: str
    link: str


class Choice(NamedTuple):
    """A numbered line of the text which is also a button; `note` is what follows the label."""

    number: str
    button: Button
    note: str


class ReplyBlock(NamedTuple):
    """A line of text, or the choices listed on consecutive lines. One of the two is empty."""

    pieces: tuple[Span, ...]
    choices: tuple[Choice, ...] = ()


class Shown(NamedTuple):
    """All that the template needs: `buttons` are those the text does not list, `calls` the big ones.

    `answer_id` names the answer for feedback, empty where none is wanted; `asks` is what asks for it again;
    `forgets` says that what the page shows from before must go.
    """

    status: str
    blocks: tuple[ReplyBlock, ...]
    buttons: tuple[Button, ...]
    calls: tuple[Span, ...]
    answer_id: str = ""
    asks: str = ""
    forgets: bool = False


def shown(reply: Reply, said: str = "") -> Shown:
    """Lay a reply out for the page, with the words that asked for it."""
    blocks: list[ReplyBlock] = []
    listed: set[Button] = set()
    spelled = "、".join(b.label for b in reply.buttons)
    for line in reply.text.splitlines():
        if choice := _choice(line, reply.buttons):
            listed.add(choice.button)
            before = blocks.pop().choices if blocks and blocks[-1].choices else ()
            blocks.append(ReplyBlock((), (*before, choice)))
        elif not (spelled and line == spelled):
            blocks.append(ReplyBlock(tuple(_pieces(line, reply.phones))))
    calls = _calls(blocks) if reply.status == "emergency" else ()
    left = tuple(b for b in reply.buttons if b not in listed)
    answer_id = reply.answer_id if _is_judged(reply) else ""
    forgets = reply.topic == FORGOTTEN
    return Shown(reply.status, tuple(blocks), left, calls, answer_id, _again(reply, said), forgets)


def _is_judged(reply: Reply) -> bool:
    """Whether it speaks of something: a wish for a shorter message or for a number is no answer to judge."""
    return reply.status in _JUDGED and bool(reply.matches or reply.buttons or reply.topic)


def _again(reply: Reply, said: str) -> str:
    """What asks for this again in a link: a service's name, so that nobody's own words are passed on."""
    answers = [m for m in reply.matches if m.role == "answer"]
    if reply.status != "answered" or not answers:
        return ""
    return answers[0].title if len(answers) == 1 else said[:_LONGEST_LINK]


def _choice(line: str, buttons: tuple[Button, ...]) -> Choice | None:
    """The line as a choice, where it is `number. label` or `number. label (note)` of that button."""
    option = _OPTION.fullmatch(line)
    if not option or not 1 <= int(option[1]) <= len(buttons):
        return None
    button = buttons[int(option[1]) - 1]
    note = _NOTE.fullmatch(option[2].removeprefix(button.label))
    if not option[2].startswith(button.label) or not note:
        return None
    return Choice(option[1], button, note[1] or "")


def _pieces(line: str, phones: tuple[str, ...]) -> Iterator[Span]:
    for i, part in enumerate(_URL.split(line)):
        if i % 2:
            yield Span(part, part)
            continue
        for text, is_phone in with_phones(part, phones):
            yield Span(text, f"tel:{_NOT_DIALLED.sub('', text)}" if is_phone else "")


def _calls(blocks: list[ReplyBlock]) -> tuple[Span, ...]:
    linked = (p for block in blocks for p in block.pieces if p.link.startswith("tel:"))
    return tuple(dict.fromkeys(linked))
