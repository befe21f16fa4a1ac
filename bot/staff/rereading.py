"""A changed knowledge file read by what changed in it: the rest is known already."""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from ruamel.yaml.error import YAMLError

from bot.staff.files import parse, source
from bot.staff.outline import Excerpt, Section, fitting, outline
from bot.store.sources import SourceFile


class _Changed(NamedTuple):
    """The stretch of the old text that differs; `text` is the new one, by so much `longer`."""

    start: int
    end: int
    longer: int
    text: str

    def now(self, part: Excerpt) -> str:
        """The new text's lines in place of a part that holds the stretch; empty where not whole lines."""
        end = part.end + self.longer
        found = self.text[part.start : end]
        return found if found.endswith("\n") or end == len(self.text) else ""


def reread(old: SourceFile, text: str, path: str) -> SourceFile | None:
    """A file's new text as read whole; None where that must be done, as for any mistake in it."""
    data = json.loads(old.parsed)
    sections = fitting(old.text, data)
    changed = _difference(old.text, text)
    if not sections or changed.start < sections[0].start:
        return None
    try:
        known = _by_rows(data, sections, changed, old.text, path) or _by_keys(data, sections, changed, path)
    except YAMLError:
        return None
    return SourceFile(text, json.dumps(known, ensure_ascii=False)) if known else None


def _difference(old: str, new: str) -> _Changed:
    shorter = min(len(old), len(new))
    before = bisect_left(range(1, shorter + 1), True, key=lambda n: old[:n] != new[:n])
    most = range(1, shorter - before + 1)
    behind = bisect_left(most, True, key=lambda n: old[len(old) - n :] != new[len(new) - n :])
    return _Changed(before, len(old) - behind, len(new) - len(old), new)


def _by_rows(
    data: dict[str, Any], sections: Sequence[Section], changed: _Changed, old: str, path: str
) -> dict[str, Any] | None:
    """What the file says now, where only rows of one list differ."""
    for key, section in zip(data, sections, strict=True):
        if section.rows and section.rows[0] <= changed.start and changed.end <= section.end:
            first, last = _touched(section.rows, changed, section.part)
            parts = (section.part(row, row) for row in range(first, last + 1))
            known = dict(zip((old[p.start : p.end] for p in parts), data[key][first:], strict=False))
            rows = _rows(changed.now(section.part(first, last)), section, known, path)
            return data | {key: [*data[key][:first], *rows, *data[key][last + 1 :]]} if rows else None
    return None


def _rows(text: str, within: Section, known: Mapping[str, Any], path: str) -> list[Any] | None:
    """What lines say as rows of a section, of which some are known; None where they may not be those."""
    alone = within.head + text
    sections = outline(alone)
    if [(s.rows[:1], s.indent) for s in sections] != [((len(within.head),), within.indent)]:
        return None
    found = []
    for row in range(len(sections[0].rows)):
        part = sections[0].part(row, row)
        line = alone[part.start : part.end]
        said = [known[line]] if line in known else next(iter(_plain(part.alone(alone), path).values()))
        if not isinstance(said, list) or len(said) != 1:
            return None
        found += said
    return found


def _by_keys(
    data: dict[str, Any], sections: Sequence[Section], changed: _Changed, path: str
) -> dict[str, Any] | None:
    """What the file says now, where some keys with their values differ."""

    def part(first: int, last: int) -> Excerpt:
        return Excerpt(sections[first].start, sections[last].end)

    first, last = _touched([s.start for s in sections], changed, part)
    said = _keys(changed.now(part(first, last)), path)
    before, behind = list(data.items())[:first], list(data.items())[last + 1 :]
    known = dict([*before, *(said or {}).items(), *behind])
    return known if said and len(known) == len(before) + len(said) + len(behind) else None


def _touched(
    starts: Sequence[int], changed: _Changed, part: Callable[[int, int], Excerpt]
) -> tuple[int, int]:
    """The first and the last part that hold the stretch; with neighbours where nothing is left of it."""
    first = bisect_right(starts, changed.start) - 1
    last = max(first, bisect_left(starts, changed.end) - 1)
    if changed.now(part(first, last)).strip():
        return first, last
    return max(first - 1, 0), min(last + 1, len(starts) - 1)


def _keys(text: str, path: str) -> dict[str, Any] | None:
    """What lines say as keys with their values; None where they may not be those."""
    said = _plain(text, path) if text else {}
    sections = fitting(text, said)
    return said if sections and sections[0].start == 0 else None


def _plain(text: str, path: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(source(parse(text, path), text).parsed)
    return said
