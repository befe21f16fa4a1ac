"""Where the parts of a knowledge file begin, so that one is read or written without all the others.

ruamel.yaml, which keeps comments and layout, takes seconds for the largest files. What a part is, is told
by indentation alone, and only believed where it agrees with what the file is known to say. Pure.
"""

import re
from typing import Any, NamedTuple

_KEY = re.compile(r"^[^\s#-].*\n?", re.M)
_OPEN_KEY = re.compile(r"[^#]*:\s*(?:#.*)?")
_FIRST_ROW = re.compile(r"(?:[ \t\r]*(?:#.*)?\n)*( *)- ")  # each line in one way only, or it takes for ever
_BINDING = re.compile(r"^(?:---|\.\.\.|[%?])|[:\-\[{,]\s*[&*!]", re.M)
"""What may bind one part to another: markers of documents, directives, anchors, aliases, tags."""


class Excerpt(NamedTuple):
    """A stretch of a text; with `head` before it, it is a file of its own."""

    start: int
    end: int
    head: str = ""

    def alone(self, text: str) -> str:
        """That file."""
        return self.head + text[self.start : self.end]


class Section(NamedTuple):
    """A key of a file with its value: where it starts and ends, and where each row of its list starts."""

    start: int
    end: int
    head: str
    rows: tuple[int, ...]
    indent: int

    def part(self, first: int, last: int) -> Excerpt:
        """The rows from one to another, both included."""
        end = self.rows[last + 1] if last + 1 < len(self.rows) else self.end
        return Excerpt(self.rows[first], end, self.head)


def outline(text: str) -> tuple[Section, ...]:
    """The sections of a file; none where one may depend on another."""
    if _BINDING.search(text):
        return ()
    keys = [(m.start(), m[0]) for m in _KEY.finditer(text)]
    ends = [*(start for start, _ in keys), len(text)][1:]
    return tuple(_section(text, start, end, head) for (start, head), end in zip(keys, ends, strict=True))


def fitting(text: str, data: Any) -> tuple[Section, ...]:
    """The sections of a file that says `data`; none where they cannot be told for sure."""
    sections = outline(text)
    if not isinstance(data, dict) or len(data) != len(sections):
        return ()
    # Keys, and rows, all begin in the column where the first one does, so that none is ever missed:
    # where the number is right, nothing else was taken for one.
    fit = all(
        not s.rows or (isinstance(value, list) and len(value) == len(s.rows))
        for s, value in zip(sections, data.values(), strict=True)
    )
    return sections if fit else ()


def _section(text: str, start: int, end: int, head: str) -> Section:
    first = _FIRST_ROW.match(text, start + len(head), end) if _OPEN_KEY.fullmatch(head.rstrip()) else None
    if first is None:
        return Section(start, end, head, (), 0)
    row = re.compile(rf"^{first[1]}- ", re.M)
    rows = tuple(m.start() for m in row.finditer(text, first.start(1), end))
    return Section(start, end, head, rows, len(first[1]))
