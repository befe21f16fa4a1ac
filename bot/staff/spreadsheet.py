"""A workbook read back: records as in the knowledge files, and every fault with its sheet and row.

All or nothing: where there is a fault, no record of the workbook may be used.
"""

import io
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError
from python_calamine import CalamineError, CalamineWorkbook

from bot.catalogue.advice import advice
from bot.catalogue.model import Figure
from bot.catalogue.shapes import SHAPES
from bot.staff.cells import restored
from bot.staff.faults import told
from bot.staff.workbook import OWNERS, Column, Sheet, heading_of, layout
from bot.staff.xlsx_guard import formulas, no_workbook

_LISTS = frozenset(
    ("alternate_names", "audience", "contacts", "related", "conditions", "documents", "steps", "words")
)
_TEXTS = frozenset(("phone", "contacts"))  # a number typed as such has lost its leading zeros
_NONE = frozenset(("fees", "processing_time", "location", "opening_hours", "url"))
_IDS = frozenset(("contacts", "related"))  # of which several may also stand in a line
_DATES = frozenset(("checked_on", "due_on", "valid_from", "valid_through"))
_DATE = re.compile(r"(\d{4}) ?[-/.年] ?(\d{1,2}) ?[-/.月] ?(\d{1,2}) ?日?")
_THOUSANDS = re.compile(r"\d{1,3}(?:[,，]\d{3})+(?:\.\d+)?")
_KINDS = ("services", "contacts", "organizations", "signposts", "concepts")
RawRecord = dict[str, Any]


class RowFault(NamedTuple):
    """What is wrong in a row (from 1, the heading's included) of a sheet; column "" where it is the row.

    Row 0: no sheet has the record; `sheet` is then its kind and `column` its field.
    """

    sheet: str
    row: int
    column: str
    message: str

    def __str__(self) -> str:
        return f"{self.sheet}:{self.row}: {self.column + ':' if self.column else ''}{self.message}"


class Read(NamedTuple):
    """What a workbook holds: records by kind and id, where each stands, and what is wrong.

    Kinds are the catalogue's fields; of `words` and `replies` the record is the text itself. `release`: which
    one the workbook was made from, None where it does not say. `places`: the row of each record by its kind
    and id, and of each phrasing by its text behind these. `strangers`: rows about a record that no sheet has,
    by its kind and id, each as the fault it is unless that record was just taken away.
    """

    records: dict[str, dict[str, Any]]
    places: dict[tuple[str, ...], tuple[str, int]]
    faults: tuple[RowFault, ...]
    strangers: Mapping[tuple[str, str], tuple[RowFault, ...]]
    release: int | None = None


class _Row(NamedTuple):
    number: int
    cells: dict[str, Any]


def read(data: bytes) -> Read:
    """The records of a workbook. InputError where it cannot be read as one at all."""
    found = formulas(data)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            tables = {
                name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
                for name in book.sheet_names
            }
    except CalamineError as error:
        raise no_workbook() from error
    reading = _Reading()
    for formula in found:
        reading.faults.append(RowFault(*formula, layout().faults["formula"]))
    for sheet in layout().sheets:
        reading.sheet(sheet, tables.get(sheet.name) or ())
    return reading.done()._replace(release=_release(tables.get(layout().about) or ()))


def _release(page: Sequence[Sequence[Any]]) -> int | None:
    """The number in the first line of the instructions."""
    written = map(re.escape, layout().instructions[0].split("{release}"))
    found = re.fullmatch(r"(\d{1,9})".join(written), str(page[0][0]) if page and page[0] else "")
    return int(found[1]) if found else None


