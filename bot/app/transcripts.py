"""What a page shows again after a reload, kept where conversations stand: any replica shows it."""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

from bot.app.memory import States
from bot.errors import StoreError
from bot.text.pseudonyms import Pseudonyms

log = logging.getLogger("yongwen")

_CHANNEL = "web"
_WHAT = "transcript"


class Transcripts:
    """The exchanges of each session of the web chat, for so many seconds after the last.

    Where the database is away, a page shows nothing again: that is no reason not to answer.
    """

    def __init__(
        self,
        states: States,
        pseudonyms: Pseudonyms,
        seconds: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._states = states
        self._pseudonyms = pseudonyms
        self._seconds = seconds
        self._clock = clock

    async def load(self, session: str) -> list[dict[str, Any]]:
        """The exchanges of a session, oldest first; none where there are none."""
        try:
            kept = await self._states.load(self._key(session), self._clock())
        except StoreError as error:
            log.error("what was said is not shown again: %s", error)
            return []
        return list(kept.get("exchanges", ()))

    async def save(self, session: str, exchanges: Sequence[dict[str, Any]]) -> None:
        """Keep a session's exchanges in place of those before."""
        data, until = {"exchanges": list(exchanges)}, self._clock() + self._seconds
        person = self._pseudonyms.person(_CHANNEL, session)
        try:
            await self._states.save(self._key(session), data, until, person)
        except StoreError as error:
            log.error("what was said will not be shown again: %s", error)

    async def forget(self, session: str) -> None:
        """Drop what a session said, and where its conversation stands."""
        try:
            await self._states.forget(self._pseudonyms.person(_CHANNEL, session))
        except StoreError as error:
            log.error("a conversation left behind stays until it expires: %s", error)

    def _key(self, session: str) -> str:
        return self._pseudonyms.conversation(f"{_CHANNEL}/{_WHAT}", session)
