"""Releases of the catalogue, in and out of the database."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from pydantic import ValidationError
from sqlalchemy import Row, delete, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.catalogue.model import Catalogue
from bot.errors import ConflictError, StoreError
from bot.store import schema
from bot.store.engine import create_engine, operator_errors, sqlite_url
from bot.store.migrate import migrate
from bot.store.notices import CHANNEL
from bot.store.sources import Sources, write_sources

# Fields of the catalogue whose records own phrasings, and those kept whole as documents.
_OWNERS = ("services", "signposts", "smalltalk", "domains", "emergencies", "followups")
_PARTS = (
    "plan",
    "signposts",
    "smalltalk",
    "emergencies",
    "lookalikes",
    "followups",
    "concepts",
    "words",
    "cues",
    "confidence",
    "replies",
)
_TABLES: dict[str, type[schema.CatalogueBase]] = {
    "domains": schema.DomainRow,
    "contacts": schema.ContactRow,
    "organizations": schema.OrganizationRow,
    "services": schema.ServiceRow,
}
_Rows = list[dict[str, Any]]
_AT_ONCE = 500
_CHINA = timezone(timedelta(hours=8))
_MISFIT = "catalogue: the release does not fit this version"


ROOT = "root"
"""The name under which a release keeps the number of the release on top of which it was learnt."""
KEEP_MODELS = 3
"""Releases that keep what was learnt: a roll-back goes to one of the newest, an older one learns again."""


class Story(NamedTuple):
    """Who made a release, when (seconds since 1970), why, and from which release and draft."""

    created_at: float = 0.0
    editor: str = ""
    reviewer: str = ""
    reason: str = ""
    based_on: int | None = None
    draft: str = ""


class Release(NamedTuple):
    """A release as history lists it."""

    number: int
    created_on: date
    note: str
    created_at: float
    editor: str
    reviewer: str
    reason: str
    based_on: int | None
    draft: str


_RELEASE = [getattr(schema.ReleaseRow, name) for name in Release._fields]


async def write_release(
    engine: AsyncEngine,
    catalogue: Catalogue,
    models: Mapping[str, bytes],
    created_on: date,
    note: str,
    sources: Sources = MappingProxyType({}),
    story: Story = Story(),  # noqa: B008  (immutable)
) -> int:
    """Add a release with what was learnt from it, in one transaction; returns its number.

    ConflictError where the newest release is no longer the one the story is based on.
    """
    tables = await asyncio.to_thread(_rows, catalogue)  # slow: not in the loop
    async with operator_errors("catalogue"), engine.begin() as connection:
        if connection.dialect.name != "sqlite":  # SQLite's BEGIN IMMEDIATE lets one writer in at a time
            await connection.execute(text("LOCK TABLE release IN EXCLUSIVE MODE"))
        newest = await connection.scalar(select(func.max(schema.ReleaseRow.number)))
        if story.based_on is not None and story.based_on != (newest or 0):
            raise ConflictError(f"release {newest} came first; this one is based on release {story.based_on}")
        number = (newest or 0) + 1
        release = {"number": number, "created_on": created_on, "note": note, **story._asdict()}
        release["based_on"] = story.based_on or None
        await connection.execute(insert(schema.ReleaseRow), [release])
        await write_sources(connection, number, sources)
        for table, rows in tables.items():
            for start in range(0, len(rows), _AT_ONCE):  # few at once: questions are answered in between
                part = enumerate(rows[start : start + _AT_ONCE], start)
                numbered = [{"release": number, "position": i, **row} for i, row in part]
                await connection.execute(insert(table), numbered)
        learnt = [{"release": number, "name": name, "data": data} for name, data in models.items()]
        if learnt:
            await connection.execute(insert(schema.ModelRow), learnt)
        await _forget_models(connection, number - KEEP_MODELS)
        if connection.dialect.name == "postgresql":  # heard when this transaction is done
            await connection.execute(text(f"NOTIFY {CHANNEL}"))
    return number


async def _forget_models(connection: AsyncConnection, newest_old: int) -> None:
    """Take away what old releases learnt, but not what a newer one was learnt on top of."""
    model = schema.ModelRow
    kept = select(model.data).where(model.name == ROOT, model.release > newest_old)
    roots = [int(data) for data in await connection.scalars(kept)]
    old = model.release <= newest_old
    await connection.execute(delete(model).where(old, model.release.not_in(roots)))


async def releases(engine: AsyncEngine) -> list[Release]:
    """The history: every release, the newest first."""
    query = select(*_RELEASE).order_by(schema.ReleaseRow.number.desc())
    async with operator_errors("catalogue"), engine.connect() as connection:
        return [Release(*row) for row in await connection.execute(query)]


def _rows(catalogue: Catalogue) -> dict[type[schema.CatalogueBase], _Rows]:
    plain = catalogue.model_dump(mode="json")
    dated = catalogue.model_dump()
    rows: dict[type[schema.CatalogueBase], _Rows] = {
        schema.PhrasingRow: [
            {"kind": field, "owner": owner["id"], "text": text}
            for field in _OWNERS
            for owner in plain[field]
            for text in owner["phrasings"]
        ],
        schema.PartRow: [{"name": name, "data": _without_phrasings(plain[name])} for name in _PARTS],
        schema.FigureRow: [
            {"service": s.id, **f.model_dump(), "value": float(f.value)}
            for s in catalogue.services
            for f in s.figures
        ],
    }
    for field, table in _TABLES.items():
        columns = set(table.__table__.columns.keys())
        rows[table] = [{k: v for k, v in _flat(record).items() if k in columns} for record in dated[field]]
    return rows


def _flat(record: dict[str, Any]) -> dict[str, Any]:
    """A record with its source's section and paragraph as columns, tuples as JSON lists."""
    flat = record | record.get("source", {})
    return {k: list(v) if isinstance(v, tuple) else v for k, v in flat.items()}


