"""The catalogue's releases as staff see them: files and records of each, history, what was said when."""

import asyncio
from collections import OrderedDict
from datetime import date
from typing import NamedTuple

from bot.catalogue.records import Address, Change, Fields, changes
from bot.errors import InputError
from bot.local_time import DAY_SECONDS, start_of
from bot.staff.snapshot import Snapshot
from bot.store.catalogue import Release
from bot.store.reading import ReleaseMark
from bot.store.releases import Releases

_KEPT = 4  # snapshots, each of some megabytes


class PastAnswer(NamedTuple):
    """What a release that was live on a day said about a service; None where it did not know it."""

    release: Release
    fields: Fields | None

    @property
    def answer(self) -> str:
        """The policy as residents read it; empty where there was none."""
        return f"{self.fields['summary']}{self.fields.get('description', '')}" if self.fields else ""


class ReleaseHistory:
    """Snapshots of releases; the last few are kept in memory, as they never change."""

    def __init__(self, store: Releases) -> None:
        self.store = store
        self._snapshots: OrderedDict[ReleaseMark, Snapshot] = OrderedDict()

    async def newest(self) -> int:
        """The number of the live release."""
        return await self.store.newest()

    async def release_of(self, draft_id: str) -> int | None:
        """The release made from a draft, where there is one."""
        return await self.store.of_draft(draft_id)

    async def snapshot(self, number: int) -> Snapshot:
        """The knowledge of a release."""
        mark = await self.store.mark(number)  # a backup may have brought another of the same number
        if mark not in self._snapshots:
            snapshot = await asyncio.to_thread(Snapshot(await self.store.sources(number)).read)
            self._snapshots[mark] = snapshot
            if len(self._snapshots) > _KEPT:
                self._snapshots.popitem(last=False)
        self._snapshots.move_to_end(mark)
        return self._snapshots[mark]

    async def live(self) -> Snapshot:
        """The knowledge of the live release."""
        return await self.snapshot(await self.newest())

    async def all(self) -> list[Release]:
        """Every release with who, when and why; the newest first."""
        return await self.store.all()

    async def release(self, number: int) -> Release:
        """One release. InputError where there is none of this number."""
        for found in await self.all():
            if found.number == number:
                return found
        raise InputError(f"there is no release {number}", "no-release", number=number)

    async def diff(self, before: int, after: int) -> list[Change]:
        """What differs between two releases, field by field."""
        await self.release(before), await self.release(after)
        return changes((await self.snapshot(before)).records, (await self.snapshot(after)).records)

    async def said_on(self, service: str, day: date) -> list[PastAnswer]:
        """What was said about a service on a day (Ningbo time): one entry for each release live on it."""
        begin = start_of(day)
        end = begin + DAY_SECONDS
        live: list[Release] = []
        for release in await self.all():
            if release.created_at < end:
                live.append(release)
                if release.created_at <= begin:
                    break
        address = Address("services", service)
        return [PastAnswer(r, (await self.snapshot(r.number)).records.get(address)) for r in reversed(live)]
