"""Questions that test a service: what must land on it, and what only sounds like it."""

from typing import Literal

from bot.catalogue.model import Line, QuestionKind, Record, Slug

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


class ExampleFile(Record):
    """The examples of one service."""

    service: Slug
    examples: tuple[Example, ...]
    near_misses: tuple[NearMiss, ...] = ()
