"""The knowledge files a release was made from, byte for byte; releases share those they have in common."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.contents import digest_of, known
from bot.store.database import Database, operator_errors
from bot.store.packing import packed, unpacked
from bot.store.schema import DocumentRow, TextRow


class SourceFile(NamedTuple):
    """One knowledge file: its text, and what it says as JSON (so that it need not be parsed again)."""

    text: str
    parsed: str

    @property
    def digest(self) -> str:
        """What the text is kept under."""
        return digest_of(self.text.encode())


Sources = Mapping[str, SourceFile]
"""Knowledge files by their path below the folder."""


async def write_sources(connection: AsyncConnection, number: int, sources: Sources) -> None:
    """Note which files a release was made from; texts that are there already are not stored twice."""
    by_digest = {source.digest: source for source in sources.values()}
    there = await known(connection, TextRow.digest, by_digest)
    new = {digest: source for digest, source in by_digest.items() if digest not in there}
    fresh = await asyncio.to_thread(_packed_rows, new)
    if fresh:
        await connection.execute(insert(TextRow), fresh)
    rows = [{"release": number, "path": path, "digest": s.digest} for path, s in sources.items()]
    if rows:
        await connection.execute(insert(DocumentRow), rows)


def _packed_rows(sources: Mapping[str, SourceFile]) -> list[dict[str, str | bytes]]:
    return [
        {"digest": digest, "data": packed(source.text), "parsed": packed(source.parsed)}
        for digest, source in sources.items()
    ]


async def read_sources(database: Database, number: int) -> dict[str, SourceFile]:
    """The files a release was made from; none for a release of before they were kept."""
    query = (
        select(DocumentRow.path, TextRow.data, TextRow.parsed)
        .join(TextRow, TextRow.digest == DocumentRow.digest)
        .where(DocumentRow.release == number)
        .order_by(DocumentRow.path)
    )
    async with operator_errors("catalogue"), database.read() as connection:
        rows = await connection.execute(query)
        return await asyncio.to_thread(_by_path, rows)


def _by_path(rows: Iterable[Any]) -> dict[str, SourceFile]:
    return {path: SourceFile(unpacked(data), unpacked(parsed)) for path, data, parsed in rows}
