"""Questions that test a service, or the talk around services: what must come of them, and what must not."""

from typing import Literal

from pydantic import Field

from bot.catalogue.model import Line, QuestionKind, Record, Slug

TALK = "examples/talk/"
"""Where the examples of talk stand, below the knowledge folder."""

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
    """A question that must not: it `lands` on another service, or `outside` the plan."""

    q: Line
    lands: Slug


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
    said: tuple[Line, ...]


class TalkFile(Record):
    """Examples of talk: dialogues, sayings after any opening, several questions at once, cries for help.

    `continued`: by kind, what goes on about the service of an opening; `outside`: what does not.
    """

    openings: tuple[Opening, ...] = ()
    continued: dict[str, tuple[Line, ...]] = {}
    outside: tuple[Line, ...] = ()
    dialogues: tuple[tuple[Turn, ...], ...] = ()
    several: tuple[SeveralExample, ...] = ()
    urgent: tuple[UrgentExamples, ...] = ()

    @property
    def landings(self) -> set[str]:
        """Every service that some example lands on."""
        turns = [turn.lands for dialogue in self.dialogues for turn in dialogue]
        several = [name for example in self.several for name in example.lands]
        return {*(o.lands for o in self.openings), *turns, *several}

    @property
    def numbers(self) -> set[str]:
        """Every emergency number that some example calls right."""
        turns = [n for dialogue in self.dialogues for turn in dialogue for n in turn.numbers or ()]
        return {*turns, *(n for group in self.urgent for n in group.numbers)}


class ExampleFile(Record):
    """The examples of one service."""

    service: Slug
    examples: tuple[Example, ...]
    near_misses: tuple[NearMiss, ...] = ()
