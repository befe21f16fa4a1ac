"""Which fields a record's form has, and how what was typed becomes the record's plain JSON values. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from bot.staff.console.forms import Form

Shape = Literal[
    "line", "text", "lines", "date", "tick", "pick", "picks", "figures", "source", "examples", "near_misses"
]
MARK = "|"
_FIGURE = ("metric", "comparator", "value", "unit", "year")
_SPARE = 2


class Field(NamedTuple):
    """A field of a form: `options` names the list a pick chooses from."""

    name: str
    shape: Shape
    options: str = ""
    rows: int = 3


def _fields(shape: Shape, *names: str) -> tuple[Field, ...]:
    return tuple(Field(name, shape) for name in names)


_CONTACTS = Field("contacts", "picks", "contacts")
_PHRASINGS = Field("phrasings", "lines", rows=12)

FIELDS: Mapping[str, tuple[Field, ...]] = {
    "services": (
        Field("name", "line"),
        Field("summary", "text", rows=2),
        Field("description", "text"),
        Field("alternate_names", "lines"),
        Field("figures", "figures"),
        Field("audience", "lines"),
        Field("organization", "pick", "organizations"),
        _CONTACTS,
        Field("source", "source", "domains"),
        *_fields("date", "checked_on", "due_on", "valid_from", "valid_through"),
        Field("related", "picks", "services"),
        *_fields("lines", "conditions", "documents", "steps"),
        *_fields("line", "fees", "processing_time", "location", "opening_hours", "url"),
        _PHRASINGS,
    ),
    "examples": (Field("examples", "examples", rows=10), Field("near_misses", "near_misses")),
    "contacts": (
        *_fields("line", "phone", "name", "purpose", "evidence"),
        *_fields("date", "checked_on", "due_on"),
    ),
    "organizations": _fields("line", "name"),
    "domains": (*_fields("line", "name", "about"), _PHRASINGS),
    "signposts": (Field("name", "line"), _CONTACTS, _PHRASINGS),
    "elsewhere": (Field("name", "line"), _PHRASINGS),
    "smalltalk": (Field("reply", "pick", "replies"), Field("stands_alone", "tick"), _PHRASINGS),
    "emergencies": (_CONTACTS, Field("reply", "text"), Field("signs", "lines"), _PHRASINGS),
    "concepts": (Field("words", "lines", rows=10),),
    "words": _fields("line", "word"),
    "replies": (Field("text", "text"),),
}
"""The fields of each kind of record that has a form, in the order of the form."""


def fields_of(kind: str, form: Form, before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What a form says, as a record's fields, on top of those it does not show (its id).

    What cannot be read stays as typed, for the check to name.
    """
    said = {field.name: _value(field, form) for field in FIELDS[kind]}
    merged = {**(before or {}), **said}
    return {name: value for name, value in merged.items() if value not in ("", [], None, False)}


def _value(field: Field, form: Form) -> Any:
    name = field.name
    match field.shape:
        case "lines":
            return form.lines(name)
        case "text":
            return "\n".join(form.one(name).splitlines())
        case "tick":
            return name in form
        case "picks":
            return list(dict.fromkeys(v for v in form.all(name) if v))
        case "figures":
            return _figures(form)
        case "source":
            return {part: _number(form.one(f"source-{part}")) for part in ("section", "paragraph")}
        case "examples":
            return [_example(line) for line in form.lines(name)]
        case "near_misses":
            return [_near_miss(line) for line in form.lines(name)]
        case _:
            return form.one(name)


def _number(text: str) -> int | float | str:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return text


def _figures(form: Form) -> list[dict[str, Any]]:
    """The rows of the table of figures that are not empty."""
    columns = [form.all(f"figure-{part}") for part in _FIGURE]
    rows = []
    for values in zip(*columns, strict=False):
        row: dict[str, Any] = {part: v.strip() for part, v in zip(_FIGURE, values, strict=True)}
        if row["metric"] or row["value"] or row["unit"]:
            rows.append(row | {part: _number(row[part]) for part in ("value", "year")})
    return rows


def _example(line: str) -> dict[str, str]:
    """`question | style | kind`; the last two may be left out."""
    question, style, kind = _parts(line, 3)
    return {"q": question, "style": style or "plain", "kind": kind or "policy"}


def _near_miss(line: str) -> dict[str, str]:
    """`question | service it lands on`; left out, it lands outside."""
    question, lands = _parts(line, 2)
    return {"q": question, "lands": lands or "outside"}


def _parts(line: str, number: int) -> list[str]:
    parts = [p.strip() for p in line.replace("\uff5c", MARK).split(MARK, number - 1)]
    return parts + [""] * (number - len(parts))


def as_lines(value: Sequence[Any]) -> str:
    """A list as its text area shows it, one item a line."""
    mark = f" {MARK} "
    return "\n".join(mark.join(map(str, v.values())) if isinstance(v, dict) else str(v) for v in value)


def figure_rows(value: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The figures, and empty rows to add some."""
    return [*value, *(dict.fromkeys(_FIGURE, "") for _ in range(_SPARE))]


def choices(value: Sequence[str]) -> list[str]:
    """What is chosen, and empty choices to add some."""
    return [*value, *([""] * _SPARE)]
