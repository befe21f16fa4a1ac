"""What must be known of a workbook before it is opened: it may be hostile, or a huge mistake."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree

from bot.errors import InputError

LARGEST_FILE = 10 * 1024 * 1024
LARGEST_UNPACKED = 64 * 1024 * 1024
MOST_ROWS = 500_000
MOST_COLUMNS = 200
MOST_CELLS = 3_000_000
"""Of all sheets, counted as the rectangle up to the last cell of each: that is what reading one takes."""
_BOOK, _TARGETS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_CHUNK = 1024 * 1024
_OVERLAP = 4096  # a cell's opening tag is shorter than this, so none is cut in two unseen
# No "<" within a tag, or text with many of them and no ">" takes for ever.
_CELL = re.compile(rb"<(?:\w+:)?c\b[^<>]*?\br\s*=\s*[\"']([A-Za-z]{1,3})(\d{1,7})[\"']")
_ROW = re.compile(rb"<(?:\w+:)?row\b[^<>]*?\br\s*=\s*[\"'](\d{1,7})[\"']")
_FORMULA = re.compile(_CELL.pattern + rb"[^<>]*>\s*<(?:\w+:)?f\b")
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


class Formula(NamedTuple):
    """Where a formula stands: the sheet's name (its part of the file where it has none), row, column `C`."""

    sheet: str
    row: int
    column: str


def formulas(data: bytes) -> list[Formula]:
    """Where a workbook holds formulas. It is read in bounded pieces, so that no part can fill the memory.

    InputError says why it may not be opened.
    """
    if len(data) > LARGEST_FILE:
        size, most = (round(number / 1024 / 1024) for number in (len(data), LARGEST_FILE))
        raise InputError(f"the file has {size} MB, {most} at most", "file-large", size=size, most=most)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            cells = list(_formulas(book))
            names = _sheets(book) if cells else {}
            return [Formula(names.get(part, part), row, column) for part, row, column in cells]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise no_workbook() from error


def no_workbook() -> InputError:
    """Refuses what is no .xlsx file at all."""
    return InputError("this is no readable .xlsx file", "no-workbook")


def _sheets(book: zipfile.ZipFile) -> dict[str, str]:
    """The name of each sheet by its part of the file; none where the workbook does not tell."""
    try:
        targets = {r.get("Id"): r.get("Target", "") for r in ElementTree.fromstring(book.read(_TARGETS))}
        listed = [e for e in ElementTree.fromstring(book.read(_BOOK)).iter() if e.tag.endswith("}sheet")]
    except (KeyError, ElementTree.ParseError):
        return {}
    parts = [targets.get(next((v for k, v in e.items() if k.endswith("}id")), ""), "") for e in listed]
    return {
        f"xl/{p.lstrip('/').removeprefix('xl/')}": e.get("name", "")
        for p, e in zip(parts, listed, strict=True)
    }


def _formulas(book: zipfile.ZipFile) -> Iterator[tuple[str, int, str]]:
    """(part of the file, row, column) of each; no part may declare entities, so that all can be parsed."""
    unpacked = cells = 0
    for info in book.infolist():
        seen: set[tuple[bytes, bytes]] = set()
        rows = columns = 0
        with book.open(info) as part:
            before = b""
            while piece := part.read(_CHUNK):
                unpacked += len(piece)
                if unpacked > LARGEST_UNPACKED:
                    raise InputError("the file unpacks to far too much", "file-bomb")
                text = before + piece
                further = _reach(text)
                rows, columns = max(rows, further[0]), max(columns, further[1])
                if cells + rows * columns > MOST_CELLS:
                    raise InputError(f"more than {MOST_CELLS} cells", "file-rows", most=MOST_CELLS // columns)
                seen.update(_FORMULA.findall(text))
                before = text[-_OVERLAP:]
        cells += rows * columns
        yield from ((info.filename, int(row), column.decode()) for column, row in sorted(seen))


def _reach(text: bytes) -> tuple[int, int]:
    """The last row and column that a part of a sheet names; refused where one is too far out."""
    if _DOCTYPE.search(text):
        raise InputError("the file declares a DOCTYPE", "file-doctype")
    cells = _CELL.findall(text)
    rows = max((*map(int, _ROW.findall(text)), *(int(row) for _, row in cells)), default=0)
    if rows > MOST_ROWS:
        raise InputError(f"more than {MOST_ROWS} rows", "file-rows", most=MOST_ROWS)
    columns = max(map(_column, {letters for letters, _ in cells}), default=0)
    if columns > MOST_COLUMNS:
        raise InputError(f"more than {MOST_COLUMNS} columns", "file-columns", most=MOST_COLUMNS)
    return rows, columns


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number
