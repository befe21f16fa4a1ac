"""What channels know: a message in, a reply out."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

Status = Literal["answered", "clarify", "unanswered", "smalltalk", "emergency"]
Role = Literal["answer", "alternative"]
Verdict = Literal["right", "wrong"]


@dataclass(frozen=True)
class Message:
    """What a resident sent. `session` tells conversations apart; it is never shown or logged.

    `person` is the channel's own lasting id of whoever speaks, hashed with a key before anything is
    stored. `key` tells the message from the
    others of its session, where it may have to be answered anew: its turn then starts where it did before.
    `linked`: it came with a link, which anybody may have made: it asks, and nothing may be lost by it.
    """

    text: str
    session: str = ""
    channel: str = "ask"
    person: str = ""
    key: str = ""
    linked: bool = False

    @property
    def speaker(self) -> str:
        """Whoever speaks: the person, or the session where the channel knows no person."""
        return self.person or self.session


def first_word(text: str) -> tuple[str, str]:
    """The first word of a text, and what follows it, cut at any white space; each may be empty."""
    first, rest = [*text.split(maxsplit=1), "", ""][:2]
    return first, rest.rstrip()


def command_word(text: str) -> str:
    """The first word of a text as commands are told by it: /help of /Help@yongwen_bot."""
    return first_word(text)[0].partition("@")[0].lower()


PERIODS = {"second": 1, "minute": 60, "hour": 3600}


class Rate(NamedTuple):
    """So many times within so many seconds."""

    times: int
    seconds: int

    def __str__(self) -> str:
        """As settings write it: 30/minute."""
        named = {seconds: name for name, seconds in PERIODS.items()}
        return f"{self.times}/{named.get(self.seconds, f'{self.seconds} seconds')}"


@dataclass(frozen=True)
class Button:
    """Something to press: `label` is read, `text` is what pressing it says."""

    label: str
    text: str


@dataclass(frozen=True)
class Match:
    """A service in a reply, as programs are shown it. `score` is a confidence, 0–1."""

    role: Role
    service: str
    domain: int
    title: str
    answer: str
    score: float
    figures: tuple[dict[str, object], ...] = ()
    contacts: tuple[dict[str, str], ...] = ()
    source: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Reply:
    """What to say. `text` is whole without buttons; `phones` are the numbers in it to make tappable.

    `answer_id` names the answer for feedback ("/feedback wrong <answer_id>"); empty where none is kept.
    `wait` is for how many seconds a person who came too often is asked to wait.
    """

    text: str
    status: Status
    confidence: float = 0.0
    matches: tuple[Match, ...] = ()
    buttons: tuple[Button, ...] = ()
    phones: tuple[str, ...] = ()
    topic: str = ""
    elapsed_us: int = 0
    answer_id: str = ""
    wait: int = 0

    def timed(self, elapsed_us: int) -> "Reply":
        """The same reply with the time it took."""
        return replace(self, elapsed_us=elapsed_us)


Answer = Callable[[Message], Awaitable[Reply]]
"""Answers a message. Never raises: what goes wrong inside becomes a Reply that says so kindly."""

_ENCODER = json.JSONEncoder(ensure_ascii=False)
VERSION = 1
"""Of the shape `as_data` gives; it changes when a key changes its meaning or goes."""


def as_data(question: str, reply: Reply) -> dict[str, Any]:
    """A reply as the documented JSON object. Its parts are the reply's own: do not change them."""
    return {
        "version": VERSION,
        "question": question,
        "status": reply.status,
        "confidence": round(reply.confidence, 4),
        "reply": reply.text,
        "topic": reply.topic,
        "matches": [vars(match) for match in reply.matches],
        "elapsed_us": reply.elapsed_us,
        "buttons": [vars(button) for button in reply.buttons],
        "phones": reply.phones,
        "answer_id": reply.answer_id,
    }


def as_json(data: dict[str, Any]) -> str:
    """One line of JSON; characters that cannot be encoded are replaced."""
    return _ENCODER.encode(data).encode("utf-8", "replace").decode("utf-8")


class Incoming(NamedTuple):
    """One update of a messenger, to be stored before it is acknowledged.

    `key` tells it from all others of its channel; updates of one `lane`, a chat, are answered in the order
    of `number`. `person` is whoever speaks, as in Message.
    """

    key: str
    lane: str
    number: int
    payload: dict[str, Any]
    person: str = ""


class Standing(NamedTuple):
    """How an update stands: whether it is `known`, and the calls `given` for it in the answer to its push.

    `wait` is for how many seconds it had better be offered later, as others of its lane come first; else 0.
    """

    known: bool
    given: list[Any]
    wait: float


class Leased(NamedTuple):
    """A stored update, for a while nobody else's: `made` of its `calls` are done; None: not yet answered."""

    id: int
    payload: dict[str, Any] | None
    calls: list[Any] | None
    made: int
    tries: int
    received_at: float
