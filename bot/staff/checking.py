"""Knowledge as a draft would have it, checked: what is wrong, at which record and field."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from bot.catalogue.check import Checked, check
from bot.catalogue.records import FieldFault, addressed
from bot.local_time import day_of
from bot.staff.snapshot import Snapshot

_KEPT = 4  # results; an editor looks at a draft and the live release in turns


class Faults(NamedTuple):
    """What is wrong with a draft: what blocks it, and what is overdue (which changes answers instead)."""

    blocking: list[FieldFault]
    overdue: list[FieldFault]


class Checker:
    """Checks knowledge as of today. `clock` gives seconds since 1970."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._checks: OrderedDict[object, asyncio.Task[Checked]] = OrderedDict()

    async def faults(self, snapshot: Snapshot) -> Faults:
        """Every fault of this knowledge, each at its record and field."""
        checked = await self.check(snapshot)
        found = addressed(checked.faults, snapshot.documents)
        return Faults([f for f in found if f.fault.blocks], [f for f in found if not f.fault.blocks])

    async def check(self, snapshot: Snapshot) -> Checked:
        """The whole result of a check; the last few are kept, as one takes a while."""
        return await asyncio.shield(self.begin(snapshot))

    def begin(self, snapshot: Snapshot) -> asyncio.Task[Checked]:
        """Have this knowledge checked beside, for whoever asks for it later; once, however many ask."""
        today = day_of(self._clock())
        # Files that two snapshots share are the same objects, so that this costs next to nothing.
        key = (today, tuple(snapshot.sources.items()))
        if key not in self._checks or _failed(self._checks[key]):
            self._checks[key] = asyncio.create_task(_checked(snapshot, today))
        self._checks.move_to_end(key)
        if len(self._checks) > _KEPT:
            self._checks.popitem(last=False)
        return self._checks[key]


async def _checked(snapshot: Snapshot, today: date) -> Checked:
    return await asyncio.to_thread(lambda: check(snapshot.documents, today))


def _failed(task: asyncio.Task[Checked]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)
