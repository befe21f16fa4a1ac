"""What must be known of a workbook before it is opened: it may be hostile, or a huge mistake."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import NamedTuple

from bot.errors import InputError

LARGEST_FILE = 10 * 1024 * 1024
LARGEST_UNPACKED = 64 * 1024 * 1024
MOST_ROWS = 100_000
MOST_COLUMNS = 200
_CHUNK = 1024 * 1024
_OVERLAP = 4096  # a cell's opening tag is shorter than this, so none is cut in two unseen
_CELL = re.compile(rb"<(?:\w+:)?c\b[^>]*?\br=\"([A-Z]{1,3})(\d{1,7})\"")
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?\br=\"(\d+)\"")
_FORMULA = re.compile(rb"<(?:\w+:)?c\b[^>]*?\br=\"([A-Z]{1,3}\d{1,7})\"[^>]*>\s*<(?:\w+:)?f\b")
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


class Looked(NamedTuple):
    """What was seen on the way: the places of formulas, as `part of the file: A1`."""

    formulas: tuple[str, ...]


def look(data: bytes) -> Looked:
    """Read a workbook's parts by the piece, bounded. InputError says in Chinese what is wrong with it."""
    if len(data) > LARGEST_FILE:
        size, most = (number / 1024 / 1024 for number in (len(data), LARGEST_FILE))
        raise InputError(f"文件有 {size:.0f} MB,最多 {most:.0f} MB", "file")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            return Looked(tuple(_formulas(book)))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise InputError("这不是能读的 .xlsx 文件,请在 Excel 或 WPS 里另存为 .xlsx 再传", "file") from error


def _formulas(book: zipfile.ZipFile) -> Iterator[str]:
    unpacked = 0
    for info in book.infolist():
        seen: set[bytes] = set()
        with book.open(info) as part:
            before = b""
            while piece := part.read(_CHUNK):
                unpacked += len(piece)
                if unpacked > LARGEST_UNPACKED:
                    raise InputError("文件解开后大得不正常,不收", "file")
                text = before + piece
                _bounded(text, info.filename)
                seen.update(_FORMULA.findall(text))
                before = text[-_OVERLAP:]
        yield from (f"{info.filename}: {place.decode()}" for place in sorted(seen))


def _bounded(text: bytes, name: str) -> None:
    """Refuse a cell so far out that reading the rectangle up to it would fill the memory."""
    if _DOCTYPE.search(text):
        raise InputError("文件里有不该有的内容(DOCTYPE),不收", "file")
    if not name.startswith("xl/worksheets/"):
        return
    rows = [int(row) for row in _ROW.findall(text)]
    cells = _CELL.findall(text)
    if max((*rows, *(int(row) for _, row in cells)), default=0) > MOST_ROWS:
        raise InputError(f"表格行数太多,最多 {MOST_ROWS} 行;请删掉下面的空行再传", "file")
    if max((_column(letters) for letters, _ in cells), default=0) > MOST_COLUMNS:
        raise InputError(f"表格列数太多,最多 {MOST_COLUMNS} 列;请删掉右边的空列再传", "file")


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number
