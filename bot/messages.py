"""What channels know: a message in, a reply out."""

from dataclasses import dataclass, field, replace
from typing import Literal

Status = Literal["answered", "clarify", "unanswered", "smalltalk", "emergency"]
Role = Literal["answer", "alternative"]
Verdict = Literal["right", "wrong"]


@dataclass(frozen=True)
class Message:
    """What a resident sent. `session` tells conversations apart; it is never shown or logged.

    `person` is the channel's own lasting id of whoever speaks, hashed with a key before anything is
    stored; where a channel has none, the session stands for the person.
    """

    text: str
    session: str = ""
    channel: str = "ask"
    person: str = ""


@dataclass(frozen=True)
class Button:
    """Something to press: `label` is read, `text` is what pressing it says."""

    label: str
    text: str


@dataclass(frozen=True)
class Match:
    """A service in a reply, as the machine's door shows it. `score` is a confidence, 0–1."""

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

    def timed(self, elapsed_us: int) -> "Reply":
        """The same reply with the time it took."""
        return replace(self, elapsed_us=elapsed_us)
