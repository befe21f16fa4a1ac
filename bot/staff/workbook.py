"""The catalogue as an .xlsx workbook to edit in Excel or WPS: a sheet for each kind of record.

What each sheet and column is called, and its drop-down, stands in bot/pages/exports/workbook.json.
`bot.staff.spreadsheet` reads it back.
"""

import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, NamedTuple

import xlsxwriter

from bot.catalogue.model import Catalogue
from bot.rendering import PAGES
from bot.staff.cells import harmless

_LAYOUT = PAGES / "exports" / "workbook.json"
EPOCH = datetime(2021, 12, 28, tzinfo=UTC)  # one and the same catalogue makes one and the same file
_LINES_BELOW = 200  # further rows that get a sheet's drop-downs and text format
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
Row = dict[str, Any]


class Column(NamedTuple):
    """A column: the record's field, its heading, its width in characters, its drop-down.

    `choices` are the allowed texts, or the name of the sheet whose first column holds them.
    """

    field: str
    heading: str
    width: int
    choices: tuple[str, ...] | str = ()


class Sheet(NamedTuple):
    """A sheet: its key, its name, its columns."""

    key: str
    name: str
    columns: tuple[Column, ...]


class Layout(NamedTuple):
    """The whole workbook: the first sheet's lines of instructions, then the sheets of records.

    `faults`: what may be wrong with one that comes back, in staff's words, by the reason's name.
    """

    about: str
    instructions: tuple[str, ...]
    sheets: tuple[Sheet, ...]
    faults: Mapping[str, str]


@cache
def layout() -> Layout:
    """The workbook's layout."""
    raw = json.loads(_LAYOUT.read_text("utf-8"))
    sheets = (Sheet(s["key"], s["name"], tuple(map(_column, s["columns"]))) for s in raw["sheets"])
    return Layout(raw["about"], tuple(raw["instructions"]), tuple(sheets), raw["faults"])


def heading_of(key: str, field: str) -> str:
    """The heading of a sheet's column; the field itself where the sheet has no column for it."""
    columns = (column for sheet in layout().sheets if sheet.key == key for column in sheet.columns)
    return next((column.heading for column in columns if column.field == field), field)


def _column(raw: Row) -> Column:
    choices = raw.get("choices", ())
    given = choices if isinstance(choices, str) else tuple(choices)
    return Column(raw["field"], raw["heading"], raw["width"], given)


def write(catalogue: Catalogue, release: int) -> bytes:
    """The workbook of a catalogue; the same catalogue gives the same bytes."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, OPTIONS) as book:
        book.set_properties({"title": f"yongwen {release}", "created": EPOCH})
        styles = {
            "head": book.add_format({"bold": True, "bg_color": "#dcebee", "text_wrap": True, "border": 1}),
            "text": book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"}),
        }
        _about(book, release, styles)
        rows = dict(_records(catalogue))
        for sheet in layout().sheets:
            _fill(book.add_worksheet(sheet.name), sheet, rows[sheet.key], styles)
    return out.getvalue()


def _about(book: Any, release: int, styles: Mapping[str, Any]) -> None:
    page = book.add_worksheet(layout().about)
    page.set_column(0, 0, 100, styles["text"])
    for i, line in enumerate(layout().instructions):
        page.write_string(i, 0, line.format(release=release))


def _fill(page: Any, sheet: Sheet, rows: Sequence[Row], styles: Mapping[str, Any]) -> None:
    page.freeze_panes(1, 2)
    last = len(rows) + _LINES_BELOW
    for x, column in enumerate(sheet.columns):
        page.set_column(x, x, column.width, styles["text"])
        page.write_string(0, x, column.heading, styles["head"])
        if column.choices:
            page.data_validation(1, x, last, x, {"validate": "list", "source": _source(column.choices)})
    for y, row in enumerate(rows, 1):
        for x, column in enumerate(sheet.columns):
            page.write_string(y, x, _shown(cell(row[column.field]), column), styles["text"])
    page.autofilter(0, 0, max(len(rows), 1), len(sheet.columns) - 1)


def _shown(text: str, column: Column) -> str:
    """A cell's text as it is written; one of a fixed list (the lone = of a figure) can do no harm."""
    return text if isinstance(column.choices, tuple) and text in column.choices else harmless(text)


def _source(choices: tuple[str, ...] | str) -> Any:
    if not isinstance(choices, str):
        return list(choices)
    return f"='{next(s.name for s in layout().sheets if s.key == choices)}'!$A$2:$A$2000"


def cell(value: Any) -> str:
    """A field as a cell's text: a list has a line for each entry, nothing is an empty cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return "\n".join(map(cell, value))
    return value.isoformat() if isinstance(value, date) else str(value)


OWNERS = ("services", "signposts")
"""The records whose phrasings stand in the sheet of phrasings."""


def _records(catalogue: Catalogue) -> Iterator[tuple[str, list[Row]]]:
    """(sheet's key, its rows) of a catalogue."""
    whole = catalogue.model_dump()
    yield "services", [row | row["source"] for row in whole["services"]]
    yield "phrasings", list(_phrasings(whole))
    yield "figures", [{"service": s["id"], **f} for s in whole["services"] for f in s["figures"]]
    for key in ("contacts", "organizations", "signposts", "concepts"):
        yield key, list(whole[key])
    yield "words", [{"word": word} for word in whole["words"]]
    yield "replies", [{"key": key, "text": text} for key, text in whole["replies"].items()]


def _phrasings(whole: Mapping[str, Iterable[Row]]) -> Iterator[Row]:
    for kind in OWNERS:
        for owner in whole[kind]:
            yield from ({"owner": f"{kind}/{owner['id']}", "text": text} for text in owner["phrasings"])