def _without_phrasings(part: Any) -> Any:
    if isinstance(part, list) and part and isinstance(part[0], dict):
        return [{k: v for k, v in record.items() if k != "phrasings"} for record in part]
    return part


async def newest_release(engine: AsyncEngine) -> int:
    """The number of the newest release; StoreError where there is none."""
    async with operator_errors("catalogue"), engine.connect() as connection:
        number = await connection.scalar(select(func.max(schema.ReleaseRow.number)))
    if number is None:
        raise StoreError("catalogue: it holds no release; run `python -m bot build`")
    return int(number)


async def read_models(engine: AsyncEngine, number: int) -> dict[str, bytes]:
    """What was learnt from a release, by name."""
    query = select(schema.ModelRow.name, schema.ModelRow.data).where(schema.ModelRow.release == number)
    async with operator_errors("catalogue"), engine.connect() as connection:
        return {row.name: row.data for row in await connection.execute(query)}


async def read_release(engine: AsyncEngine, number: int | None = None) -> Catalogue:
    """A release as a catalogue, the newest unless a number is given."""
    number = number or await newest_release(engine)
    async with operator_errors("catalogue"), engine.connect() as connection:
        parts = await _read(connection, schema.PartRow, number)
        fields: dict[str, Any] = {row["name"]: row["data"] for row in parts}
        for field, table in _TABLES.items():
            fields[field] = await _read(connection, table, number)
        figures = await _read(connection, schema.FigureRow, number)
        phrasings = await _read(connection, schema.PhrasingRow, number)
    try:
        return await asyncio.to_thread(_assembled, fields, figures, phrasings)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise StoreError(f"{_MISFIT}: {place}: {first['msg']}") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise StoreError(f"{_MISFIT}: {error!r}") from error


async def _read(connection: AsyncConnection, table: type[schema.CatalogueBase], number: int) -> _Rows:
    columns = table.__table__.c
    names = [name for name in columns.keys() if name not in ("release", "position")]  # noqa: SIM118
    query = select(*(columns[name] for name in names)).where(columns.release == number)
    rows = await connection.execute(query.order_by(columns.position))
    return await asyncio.to_thread(_named, names, rows)


def _named(names: Sequence[str], rows: Iterable[Row[Any]]) -> _Rows:
    return [dict(zip(names, row, strict=True)) for row in rows]


def _assembled(fields: dict[str, Any], figures: _Rows, phrasings: _Rows) -> Catalogue:
    texts: dict[tuple[str, str], list[str]] = {}
    for row in phrasings:
        texts.setdefault((row["kind"], row["owner"]), []).append(row["text"])
    numbers: dict[str, _Rows] = {}
    for row in figures:
        value = {**row, "value": str(row["value"])}
        numbers.setdefault(value.pop("service"), []).append(value)
    for service in fields["services"]:
        service["source"] = {k: service.pop(k) for k in ("section", "paragraph")}
        service["figures"] = numbers.get(service["id"], [])
    for field in _OWNERS:
        for owner in fields.get(field, ()):
            owner["phrasings"] = texts.get((field, owner["id"]), [])
    return Catalogue.model_validate(fields)


async def build_file(
    path: Path,
    catalogue: Catalogue,
    models: Mapping[str, bytes],
    note: str,
    sources: Sources = MappingProxyType({}),
) -> None:
    """Make a catalogue file that holds just this catalogue as release 1, whole or not at all."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    engine = create_engine(sqlite_url(fresh), journal="DELETE")
    try:
        async with operator_errors(str(path)):
            await migrate(engine, "catalogue")
            newest_check = max(s.checked_on for s in catalogue.services)
            story = Story(created_at=start_of(newest_check))
            await write_release(engine, catalogue, models, newest_check, note, sources, story)
            await engine.dispose()
            fresh.replace(path)
    finally:
        await engine.dispose()
        fresh.unlink(missing_ok=True)


def start_of(day: date) -> float:
    """When a day begins in Ningbo, in seconds since 1970."""
    return datetime(day.year, day.month, day.day, tzinfo=_CHINA).timestamp()


def day_of(moment: float) -> date:
    """Which day it is in Ningbo, at a time in seconds since 1970."""
    return datetime.fromtimestamp(moment, _CHINA).date()
