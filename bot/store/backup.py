"""Everything in the databases as one file, taken while they are in use, and back, checked row by row.

The file is gzipped lines of JSON: a head, then for each table its name and its rows, then how many rows each
table has and their digest. It does not depend on the database: SQLite's can be restored into PostgreSQL.
"""

import base64
import gzip
import hashlib
import json
import zlib
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Date, LargeBinary, MetaData, Table, delete, func, insert, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import InputError, StoreError
from bot.store import schema_gate, schema_inbox, schema_questions, schema_staff
from bot.store.database import Database, operator_errors
from bot.store.replacing import replacing
from bot.store.schema import CatalogueBase, ResidentsBase

# Importing these modules adds their tables to the metadata; naming them here keeps the imports.
_MODULES = (schema_gate, schema_inbox, schema_questions, schema_staff)

FORMAT = 1
_AT_ONCE = 500  # rows in a statement
_READ_AT_ONCE = 300  # SQLite takes 999 values in a statement, and a key has up to three
_SCHEMAS: Mapping[str, MetaData] = {"catalogue": CatalogueBase.metadata, "residents": ResidentsBase.metadata}


class BackupSummary(NamedTuple):
    """What a backup holds: rows by table, and the digest of each table's rows."""

    rows: dict[str, int]
    digests: dict[str, str]


async def back_up(databases: Mapping[str, Database], path: Path, made_at: str) -> BackupSummary:
    """Write both databases, each as it is at one moment; the file is whole or not there at all."""
    rows, digests = {}, {}
    with replacing(path, 0o600) as fresh, gzip.open(fresh, "wt", encoding="utf-8") as out:
        out.write(_line({"format": FORMAT, "made_at": made_at}))
        for name, metadata in _SCHEMAS.items():
            async with operator_errors(name), databases[name].read() as connection:
                await _at_one_moment(connection)
                for table in metadata.sorted_tables:
                    out.write(_line({"table": table.name}))
                    counted = _Digest()
                    async for row in _rows(connection, table):
                        out.write(counted.add(_line(row)))
                    rows[table.name], digests[table.name] = counted.rows, counted.digest
        out.write(_line({"rows": rows, "digests": digests}))
    return BackupSummary(rows, digests)


async def restore(databases: Mapping[str, Database], path: Path) -> BackupSummary:
    """Put a backup in the place of what the databases hold, and read it back to prove it.

    Each database changes in one transaction. InputError where the file is no whole backup, StoreError where
    what was read back is not what the file holds; then that database stays as it was.
    """
    held = read_summary(path)
    for name, metadata in _SCHEMAS.items():
        async with operator_errors(name), databases[name].write() as connection:
            for table in reversed(metadata.sorted_tables):
                await connection.execute(delete(table))
            tables = {table.name: table for table in metadata.sorted_tables}
            for table_name, rows in _batches(path):
                if table_name in tables:
                    await connection.execute(insert(tables[table_name]), _typed(tables[table_name], rows))
            await _prove(connection, metadata.sorted_tables, held)
    return held


async def _prove(connection: AsyncConnection, tables: Sequence[Table], held: BackupSummary) -> None:
    for table in tables:
        await _continue_numbering(connection, table)
        counted = _Digest()
        async for row in _rows(connection, table):
            counted.add(_line(row))
        if (counted.rows, counted.digest) != (held.rows[table.name], held.digests[table.name]):
            raise StoreError(f"{table.name}: read back otherwise than it was backed up; nothing was changed")


