"""Releases of the catalogue out of the database; the next shares with the one before all that is the same."""

import asyncio
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from pydantic import ValidationError
from sqlalchemy import Row, Select, bindparam, func, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.catalogue.model import Catalogue, Record
from bot.errors import StoreError
from bot.store import schema
from bot.store.contents import read_contents
from bot.store.database import Database, operator_errors

OWNERS = ("services", "signposts", "smalltalk", "domains", "emergencies", "followups", "clauses")
"""The fields of the catalogue whose records own phrasings."""
TABLES: Mapping[str, type[schema.CatalogueBase]] = {
    "domains": schema.DomainRow,
    "contacts": schema.ContactRow,
    "organizations": schema.OrganizationRow,
    "services": schema.ServiceRow,
}
"""The fields whose records stand in tables of their own."""
Rows = list[dict[str, Any]]
_SHARED = (*OWNERS, "concepts")
_MISFIT = "catalogue: the release does not fit this version"
_EMPTY = "catalogue: it holds no release; run `python -m bot build`"
_Release = schema.ReleaseRow
_HOLDERS = (schema.DocumentRow, schema.ModelRow)
_NONE = ""  # the digest of an owner that was stored without phrasings


class ReleaseMark(NamedTuple):
    """What tells a release from every other, also from one of the same number that a backup brought."""

    number: int
    digests: str


class ReleaseCache:
    """What was read of a release, by what it was read from: the next release shares what is the same."""

    def __init__(self) -> None:
        self.parts: dict[str, Any] = {}
        self.records: dict[str, Record] = {}


async def newest_release(database: Database) -> int:
    """The number of the newest release; StoreError where there is none."""
    async with operator_errors("catalogue"), database.read() as connection:
        number = await connection.scalar(select(func.max(_Release.number)))
    if number is None:
        raise StoreError(_EMPTY)
    return int(number)


async def newest_mark(database: Database) -> ReleaseMark:
    """What tells the newest release from every other; StoreError where there is none."""
    return await _mark(database, _NEWEST_MARK, _EMPTY)


async def release_mark(database: Database, number: int) -> ReleaseMark:
    """What tells a release from every other; StoreError where there is none of this number."""
    return await _mark(database, _MARK.params(number=number), f"catalogue: there is no release {number}")


async def _mark(database: Database, query: Select[int, str], missing: str) -> ReleaseMark:
    async with operator_errors("catalogue"), database.read() as connection:
        number, digests = (await connection.execute(query)).one()
    if number is None:
        raise StoreError(missing)
    return ReleaseMark(int(number), digests or "")


def _mark_of(chosen: Select[int]) -> Select[int, str]:
    """The query for the mark of a chosen release."""
    number = chosen.scalar_subquery()
    held = union_all(*(select(table.digest).where(table.release == number) for table in _HOLDERS)).subquery()
    ordered = select(held.c.digest).order_by(held.c.digest).subquery()
    return select(number, select(func.aggregate_strings(ordered.c.digest, " ")).scalar_subquery())


_NEWEST_MARK = _mark_of(select(func.max(_Release.number)))
_MARK = _mark_of(select(_Release.number).where(_Release.number == bindparam("number")))


async def model_digests(database: Database, number: int) -> dict[str, str]:
    """The digest of each thing that was learnt from a release, by name: equal where it is the same."""
    query = select(schema.ModelRow.name, schema.ModelRow.digest).where(schema.ModelRow.release == number)
    async with operator_errors("catalogue"), database.read() as connection:
        return {row.name: row.digest for row in await connection.execute(query)}


async def read_models(
    database: Database, number: int, digests: Mapping[str, str] | None = None
) -> dict[str, bytes]:
    """What was learnt from a release, by name; only what has one of these digests, where they are given."""
    chosen = await model_digests(database, number) if digests is None else digests
    async with operator_errors("catalogue"), database.read() as connection:
        contents = await read_contents(connection, set(chosen.values()))
    with _fitting():
        return {name: contents[digest] for name, digest in chosen.items()}


