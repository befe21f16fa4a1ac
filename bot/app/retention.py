"""What is kept of residents goes when its time is over: the running service sees to it every minute."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol

from bot.errors import StoreError
from bot.store.questions import Questions

log = logging.getLogger("yongwen")

DAY = 24 * 3600
_EVERY_SECONDS = 60


class Expiring(Protocol):
    """Keeps things that know when they expire: conversations, quotas."""

    async def forget_expired(self, now: float) -> None:
        """Delete those whose time has passed."""


class Retention:
    """Deletes questions and feedback older than `days`, and whatever else has expired."""

    def __init__(
        self, questions: Questions, days: int, clock: Callable[[], float], *expiring: Expiring
    ) -> None:
        self._questions = questions
        self._days = days
        self._clock = clock
        self._expiring = expiring

    async def enforce(self) -> None:
        """Delete what is due now, out of the database's files too. StoreError where that fails."""
        now = self._clock()
        await self._questions.forget_before(now - self._days * DAY)
        for kept in self._expiring:
            await kept.forget_expired(now)
        await self._questions.wipe()

    async def run(self) -> None:
        """Enforce once a minute, until cancelled."""
        while True:
            try:
                await self.enforce()
            except StoreError as error:
                log.error("what has expired could not be deleted, trying again: %s", error)
            await asyncio.sleep(_EVERY_SECONDS)


@asynccontextmanager
async def retaining(retention: Retention) -> AsyncIterator[None]:
    """Enforce beside whatever goes on inside."""
    task = asyncio.create_task(retention.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})
