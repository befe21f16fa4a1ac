"""Questions that test a service, or the talk around services: what must come of them, and what must not."""

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import Field, model_validator

from bot.catalogue.documents import Location
from bot.catalogue.model import Frame, Line, QuestionKind, Record, Slug

TALK = "examples/talk/"
"""Where the examples of talk stand, below the knowledge folder."""

NO_TOPIC = "none"
"""Stands among the `topics` of what is about none of our signposts: none need be named."""

Style = Literal[
    "plain",
    "colloquial",
    "story",
    "keyword",
    "typo",
    "dialect",
    "traditional",
    "pinyin",
    "english",
    "fullwidth",
]


class Example(Record):
    """A question that must land on the file's service."""

    q: Line
    style: Style
    kind: QuestionKind


class NearMiss(Record):
    """A question that must not: it `lands` on another service, or `outside` the plan.

    `topics`: the signposts that would be right to name, or NO_TOPIC; empty where it is not said.
    """

    q: Line
    lands: Slug
    topics: tuple[Slug, ...] = ()


class Saying(Record):
    """What is said outside the plan; `topics` as of NearMiss. Just a line where there are none."""

    q: Line
    topics: tuple[Slug, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _from_a_line(cls, data: Any) -> Any:
        return {"q": data} if isinstance(data, str) else data


class Opening(Record):
    """A question that a conversation begins with, and the service it lands on."""

    q: Line
    lands: Slug


class Turn(Record):
    """One message of a dialogue: it `lands` on a service or `outside`, or is a cry for help.

    `numbers`: the acceptable emergency numbers of a cry for help.
    """

    q: Line
    lands: Slug = "outside"
    kind: str = ""
    numbers: tuple[Slug, ...] | None = None


class SeveralExample(Record):
    """A message that asks several things; each must be answered, and nothing else."""

    q: Line
    lands: tuple[Slug, ...] = Field(min_length=2)


class UrgentExamples(Record):
    """What people write in danger, with the numbers that would be right; none for what only sounds so."""

    numbers: tuple[Slug, ...]
    said: tuple[Saying, ...]


Sort = Literal["happens", "befalls", "thinks", "told", "topics", "english"]
Frames = dict[Sort, tuple[Frame, ...]]
"""By the sort of words that the dots in them stand for."""


class GridDanger(Record):
    """What happens in one kind of danger, by the sort of words; `numbers` as of UrgentExamples."""

    numbers: tuple[Slug, ...] = Field(min_length=1)
    said: dict[Sort, tuple[Line, ...]]


class Least(Record):
    """What share (0–1) must at least be right."""

    cries: float = Field(ge=0, le=1)
    calm: float = Field(ge=0, le=1)


class Grid(Record):
    """All that happens in danger × all ways to cry for help, and × what makes it no danger at all."""

    least: Least
    cries: Frames
    calm: Frames
    dangers: tuple[GridDanger, ...]


class TalkFile(Record):
    """Examples of talk: dialogues, sayings after any opening, several questions at once, cries for help.

    `grid`: many more cries and calm sayings, made by putting together.
    `continued`: by kind, what goes on about the service of an opening; `outside`: what does not.
    """

    openings: tuple[Opening, ...] = ()
    continued: dict[str, tuple[Line, ...]] = {}
    outside: tuple[Saying, ...] = ()
    dialogues: tuple[tuple[Turn, ...], ...] = ()
    several: tuple[SeveralExample, ...] = ()
    urgent: tuple[UrgentExamples, ...] = ()
    grid: Grid | None = None

    def landings(self) -> Iterator[tuple[Location, str]]:
        """(place, service) for every service that an example lands on."""
        yield from ((("openings", i), opening.lands) for i, opening in enumerate(self.openings))
        yield from ((("dialogues", i, j), turn.lands) for i, j, turn in self._turns())
        for i, example in enumerate(self.several):
            yield from ((("several", i), name) for name in example.lands)

    def topics(self) -> Iterator[tuple[Location, str]]:
        """(place, topic) for every topic that an example says is meant."""
        for i, saying in enumerate(self.outside):
            yield from ((("outside", i), topic) for topic in saying.topics)
        for i, group in enumerate(self.urgent):
            yield from ((("urgent", i), topic) for saying in group.said for topic in saying.topics)

    def numbers(self) -> Iterator[tuple[Location, str]]:
        """(place, number) for every emergency number that an example calls right."""
        for i, j, turn in self._turns():
            yield from ((("dialogues", i, j), number) for number in turn.numbers or ())
        for i, group in enumerate(self.urgent):
            yield from ((("urgent", i), number) for number in group.numbers)
        for i, danger in enumerate(self.grid.dangers if self.grid else ()):
            yield from ((("grid", "dangers", i), number) for number in danger.numbers)

    def _turns(self) -> Iterator[tuple[int, int, Turn]]:
        for i, dialogue in enumerate(self.dialogues):
            yield from ((i, j, turn) for j, turn in enumerate(dialogue))


class ExampleFile(Record):
    """The examples of one service."""

    service: Slug
    examples: tuple[Example, ...]
    near_misses: tuple[NearMiss, ...] = ()
