"""Drafts with every version they ever had, in the second database. Nothing here is ever overwritten."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import ConflictError, InputError
from bot.store.access import Access
from bot.store.database import Database
from bot.store.packing import packed, unpacked
from bot.store.schema_staff import (
    DraftCommentRow,
    DraftDocumentRow,
    DraftRow,
    DraftVersionRow,
)
from bot.store.trail import Entry, note

Texts = Mapping[str, str | None]
"""Documents that differ from the base release, by path; None where the document is taken away."""


class Draft(NamedTuple):
    """Where a draft stands. `state`: editing, submitted, approved, released or discarded."""

    id: str
    title: str
    reason: str
    base: int
    state: str
    version: int
    author: str
    created_at: float
    changed_at: float
    approved_by: str
    released_as: int | None


class Version(NamedTuple):
    """One version of a draft: who made it, when, how, on which release."""

    version: int
    base: int
    account: str
    at: float
    what: str
    contributes: bool


class Addition(NamedTuple):
    """What a version adds to a draft: who made it, files by path, which are the base's again, its trail."""

    made: Version
    changed: Texts
    restored: Collection[str]
    entry: Entry


class Comment(NamedTuple):
    """One remark in a draft's thread."""

    version: int
    account: str
    at: float
    place: str
    text: str


_DRAFT = [getattr(DraftRow, name) for name in Draft._fields]
_VERSION = [getattr(DraftVersionRow, name) for name in Version._fields]
_COMMENT = [getattr(DraftCommentRow, name) for name in Comment._fields]


class DraftStore:
    """Rows of drafts. It keeps versions apart and decides nothing else."""

    def __init__(self, database: Database) -> None:
        self._database = Access(database, "drafts")

    async def create(self, draft: Draft, entry: Entry, first: Addition | None = None) -> bool:
        """Begin a draft: version 0, empty; `first` comes with it or neither does. False: its id is taken."""
        query = self._database.insert(DraftRow).values(draft._asdict())
        async with self._database.write() as connection:
            made = await connection.execute(query.on_conflict_do_nothing(index_elements=["id"]))
            if made.rowcount != 1:
                return False
            await note(connection, entry)
            if first is not None:
                await _add(connection, draft, first)
            return True

    async def find(self, draft_id: str) -> Draft:
        """A draft. InputError where there is none."""
        async with self._database.read() as connection:
            row = (await connection.execute(select(*_DRAFT).where(DraftRow.id == draft_id))).one_or_none()
        if row is None:
            raise InputError(f"there is no draft {draft_id}", "no-draft")
        return Draft(*row)

    async def all(self, states: Collection[str] = ()) -> list[Draft]:
        """Drafts, the last changed first, in these states or in any."""
        query = select(*_DRAFT).order_by(DraftRow.changed_at.desc(), DraftRow.id)
        if states:
            query = query.where(DraftRow.state.in_(states))
        async with self._database.read() as connection:
            return [Draft(*row) for row in await connection.execute(query)]

    async def titles(self, ids: Collection[str]) -> dict[str, str]:
        """What drafts are called, by id, those that are there."""
        query = select(DraftRow.id, DraftRow.title).where(DraftRow.id.in_(ids))
        async with self._database.read() as connection:
            return {row.id: row.title for row in await connection.execute(query)}

    async def add_version(self, draft: Draft, addition: Addition) -> None:
        """Add a version on top of the one in `draft`. ConflictError where another came first.

        Void afterwards: an approval.
        """
        async with self._database.write() as connection:
            await _add(connection, draft, addition)

    async def change(self, draft: Draft, entry: Entry, comment: Comment | None = None, **values: Any) -> None:
        """Change where a draft stands, perhaps with a remark. ConflictError where it was changed since."""
        async with self._database.write() as connection:
            await _move(connection, draft, values)
            if comment is not None:
                await _remark(connection, draft.id, comment)
            await note(connection, entry)

    async def tell(self, entry: Entry) -> None:
        """Add a line to the audit trail of what no draft is about."""
        async with self._database.write() as connection:
            await note(connection, entry)

    async def texts(self, draft_id: str, version: int) -> dict[str, str | None]:
        """The documents that a version changes against its base, by path; None: taken away."""
        rows = DraftDocumentRow
        query = (
            select(rows.path, rows.data, rows.restores)
            .where(rows.draft == draft_id, rows.version <= version)
            .order_by(rows.version)
        )
        found: dict[str, str | None] = {}
        async with self._database.read() as connection:
            for path, data, restores in await connection.execute(query):
                found.pop(path, None)
                if not restores:
                    found[path] = None if data is None else unpacked(data)
        return dict(sorted(found.items()))

    async def versions(self, draft_id: str) -> list[Version]:
        """Every version of a draft, the first first."""
        query = select(*_VERSION).where(DraftVersionRow.draft == draft_id).order_by(DraftVersionRow.version)
        async with self._database.read() as connection:
            return [Version(*row) for row in await connection.execute(query)]

    async def comment(self, draft_id: str, comment: Comment) -> None:
        """Add a remark."""
        async with self._database.write() as connection:
            await _remark(connection, draft_id, comment)

    async def comments(self, draft_id: str) -> list[Comment]:
        """A draft's thread, the first remark first."""
        query = select(*_COMMENT).where(DraftCommentRow.draft == draft_id).order_by(DraftCommentRow.id)
        async with self._database.read() as connection:
            return [Comment(*row) for row in await connection.execute(query)]


async def _add(connection: AsyncConnection, draft: Draft, addition: Addition) -> None:
    made, changed, restored, entry = addition
    of = {"draft": draft.id, "version": made.version}
    rows = [
        of | {"path": path, "data": None if text is None else packed(text), "restores": False}
        for path, text in changed.items()
    ]
    rows += [of | {"path": path, "data": None, "restores": True} for path in restored]
    values = {"version": made.version, "base": made.base, "changed_at": made.at}
    await _move(connection, draft, values | {"state": "editing", "approved_by": ""})
    await connection.execute(insert(DraftVersionRow).values(made._asdict() | {"draft": draft.id}))
    if rows:
        await connection.execute(insert(DraftDocumentRow), rows)
    await note(connection, entry)


async def _move(connection: AsyncConnection, draft: Draft, values: Mapping[str, Any]) -> None:
    unchanged = (
        DraftRow.id == draft.id,
        DraftRow.version == draft.version,
        DraftRow.state == draft.state,
        DraftRow.approved_by == draft.approved_by,
    )
    moved = await connection.execute(update(DraftRow).where(*unchanged).values(dict(values)))
    if moved.rowcount != 1:
        raise ConflictError(f"draft {draft.id} was changed meanwhile; look at it again")


async def _remark(connection: AsyncConnection, draft_id: str, comment: Comment) -> None:
    await connection.execute(insert(DraftCommentRow).values(comment._asdict() | {"draft": draft_id}))
