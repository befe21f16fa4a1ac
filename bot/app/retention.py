"""What is kept of residents goes when its time is over: the running service sees to it every minute."""

import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from bot.app.background import every, repeating
from bot.errors import StoreError
from bot.local_time import DAY_SECONDS
from bot.store.questions import Questions

log = logging.getLogger("yongwen")

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
        await self._questions.forget_before(now - self._days * DAY_SECONDS)
        for kept in self._expiring:
            await kept.forget_expired(now)
        await self._questions.wipe()

    async def attempt(self) -> None:
        """Enforce, or say why that failed: there is a next time."""
        try:
            await self.enforce()
        except StoreError as error:
            log.error("what has expired could not be deleted, trying again: %s", error)


def retaining(retention: Retention) -> AbstractAsyncContextManager[None]:
    """Enforce once a minute in the background."""
    return repeating(retention.attempt, every(_EVERY_SECONDS))
