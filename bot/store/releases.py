"""The catalogue's releases behind one object, for staff: read, listed, added."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select

from bot.catalogue.model import Catalogue
from bot.errors import StoreError
from bot.local_time import day_of
from bot.store import catalogue as store
from bot.store import reading as stored
from bot.store.catalogue import Release, Story
from bot.store.database import Database, operator_errors
from bot.store.reading import ReleaseMark
from bot.store.schema import ReleaseRow, ServiceRow
from bot.store.sources import SourceFile, Sources, read_sources


class Releases:
    """Releases in one catalogue database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def newest(self) -> int:
        """The number of the live release. StoreError where there is none."""
        return await stored.newest_release(self._database)

    async def mark(self, number: int) -> ReleaseMark:
        """What tells a release from every other. StoreError where there is none of this number."""
        return await stored.release_mark(self._database, number)

    async def all(self) -> list[Release]:
        """Every release, the newest first."""
        return await store.releases(self._database)

    async def of_draft(self, draft: str) -> int | None:
        """The release made from a draft, where there is one."""
        query = select(ReleaseRow.number).where(ReleaseRow.draft == draft)
        async with operator_errors("catalogue"), self._database.read() as connection:
            return await connection.scalar(query)

    async def has_service(self, service: str) -> bool:
        """Whether any release has a service of this id."""
        query = select(ServiceRow.release).where(ServiceRow.id == service).limit(1)
        async with operator_errors("catalogue"), self._database.read() as connection:
            return await connection.scalar(query) is not None

    async def sources(self, number: int) -> dict[str, SourceFile]:
        """The files a release was made from. StoreError where it was made before they were kept."""
        found = await read_sources(self._database, number)
        if not found:
            raise StoreError(
                f"catalogue: release {number} holds no knowledge files; run `python -m bot build`"
            )
        return found

    async def catalogue(self, number: int) -> Catalogue:
        """A release as a catalogue."""
        return await stored.read_release(self._database, number)

    async def models(self, number: int) -> dict[str, bytes]:
        """What was learnt from a release; nothing for one that is old."""
        return await stored.read_models(self._database, number)

    async def add(
        self, catalogue: Catalogue, models: Mapping[str, bytes], sources: Sources, story: Story, note: str
    ) -> int:
        """Write a release in one transaction; returns its number."""
        created_on: date = day_of(story.created_at)
        return await store.write_release(self._database, catalogue, models, created_on, note, sources, story)
