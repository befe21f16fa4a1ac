"""Which fields a record's form has, and how what was typed becomes the record's plain JSON values. Pure."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from math import isfinite
from typing import Any, Literal, NamedTuple

from bot.catalogue.records import MAPPINGS
from bot.staff.console.forms import Form
from bot.staff.console.lines import GRAMMARS

Simple = Literal["line", "text", "date", "number", "tick", "pick", "picks", "figures", "source"]
Listed = Literal["lines", "examples", "near_misses", "openings", "sayings", "several", "urgent", "dialogues"]
Shape = Simple | Listed | Literal["groups", "fixed"]
"""`groups`: lists under names, a text area for each; `fixed`: only shown."""
_FIGURE = ("metric", "comparator", "value", "unit", "year")
_SPARE = 2


class FormField(NamedTuple):
    """A field of a form: `options` names the list a pick chooses from."""

    name: str
    shape: Shape
    options: str = ""
    rows: int = 3


def _fields(shape: Shape, *names: str) -> tuple[FormField, ...]:
    return tuple(FormField(name, shape) for name in names)


_CONTACTS = FormField("contacts", "picks", "contacts")
_CUE_GROUPS = (
    *("kinds", "follow", "places", "telling", "cases", "dangers", "whole", "dated"),
    *("domains", "members"),
)
_PHRASINGS = FormField("phrasings", "lines", rows=12)

FIELDS: Mapping[str, tuple[FormField, ...]] = {
    "services": (
        FormField("name", "line"),
        FormField("summary", "text", rows=2),
        FormField("description", "text"),
        FormField("alternate_names", "lines"),
        FormField("figures", "figures"),
        FormField("audience", "lines"),
        FormField("organization", "pick", "organizations"),
        _CONTACTS,
        FormField("source", "source", "domains"),
        *_fields("date", "checked_on", "due_on", "valid_from", "valid_through"),
        FormField("related", "picks", "services"),
        *_fields("lines", "conditions", "documents", "steps"),
        *_fields("line", "fees", "processing_time", "location", "opening_hours", "url"),
        _PHRASINGS,
    ),
    "examples": (FormField("examples", "examples", rows=10), FormField("near_misses", "near_misses")),
    "contacts": (
        *_fields("line", "phone", "name", "purpose", "evidence"),
        *_fields("date", "checked_on", "due_on"),
    ),
    "organizations": _fields("line", "name"),
    "menus": (FormField("services", "lines", rows=10),),
    "domains": (*_fields("line", "name", "about"), _PHRASINGS),
    "signposts": (FormField("name", "line"), _CONTACTS, _PHRASINGS),
    "elsewhere": (FormField("name", "line"), _PHRASINGS),
    "followups": (_PHRASINGS,),
    "clauses": (_PHRASINGS,),
    "smalltalk": (FormField("reply", "pick", "replies"), FormField("stands_alone", "tick"), _PHRASINGS),
    "emergencies": (_CONTACTS, FormField("reply", "text"), FormField("signs", "lines"), _PHRASINGS),
    "groups": (FormField("words", "lines", rows=20),),
    "lookalikes": (FormField("lines", "lines", rows=20),),
    "cues": (
        *(FormField(name, "groups", rows=6) for name in _CUE_GROUPS),
        *(FormField(name, "lines", rows=10) for name in ("people", "befallen", "dangers_apart")),
        FormField("frames", "lines", rows=6),
        *(FormField(name, "lines", rows=6) for name in ("about", "instead")),
        FormField("distant", "lines", rows=10),
    ),
    "concepts": (FormField("words", "lines", rows=10),),
    "words": _fields("line", "word"),
    "replies": (FormField("text", "text"),),
    "plan": (
        *_fields("line", "title", "short_title", "issuer"),
        *_fields("date", "issued_on", "valid_from", "valid_through"),
        *_fields("line", "article_title", "article_source"),
        FormField("article_published_on", "date"),
    ),
    "confidence": (
        *_fields(
            "number",
            "answer_from",
            "offer_from",
            "guessed_below",
            "clarify_from",
            "named_from",
            "small_talk_from",
            "several_from",
            "several_share",
            "several_offered_from",
            "unmarked_from",
            "follow_from",
        ),
        *_fields("number", "alarmed_from"),
        *_fields("fixed", "intercept", "weights", "naming", "pieces", "unmarked", "leaning", "alarm"),
    ),
    "talk": (
        FormField("openings", "openings", rows=10),
        FormField("continued", "groups", rows=6),
        FormField("outside", "sayings", rows=10),
        FormField("dialogues", "dialogues", rows=30),
        FormField("several", "several", rows=12),
        FormField("urgent", "urgent", rows=30),
        FormField("grid", "fixed"),
    ),
    "known": (FormField("questions", "fixed"),),
}
"""The fields of each kind of record that has a form, in the order of the form."""


_NOTHING_ELSE = {**dict(MAPPINGS.values()), "lookalikes": "lines", "words": "word"}
"""By kind, the one field that is the whole record."""


def fields_of(kind: str, form: Form, before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What a form says, as a record's fields, on top of those it does not show (its id).

    What cannot be read stays as typed, for the check to name. What is empty is left out, unless it stood
    there as empty before, as nobody changed it then, or the record is nothing else.
    """
    before = before or {}
    fields = (field for field in shown_fields(kind, before) if field.shape != "fixed")
    said = {field.name: _value(field, form, before.get(field.name)) for field in fields}
    whole = _NOTHING_ELSE.get(kind)
    return {
        n: v for n, v in {**before, **said}.items() if not _is_empty(v) or before.get(n) == v or n == whole
    }


def _is_empty(value: Any) -> bool:
    return value is None or value is False or value in ("", [], {})


def shown_fields(kind: str, fields: Mapping[str, Any]) -> tuple[FormField, ...]:
    """The fields of a record's form; each file of talk has only its own of them."""
    return tuple(f for f in FIELDS[kind] if kind != "talk" or f.name in fields)


def _value(field: FormField, form: Form, before: Any) -> Any:
    name = field.name
    match field.shape:
        case shape if shape in GRAMMARS:
            return GRAMMARS[shape].read(form.one(name))
        case "number":
            return _number(form.one(name))
        case "groups":
            held = before if isinstance(before, Mapping) else {}
            return {part: _group(form.lines(f"{name}-{part}"), held.get(part)) for part in form.parts(name)}
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
        case _:
            return form.one(name)


def _group(lines: list[str], before: Any) -> list[str]:
    """The lines under a name; one emptied holds an empty line, or its name would go from the form."""
    return lines or ([""] if before else [])


def _number(text: str) -> int | float | str:
    for kind in (int, float):
        with suppress(ValueError, OverflowError):
            number = kind(text)
            if isfinite(number):  # not nan, which is never what it was, nor inf
                return number
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


def figure_rows(value: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The figures, and empty rows to add some."""
    return [*value, *(dict.fromkeys(_FIGURE, "") for _ in range(_SPARE))]


def choices(value: Sequence[str]) -> list[str]:
    """What is chosen, and empty choices to add some."""
    return [*value, *([""] * _SPARE)]
