"""Dialogues as data: tests/transcripts/*.txt. A blank line ends a conversation.

> what the resident types
= status topic-or-services   (… at the end: more may follow)
~ what must stand in the reply
# buttons: label | label     (all of them; any other line with # is a remark)
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.conversation.knowledge import Knowledge
from bot.conversation.state import State
from bot.conversation.turn import turn
from bot.messages import Message, Reply

FOLDER = Path(__file__).parent / "transcripts"
FEWEST = 25
FOLLOW_UPS = (
    "back",
    "bare",
    "circumstances",
    "continued",
    "corrected",
    "for_others",
    "named_again",
    "neighbour",
    "new-topic",
    "pointed",
)
MORE, BUTTONS = " …", "# buttons:"


class Dialogue(NamedTuple):
    """The lines of one conversation, and the file and line where it begins."""

    place: str
    lines: tuple[str, ...]


def dialogues() -> Iterator[Dialogue]:
    for path in sorted(FOLDER.glob("*.txt")):
        block: list[str] = []
        for number, line in enumerate([*path.read_text("utf-8").splitlines(), ""], 1):
            if line.strip() and (not line.startswith("#") or line.startswith(BUTTONS)):
                block.append(line)
            elif not line.strip() and block:
                yield Dialogue(f"{path.stem}:{number - len(block)}", tuple(block))
                block = []


DIALOGUES = list(dialogues())


def summary(reply: Reply) -> str:
    """A reply's status with what it is about: the services named, or else the topic."""
    services = [m.service for m in reply.matches] if not reply.topic.startswith("domain/") else []
    return " ".join(filter(None, (reply.status, *(services or [reply.topic]))))


def seen(wanted: str, reply: Reply) -> str:
    """The line that the reply bears out: the one wanted, or what came instead."""
    sign, _, rest = wanted.partition(" ")
    if sign == "~":
        return wanted if rest in reply.text else f"~ not in: {reply.text}"
    if wanted.startswith(BUTTONS):
        return f"{BUTTONS} {' | '.join(b.label for b in reply.buttons)}"
    assert sign == "=", f"not a line of a transcript: {wanted}"
    got = summary(reply)
    return wanted if rest.endswith(MORE) and got.startswith(rest.removesuffix(MORE)) else f"= {got}"


def replayed(lines: tuple[str, ...], knowledge: Knowledge) -> list[str]:
    state, reply = State(), None
    told: list[str] = []
    for line in lines:
        if line.startswith("> "):
            reply, state = turn(Message(line[2:]), state, knowledge)
            told.append(line)
        else:
            assert reply is not None, f"nothing was said before: {line}"
            told.append(seen(line, reply))
    return told


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=lambda d: d.place)
def test_transcript(dialogue: Dialogue, knowledge: Knowledge) -> None:
    assert any(line.startswith("= ") for line in dialogue.lines)
    assert replayed(dialogue.lines, knowledge) == list(dialogue.lines)


def test_there_are_transcripts() -> None:
    assert len(DIALOGUES) >= FEWEST


@pytest.mark.parametrize("sort", FOLLOW_UPS)
def test_every_sort_of_follow_up_has_its_transcript(sort: str) -> None:
    assert any(d.place.startswith(f"follow-up-{sort}:") for d in DIALOGUES)