def read_summary(path: Path) -> BackupSummary:
    """What a backup says of itself, once every row agrees with it. InputError where one does not."""
    counted: dict[str, _Digest] = {}
    for table, line in _lines(path):
        if table is None:
            last = json.loads(line)
            continue
        counted.setdefault(table, _Digest())
        if line:
            counted[table].add(line)
    summary = BackupSummary(last.get("rows", {}), last.get("digests", {}))
    found = {name: (digest.rows, digest.digest) for name, digest in counted.items()}
    if found != {name: (summary.rows[name], summary.digests.get(name)) for name in summary.rows}:
        raise InputError(f"{path}: the backup is not whole; take another")
    known = {table.name for metadata in _SCHEMAS.values() for table in metadata.sorted_tables}
    if known != set(summary.rows):
        raise InputError(f"{path}: made by another version of 甬问; restore it with that version")
    return summary


class _Digest:
    """Rows counted and digested one after the other."""

    def __init__(self) -> None:
        self.rows = 0
        self._hash = hashlib.sha256()

    def add(self, line: str) -> str:
        self.rows += 1
        self._hash.update(line.encode())
        return line

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=_plain) + "\n"


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (bytes, memoryview)):
        return base64.b64encode(bytes(value)).decode()
    raise TypeError(f"no way to write {type(value).__name__} into a backup")


async def _at_one_moment(connection: AsyncConnection) -> None:
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))


async def _rows(connection: AsyncConnection, table: Table) -> AsyncIterator[dict[str, Any]]:
    """The rows in the order of their keys as text. Sorted here, as databases collate text differently.

    Only the keys are held all at once: a table may be larger than the memory.
    """
    columns = table.primary_key.columns
    keys = [tuple(row) for row in await connection.execute(select(*columns))]
    keys.sort(key=lambda key: [str(part) for part in key])
    first, *others = columns
    for start in range(0, len(keys), _READ_AT_ONCE):
        part = keys[start : start + _READ_AT_ONCE]
        wanted = tuple_(first, *others).in_(part) if others else first.in_([key for (key,) in part])
        rows = (await connection.execute(select(table).where(wanted))).mappings()
        found = {tuple(row[column.name] for column in columns): dict(row) for row in rows}
        for key in part:
            yield found[key]


def _lines(path: Path) -> Iterator[tuple[str | None, str]]:
    """(table, a row's line) of a backup; (table, "") where a table begins, (None, line) at the end."""
    table: str | None = None
    try:
        with gzip.open(path, "rt", encoding="utf-8") as source:
            first = json.loads(next(source, "null"))
            if not isinstance(first, dict) or first.get("format") != FORMAT:
                raise InputError(f"{path}: not a backup of this version's format")
            for line in source:
                if line.startswith('{"table": "'):
                    table = str(json.loads(line)["table"])
                    yield table, ""
                elif line.startswith('{"digests": {'):
                    yield None, line
                    return
                else:
                    yield table or "", line
    except (OSError, EOFError, ValueError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: not a whole backup: {reason}") from error
    raise InputError(f"{path}: the backup is not whole; take another")


def _batches(path: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    rows: list[dict[str, Any]] = []
    current = ""
    for table, line in _lines(path):
        if rows and (table != current or len(rows) == _AT_ONCE):
            yield current, rows
            rows = []
        current = table or ""
        if table and line:
            rows.append(json.loads(line))


def _typed(table: Table, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with dates and bytes again."""
    dates = {c.name for c in table.columns if isinstance(c.type, Date)}
    binary = {c.name for c in table.columns if isinstance(c.type, LargeBinary)}
    for row in rows:
        for name in dates & row.keys():
            row[name] = row[name] and date.fromisoformat(row[name])
        for name in binary & row.keys():
            row[name] = None if row[name] is None else base64.b64decode(row[name])
    return list(rows)


async def _continue_numbering(connection: AsyncConnection, table: Table) -> None:
    """PostgreSQL counts on from where its own inserts were; restored rows must be counted too."""
    column = table.autoincrement_column
    if connection.dialect.name != "postgresql" or column is None:
        return
    sequence = func.pg_get_serial_sequence(table.name, column.name)
    newest = await connection.scalar(select(func.max(column)))
    if newest is not None and await connection.scalar(select(sequence)) is not None:
        await connection.execute(select(func.setval(sequence, newest)))
