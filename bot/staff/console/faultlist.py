"""What is wrong as a page lists it: one line for each record and reason, however often. Pure."""

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from bot.catalogue.records import ByAddress, FieldFault
from bot.staff.console.showing import titled
from bot.staff.spreadsheet import RowFault


class FaultLine(NamedTuple):
    """Faults of one record that say the same: the first of them, how often, what the first is about.

    `title` is what to call the record; `example` the question or line at the first place, where there is one.
    """

    title: str
    first: FieldFault
    times: int
    example: str


def fault_lines(faults: Iterable[FieldFault], records: ByAddress) -> list[FaultLine]:
    """Faults put together, in their order."""
    alike: dict[Any, list[FieldFault]] = {}
    for one in faults:
        alike.setdefault(_sort(one), []).append(one)
    return [_line(group, records) for group in alike.values()]


class RowsLine(NamedTuple):
    """Rows of a sheet with the same fault: the first of them, and all their numbers as runs (44、48–52)."""

    first: RowFault
    rows: str


def rows_lines(faults: Iterable[RowFault]) -> list[RowsLine]:
    """Faults of a file put together: one line for each sheet, column and message, in their order."""
    alike: dict[Any, list[RowFault]] = {}
    for one in faults:
        alike.setdefault(one._replace(row=0), []).append(one)
    return [RowsLine(group[0], _runs({f.row for f in group} - {0})) for group in alike.values()]


def _runs(rows: Collection[int]) -> str:
    first = sorted(row for row in rows if row - 1 not in rows)
    last = sorted(row for row in rows if row + 1 not in rows)
    return "、".join(str(a) if a == b else f"{a}–{b}" for a, b in zip(first, last, strict=True))


def _sort(one: FieldFault) -> tuple[Any, ...]:
    blanks = one.fault.reason.blanks.items()
    return one.address or one.fault.path, one.field, one.fault.reason.key, str(sorted(blanks, key=str))


def _line(group: list[FieldFault], records: ByAddress) -> FaultLine:
    first = group[0]
    if first.address is None:
        return FaultLine(first.fault.path, first, len(group), "")
    example = _example(first, records)
    told = example in first.fault.reason.blanks.values()
    return FaultLine(titled(first.address, records), first, len(group), "" if told else example)


def _example(one: FieldFault, records: ByAddress) -> str:
    """The innermost line, or question, at the place of a fault."""
    value: Any = records.get(one.address, {}) if one.address else {}
    place = one.fault.place
    found = ""
    for part in place[place.index(one.field) :] if one.field in place else ():
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            break
        said = value.get("q") if isinstance(value, dict) else value if isinstance(part, int) else ""
        found = said if isinstance(said, str) and said else found
    return found
