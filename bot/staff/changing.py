"""The files that change when one record does; of a large one, only the lines around the record are parsed."""

import json
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from bot.catalogue.documents import LISTS, PLAIN
from bot.catalogue.records import FILES, MAPPINGS, SINGLE, Address, Edits, Fields
from bot.staff.editing import alike, edited, path_of
from bot.staff.outline import Excerpt, Section, fitting
from bot.staff.snapshot import Snapshot
from bot.store.sources import SourceFile

_INDENT = 2  # of the rows of a list, as we write them


class _PlacedEdit(NamedTuple):
    """The part of a file to edit in its place, and what the record shall be within it (None: nothing)."""

    part: Excerpt
    address: Address
    fields: Fields | None


def record_texts(snapshot: Snapshot, address: Address, fields: Fields | None) -> dict[str, str | None]:
    """The files that change when one record does."""
    if address.kind not in FILES:
        path = path_of(address)
        return {path: _with_record(snapshot.sources.get(path), path, address, fields)}
    old = snapshot.path_of_record(address)
    if fields is None:
        return {old: None} if old else {}
    section = fields.get("source", {}).get("section")
    service = snapshot.records.get(Address("services", address.id), {})
    section = service.get("source", {}).get("section") if address.kind == "examples" else section
    path = path_of(address, snapshot.folder_of(section)) if section or not old else old
    text = _with_record(snapshot.sources.get(old or path), path, address, fields)
    return {path: text} if old in (None, path) else {path: text, str(old): None}


def with_records(snapshot: Snapshot, edits: Edits) -> Snapshot:
    """The knowledge with these records."""
    found = snapshot
    for address, fields in edits.items():
        if snapshot.records.get(address) != fields:
            found = found.with_texts(record_texts(found, address, fields))
    return found


def _with_record(kept: SourceFile | None, path: str, address: Address, fields: Fields | None) -> str | None:
    text = kept.text if kept else None
    data = json.loads(kept.parsed) if kept else None
    if text is None or not isinstance(data, dict):
        return edited(text, path, address, fields)
    sections = dict(zip(data, fitting(text, data), strict=False))
    if fields and address.kind in FILES and (fewer := _fewer_rows(text, data, sections, fields)) is not None:
        return fewer
    excerpt = _excerpt(data, sections, path, address, fields)
    if excerpt:
        part = excerpt.part
        inner = part.head if excerpt.fields is None else edited(part.alone(text), path, *excerpt[1:])
        if inner is not None and inner.startswith(part.head):
            return text[: part.start] + inner.removeprefix(part.head) + text[part.end :]
    return edited(text, path, address, fields)


def _excerpt(
    data: Fields, sections: Mapping[str, Section], path: str, address: Address, fields: Fields | None
) -> _PlacedEdit | None:
    """Where a record stands, or where a new one goes; None where the whole file has to be parsed."""
    if path in MAPPINGS:
        return _of_key(sections, address, fields)
    if address.kind in (*FILES, *SINGLE):
        return _of_fields(sections, data, address, fields or {}) if sections else None
    section = sections.get(address.kind)
    if section is None or section.indent != _INDENT:
        return None
    if address.kind in PLAIN.get(path, ()):
        return _of_lines(section, data[address.kind], address, fields)
    return _of_row(section, data[address.kind], address, fields) if path in LISTS else None


def _of_key(sections: Mapping[str, Section], address: Address, fields: Fields | None) -> _PlacedEdit | None:
    section = sections.get(address.id)
    if fields is None and (section is None or len(sections) == 1):
        return None
    section = section or next(iter([*sections.values()][-1:]), None)
    return _PlacedEdit(Excerpt(section.start, section.end), address, fields) if section else None


def _of_fields(
    sections: Mapping[str, Section], data: Fields, address: Address, fields: Fields
) -> _PlacedEdit | None:
    """From the first to the last field that differs; None where one comes or goes."""
    differ = _differing(data, fields)
    if not differ or any(not data.get(name) or not fields.get(name) for name in differ):
        return None
    names = list(data)
    within = names[names.index(differ[0]) : names.index(differ[-1]) + 1]
    part = Excerpt(sections[within[0]].start, sections[within[-1]].end)
    return _PlacedEdit(part, address, {name: fields[name] for name in within})


def _differing(data: Fields, fields: Fields) -> list[str]:
    """The names of the fields that differ, in the file's order."""
    return [name for name in dict.fromkeys((*data, *fields)) if data.get(name) != fields.get(name)]


def _fewer_rows(text: str, data: Fields, sections: Mapping[str, Section], fields: Fields) -> str | None:
    """The text of a file where nothing changed but that rows of one list are gone; else None."""
    differ = _differing(data, fields)
    section = sections.get(differ[0]) if differ else None
    if section is None or not section.rows or len(differ) > 1 or not fields.get(differ[0]):
        return None
    left, parts = deque(fields[differ[0]]), []
    for row, said in enumerate(data[differ[0]]):
        if left and left[0] == said:
            left.popleft()
            part = section.part(row, row)
            parts.append(text[part.start : part.end])
    if left:
        return None
    return "".join((text[: section.rows[0]], *parts, text[section.end :]))


def _of_row(
    section: Section, rows: Sequence[Any], address: Address, fields: Fields | None
) -> _PlacedEdit | None:
    ids = [str(row.get("id")) if isinstance(row, dict) else "" for row in rows]
    if fields is None and (address.id not in ids or len(ids) == 1):
        return None
    at = ids.index(address.id) if address.id in ids else len(ids) - 1
    return _PlacedEdit(section.part(at, at), address, fields)


def _of_lines(
    section: Section, lines: Sequence[Any], address: Address, fields: Fields | None
) -> _PlacedEdit | None:
    """The lines that differ, and one on either side."""
    wanted = fields["lines"] if fields else []
    before = alike(lines, wanted)
    behind = alike(lines[before:][::-1], wanted[before:][::-1])
    first, last = max(before - 1, 0), min(len(lines) - behind, len(lines) - 1)
    new = wanted[first : len(wanted) - (len(lines) - 1 - last)]
    return _PlacedEdit(section.part(first, last), address, {"lines": new}) if new else None
