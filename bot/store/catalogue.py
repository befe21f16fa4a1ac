"""Releases of the catalogue into the database, and their history."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.catalogue.model import Catalogue
from bot.errors import ConflictError, StoreError
from bot.local_time import start_of
from bot.store import schema
from bot.store.contents import digest_of, drop_unused, write_contents
from bot.store.database import Database, open_database, operator_errors, sqlite_url
from bot.store.migrate import migrate
from bot.store.notices import CHANNEL
from bot.store.reading import OWNERS, TABLES, Rows
from bot.store.replacing import replacing
from bot.store.sources import Sources, write_sources

_PARTS = (
    "plan",
    "menus",
    "signposts",
    "smalltalk",
    "groups",
    "emergencies",
    "lookalikes",
    "followups",
    "clauses",
    "concepts",
    "words",
    "cues",
    "confidence",
    "replies",
)
ROOT = "root"
"""The name under which a release keeps the number of the release on top of which it was learnt."""
KEEP_MODELS = 3
"""Releases that keep what was learnt, and with them all that learnt the same; others learn again."""


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
    database: Database,
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
    contents: dict[str, bytes] = {}
    tables = await asyncio.to_thread(_rows, catalogue, contents)  # slow: not in the loop
    learnt = {name: _kept(data, contents) for name, data in models.items()}
    async with operator_errors("catalogue"), database.write() as connection:
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
        await write_contents(connection, contents)
        for table, rows in tables.items():
            numbered = [{"release": number, "position": i, **row} for i, row in enumerate(rows)]
            if numbered:
                await connection.execute(insert(table), numbered)
        if learnt:
            held = [{"release": number, "name": name, "digest": digest} for name, digest in learnt.items()]
            await connection.execute(insert(schema.ModelRow), held)
        await _forget_models(connection, number - KEEP_MODELS)
        if connection.dialect.name == "postgresql":  # heard when this transaction is done
            await connection.execute(text(f"NOTIFY {CHANNEL}"))
    return number


async def _forget_models(connection: AsyncConnection, newest_old: int) -> None:
    """Take away what only old releases learnt, but not what a newer one was learnt on top of."""
    model = schema.ModelRow
    kept = select(schema.ContentRow.data).join(model, model.digest == schema.ContentRow.digest)
    newer = kept.where(model.name == ROOT, model.release > newest_old)
    roots = [int(data) for data in await connection.scalars(newer)]
    held = select(model.digest).where((model.release > newest_old) | model.release.in_(roots))
    lacking = set(await connection.scalars(select(model.release).where(model.digest.not_in(held))))
    forgotten = set(await connection.scalars(select(model.digest).where(model.release.in_(lacking))))
    await connection.execute(delete(model).where(model.release.in_(lacking)))
    await drop_unused(connection, forgotten)


async def releases(database: Database) -> list[Release]:
    """The history: every release, the newest first."""
    query = select(*_RELEASE).order_by(schema.ReleaseRow.number.desc())
    async with operator_errors("catalogue"), database.read() as connection:
        return [Release(*row) for row in await connection.execute(query)]


def _rows(catalogue: Catalogue, contents: dict[str, bytes]) -> dict[type[schema.CatalogueBase], Rows]:
    """The rows of each table; what they name by its digest is added to the contents."""
    plain = catalogue.model_dump(mode="json")
    dated = catalogue.model_dump()
    rows: dict[type[schema.CatalogueBase], Rows] = {
        schema.PhrasingRow: [
            {"kind": field, "owner": owner["id"], "digest": _kept(_json(owner["phrasings"]), contents)}
            for field in OWNERS
            for owner in plain[field]
        ],
        schema.PartRow: [
            {"name": name, "digest": _kept(_json(_without_phrasings(plain[name])), contents)}
            for name in _PARTS
        ],
        schema.FigureRow: [
            {"service": s.id, **f.model_dump(), "value": float(f.value)}
            for s in catalogue.services
            for f in s.figures
        ],
    }
    for field, table in TABLES.items():
        columns = set(table.__table__.columns.keys())
        rows[table] = [{k: v for k, v in _flat(record).items() if k in columns} for record in dated[field]]
    return rows


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _kept(data: bytes, contents: dict[str, bytes]) -> str:
    digest = digest_of(data)
    contents[digest] = data
    return digest


def _flat(record: dict[str, Any]) -> dict[str, Any]:
    """A record with its source's section and paragraph as columns, tuples as JSON lists."""
    flat = record | record.get("source", {})
    return {k: list(v) if isinstance(v, tuple) else v for k, v in flat.items()}


def _without_phrasings(part: Any) -> Any:
    if isinstance(part, list) and part and isinstance(part[0], dict):
        return [{k: v for k, v in record.items() if k != "phrasings"} for record in part]
    return part


@asynccontextmanager
async def _held(path: Path) -> AsyncIterator[None]:
    """Nobody writes into a catalogue file meanwhile, and what a crash left beside it is cleared away.

    The journal of an old file would be taken for that of the new one. A file that cannot be read as a
    catalogue is not held: it is to be replaced.
    """
    if not path.is_file():
        yield
        return
    old = open_database(sqlite_url(path), journal="DELETE", durable=True)
    try:
        async with AsyncExitStack() as held:
            try:
                await _refuse_history(old, path)
                async with operator_errors(str(path)):
                    await held.enter_async_context(old.write())
            except StoreError as error:
                if "locked" in str(error):
                    raise
                path.with_name(f"{path.name}-journal").unlink(missing_ok=True)
            yield
    finally:
        await old.dispose()


async def _refuse_history(database: Database, path: Path) -> None:
    async with operator_errors(str(path)), database.read() as connection:
        number = await connection.scalar(select(func.max(schema.ReleaseRow.number))) or 1
    if number > 1:
        raise ConflictError(
            f"{path}: holds {number} releases, which would be lost; take the newest out with"
            " `python -m bot kb export`, then move the file away"
        )


async def build_file(
    path: Path,
    catalogue: Catalogue,
    models: Mapping[str, bytes],
    note: str,
    sources: Sources = MappingProxyType({}),
) -> None:
    """Make a catalogue file that holds just this catalogue as release 1, whole or not at all.

    ConflictError where the file there holds further releases, StoreError where somebody writes into it.
    """
    newest_check = max(s.checked_on for s in catalogue.services)
    story = Story(created_at=start_of(newest_check))
    async with operator_errors(str(path)), _held(path):
        with replacing(path) as fresh:
            database = open_database(sqlite_url(fresh), journal="DELETE")
            try:
                await migrate(database, "catalogue")
                await write_release(database, catalogue, models, newest_check, note, sources, story)
            finally:
                await database.dispose()