class _Reading:
    """The records and faults gathered so far."""

    def __init__(self) -> None:
        self.faults: list[RowFault] = []
        self.rows: dict[str, list[_Row]] = {}
        self.unread: set[str] = set()

    def sheet(self, sheet: Sheet, table: Sequence[Sequence[Any]]) -> None:
        """Take in a sheet's rows as cells by field; an empty table where there is no such sheet."""
        self.rows[sheet.key] = []
        headings = self._headings(sheet, table)
        if not headings:
            self.unread.add(sheet.key)
            return
        places = {column: headings.index(column.heading) for column in sheet.columns}
        for number, row in enumerate(table[1:], 2):
            if any(cell not in ("", None) for cell in row):
                cells = {c.field: self._cell(sheet, number, c, row[x]) for c, x in places.items()}
                self.rows[sheet.key].append(_Row(number, cells))

    def _headings(self, sheet: Sheet, table: Sequence[Sequence[Any]]) -> list[str]:
        """The sheet's first row; none where one is missing, which is told."""
        if not table:
            self._fault(sheet, 1, "", "no-sheet", name=sheet.name)
            return []
        headings = [str(cell).strip() for cell in table[0]]
        missing = [c.heading for c in sheet.columns if c.heading not in headings]
        if 2 * len(missing) > len(sheet.columns):
            self._fault(sheet, 1, "", "no-headings")
            return []
        for heading in missing:
            self._fault(sheet, 1, heading, "no-column")
        return [] if missing else headings

    def _fault(self, sheet: Sheet, row: int, column: str, why: str, **blanks: object) -> None:
        self.faults.append(RowFault(sheet.name, row, column, layout().faults[why].format_map(blanks)))

    def _cell(self, sheet: Sheet, row: int, column: Column, value: Any) -> Any:
        """A cell as the knowledge files have it: text, a list of texts, or None."""
        if isinstance(value, (int, float)) and column.field in _TEXTS and not isinstance(value, bool):
            self._fault(sheet, row, column.heading, "number-as-number")
        text = _as_meant(column.field, restored(_text(value)).strip())
        if column.field in _LISTS:
            return [line.strip() for line in text.splitlines() if line.strip()]
        return None if column.field in _NONE and not text else text

    def done(self) -> Read:
        """Put the sheets together into records and check each by itself."""
        records: dict[str, dict[str, Any]] = {}
        places: dict[tuple[str, ...], tuple[str, int]] = {}
        names = {sheet.key: sheet for sheet in layout().sheets}
        nested = {
            "phrasings": self._phrasings(names["phrasings"]),
            "figures": self._figures(names["figures"]),
        }
        for kind, key in (*((k, "id") for k in _KINDS), ("words", "word"), ("replies", "key")):
            records[kind] = {}
            for row in self.rows[kind]:
                name = str(row.cells[key])
                if not name or name in records[kind]:
                    self._fault(names[kind], row.number, "", "id-twice" if name else "no-id", id=name)
                    continue
                places[kind, name] = (names[kind].name, row.number)
                records[kind][name] = self._record(kind, name, row, names[kind], nested)
        strangers = self._strangers(records, nested, names)
        for owner, rows in nested["phrasings"].items():
            said = {row.cells["text"]: row.number for row in rows}
            places |= {(*owner.split("/", 1), t): (names["phrasings"].name, n) for t, n in said.items()}
        return Read(records, places, tuple(sorted(self.faults)), strangers)

    def _record(self, kind: str, name: str, row: _Row, sheet: Sheet, nested: Mapping[str, Any]) -> Any:
        if kind in ("words", "replies"):
            return row.cells["word" if kind == "words" else "text"]
        record, said = dict(row.cells), nested["phrasings"].get(f"{kind}/{name}", ())
        if kind == "services":
            record["source"] = {field: record.pop(field) for field in ("section", "paragraph")}
            record["figures"] = [figure.cells for figure in nested["figures"].get(name, ())]
        if kind in OWNERS:
            record["phrasings"] = [p.cells["text"] for p in said]
        return self._validated(SHAPES[kind], record, row.number, sheet, said)

    def _validated(
        self, model: type[BaseModel], record: RawRecord, row: int, sheet: Sheet, said: Sequence[_Row] = ()
    ) -> RawRecord:
        """A record checked by itself; `said`: the rows of its phrasings. Its figures were checked before."""
        try:
            return model.model_validate(record).model_dump(mode="json", exclude_defaults=False)
        except ValidationError as error:
            for one in error.errors(include_url=False):
                field, *inner = [part for part in one["loc"] if part != "source"]
                why = told(advice(one["type"], one.get("ctx", {})))
                if field == "phrasings" and inner:
                    self.faults.append(self._of_phrasing(said[int(inner[0])].number, why))
                elif field != "figures" or not inner:
                    column = heading_of(sheet.key, str(field))
                    self.faults.append(RowFault(sheet.name, row, column, why))
            return record

    def _of_phrasing(self, row: int, why: str) -> RowFault:
        (sheet,) = (sheet for sheet in layout().sheets if sheet.key == "phrasings")
        return RowFault(sheet.name, row, heading_of(sheet.key, "text"), why)

    def _phrasings(self, sheet: Sheet) -> dict[str, list[_Row]]:
        found: dict[str, list[_Row]] = defaultdict(list)
        for row in self.rows["phrasings"]:
            if row.cells["text"]:
                found[row.cells["owner"]].append(row)
            else:
                self._fault(sheet, row.number, "", "no-phrasing")
        return found

    def _figures(self, sheet: Sheet) -> dict[str, list[_Row]]:
        found: dict[str, list[_Row]] = defaultdict(list)
        for row in self.rows["figures"]:
            figure = {field: value for field, value in row.cells.items() if field != "service"}
            found[row.cells["service"]].append(
                _Row(row.number, self._validated(Figure, figure, row.number, sheet))
            )
        return found

    def _strangers(
        self, records: Mapping[str, Mapping[str, Any]], nested: Mapping[str, Any], names: Mapping[str, Sheet]
    ) -> dict[tuple[str, str], tuple[RowFault, ...]]:
        """Figures and phrasings of records that are not there, as far as their sheet could be read."""
        found: dict[tuple[str, str], tuple[RowFault, ...]] = defaultdict(tuple)
        known = {(kind, name) for kind in OWNERS for name in records[kind]}
        for key, prefix in (("phrasings", ""), ("figures", "services/")):
            for name, rows in nested[key].items():
                kind, _, owner = f"{prefix}{name}".partition("/")
                if (kind, owner) in known or kind in self.unread:
                    continue
                said = layout().faults["no-owner" if name else "owner-empty"].format(owner=name)
                found[kind, owner] += tuple(RowFault(names[key].name, row.number, "", said) for row in rows)
        return found


def _as_meant(field: str, text: str) -> str:
    """A cell's text as the knowledge files write it, where people write it otherwise."""
    if field in _IDS:
        return re.sub(r"[、,，;；\s]+", "\n", text)
    if field in _DATES and (day := _DATE.fullmatch(text)):
        return "{}-{:0>2}-{:0>2}".format(*day.groups())
    return re.sub("[,，]", "", text) if field == "value" and _THOUSANDS.fullmatch(text) else text


def _text(value: Any) -> str:
    """A cell's value as a person would have typed it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)