async def read_release(
    database: Database, number: int | None = None, cache: ReleaseCache | None = None
) -> Catalogue:
    """A release as a catalogue, the newest unless a number is given.

    With the `cache` of the release read before, only what is new is read, and the rest is shared with it.
    """
    cache = ReleaseCache() if cache is None else cache
    number = number or await newest_release(database)
    async with operator_errors("catalogue"), database.read() as connection:
        parts = {row["name"]: row["digest"] for row in await _read(connection, schema.PartRow, number)}
        found = await read_contents(connection, {*parts.values()} - cache.parts.keys())
        with _fitting():
            cache.parts |= await asyncio.to_thread(_parsed, found)
            cache.parts = {digest: cache.parts[digest] for digest in parts.values()}
        fields: dict[str, Any] = {name: cache.parts[digest] for name, digest in parts.items()}
        for field, table in TABLES.items():
            fields[field] = await _read(connection, table, number)
        figures = await _read(connection, schema.FigureRow, number)
        phrasings = await _read(connection, schema.PhrasingRow, number)
        with _fitting():
            fields |= {"services": _services(fields["services"], figures)}
            fields |= _owning(fields, {(row["kind"], row["owner"]): row["digest"] for row in phrasings})
            keys = {f: [f"{f} {record!r}" for record in fields.get(f, ())] for f in _SHARED}
            wanted = set(_wanted(fields, keys, cache))
        texts = await read_contents(connection, wanted)
    with _fitting():
        return await asyncio.to_thread(_assembled, fields, keys, texts, cache)


@contextmanager
def _fitting() -> Iterator[None]:
    """Stored data that is not as this version writes it, told in one sentence."""
    try:
        yield
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise StoreError(f"{_MISFIT}: {place}: {first['msg']}") from error
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise StoreError(f"{_MISFIT}: {type(error).__name__}: {error}") from error


async def _read(connection: AsyncConnection, table: type[schema.CatalogueBase], number: int) -> Rows:
    columns = table.__table__.c
    names = [name for name in columns.keys() if name not in ("release", "position")]  # noqa: SIM118
    query = select(*(columns[name] for name in names)).where(columns.release == number)
    return _named(names, await connection.execute(query.order_by(columns.position)))


def _named(names: Sequence[str], rows: Iterable[Row[Any]]) -> Rows:
    return [dict(zip(names, row, strict=True)) for row in rows]


def _parsed(contents: Mapping[str, bytes]) -> dict[str, Any]:
    return {digest: json.loads(data) for digest, data in contents.items()}


def _services(rows: Rows, figures: Rows) -> Rows:
    """Services with their source and their figures."""
    numbers: dict[str, Rows] = {}
    for row in figures:
        value = {**row, "value": str(row["value"])}
        numbers.setdefault(value.pop("service"), []).append(value)
    return [
        {k: v for k, v in row.items() if k not in ("section", "paragraph")}
        | {"source": {k: row[k] for k in ("section", "paragraph")}, "figures": numbers.get(row["id"], [])}
        for row in rows
    ]


def _owning(fields: Mapping[str, Any], digests: Mapping[tuple[str, str], str]) -> dict[str, Rows]:
    """The owners of phrasings, each with their digest in the place of them."""
    return {
        field: [{**r, "phrasings": digests.get((field, r["id"]), _NONE)} for r in fields[field]]
        for field in OWNERS
        if field in fields
    }


def _wanted(
    fields: Mapping[str, Any], keys: Mapping[str, Sequence[str]], cache: ReleaseCache
) -> Iterator[str]:
    """The digests of phrasings that no record in the cache has already."""
    for field in OWNERS:
        for key, record in zip(keys[field], fields.get(field, ()), strict=True):
            if key not in cache.records and record["phrasings"] != _NONE:
                yield record["phrasings"]


def _assembled(
    fields: Mapping[str, Any],
    keys: Mapping[str, Sequence[str]],
    texts: Mapping[str, bytes],
    cache: ReleaseCache,
) -> Catalogue:
    lists = {_NONE: [], **_parsed(texts)}
    known = {
        field: [
            cache.records.get(key) or record | ({"phrasings": lists[record["phrasings"]]} if owns else {})
            for key, record in zip(keys[field], fields[field], strict=True)
        ]
        for field, owns in [(f, f in OWNERS) for f in _SHARED if f in fields]
    }
    catalogue = Catalogue.model_validate({**fields, **known})
    cache.records = {
        key: record for f in known for key, record in zip(keys[f], getattr(catalogue, f), strict=True)
    }
    return catalogue
