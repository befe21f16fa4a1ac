"""What releases are made of, kept once under its hash however many releases hold it."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import delete, insert, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import schema
from bot.store.schema import ContentRow

_AT_ONCE = 400  # names in one query: SQLite takes 999, older ones less


def digest_of(data: bytes) -> str:
    """What bytes are kept under."""
    return hashlib.sha256(data).hexdigest()


async def known(connection: AsyncConnection, column: Any, digests: Iterable[str]) -> set[str]:
    """Which of these digests a column holds."""
    found = set[str]()
    for part in _parts(digests):
        found |= set(await connection.scalars(select(column).where(column.in_(part))))
    return found


async def write_contents(connection: AsyncConnection, contents: Mapping[str, bytes]) -> None:
    """Keep contents, by their digests; what is there already is not stored twice."""
    there = await known(connection, ContentRow.digest, contents)
    fresh = [{"digest": digest, "data": data} for digest, data in contents.items() if digest not in there]
    if fresh:
        await connection.execute(insert(ContentRow), fresh)


async def read_contents(connection: AsyncConnection, digests: Iterable[str]) -> dict[str, bytes]:
    """The contents under these digests; what is not there is left out."""
    found: dict[str, bytes] = {}
    for part in _parts(digests):
        rows = await connection.execute(
            select(ContentRow.digest, ContentRow.data).where(ContentRow.digest.in_(part))
        )
        found |= {row.digest: row.data for row in rows}
    return found


async def drop_unused(connection: AsyncConnection, digests: Collection[str]) -> None:
    """Take away those of these contents that no release holds any more."""
    holders = (schema.PhrasingRow, schema.PartRow, schema.ModelRow)
    for part in _parts(digests):
        held = union_all(*(select(h.digest).where(h.digest.in_(part)) for h in holders))
        unused = set(part) - set(await connection.scalars(held))
        await connection.execute(delete(ContentRow).where(ContentRow.digest.in_(unused)))


def _parts(digests: Iterable[str]) -> Iterable[list[str]]:
    listed = list(digests)
    return (listed[start : start + _AT_ONCE] for start in range(0, len(listed), _AT_ONCE))
