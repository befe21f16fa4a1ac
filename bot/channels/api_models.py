"""The shapes of the API's requests and replies; what the catalogue holds is in catalogue.py."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bot.channels.open_catalogue import Contact, Domain, Figure, Found, ServiceFigure, Source, Summary
from bot.messages import Role, Status, Verdict

VERSION = "1"
LONGEST_TEXT = 5000  # the longest that surely fits in the largest body, all of it escaped
SESSION = r"^[A-Za-z0-9_-]{1,64}$"
Session = Annotated[str, StringConstraints(pattern=SESSION)]


class Ask(BaseModel):
    """A question. Those of one `session` (a name nobody guesses) are one conversation."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"text": "低保", "session": "a-name-nobody-guesses"}]},
    )

    text: Annotated[str, StringConstraints(max_length=LONGEST_TEXT)]
    session: Session | None = None


class Match(BaseModel):
    """A service of the reply: `answer` is the policy shown, `alternative` is offered."""

    role: Role
    service: str
    domain: int
    title: str
    answer: str
    score: Annotated[float, Field(ge=0, le=1)]
    figures: list[Figure]
    contacts: list[Contact]
    source: Source


class Button(BaseModel):
    """Something to press: `label` is shown, `text` is what pressing it asks."""

    label: str
    text: str


class Answer(BaseModel):
    """The reply to a question. `reply` is whole without the buttons; `phones` are the numbers in it."""

    version: Literal[1]
    question: str
    status: Status
    confidence: Annotated[float, Field(ge=0, le=1)]
    reply: str
    topic: str
    matches: list[Match]
    elapsed_us: int
    buttons: list[Button]
    phones: list[str]
    answer_id: str


class Feedback(BaseModel):
    """What a resident thinks of an answer, named by the `answer_id` that came with it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"answer_id": "q_vKiDJB", "verdict": "wrong", "comment": "过时"}]},
    )

    answer_id: Annotated[str, StringConstraints(pattern=SESSION)]
    verdict: Verdict
    comment: Annotated[str, StringConstraints(max_length=1000)] = ""


class _Listed(BaseModel):
    """Part of a list: `total` are there, these begin at `offset`."""

    release: int
    total: int
    offset: int


class Services(_Listed):
    """Services in the catalogue's order."""

    items: list[Summary]


class Figures(_Listed):
    """Figures in the catalogue's order."""

    items: list[ServiceFigure]


class Domains(BaseModel):
    """The ten domains."""

    release: int
    items: list[Domain]


class Search(BaseModel):
    """Services found for a question, best first; none where its words are not the catalogue's."""

    release: int
    items: list[Found]
