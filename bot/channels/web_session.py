"""What a page shows again after a reload: the last exchanges of each session, in memory, for a while."""

import time
from collections.abc import Callable
from typing import NamedTuple

from bot.channels.web_reply import Shown

MOST_EXCHANGES = 20
MOST_SESSIONS = 1000
LASTS_SECONDS = 30 * 60
_LONGEST_SHOWN = 600


class Exchange(NamedTuple):
    """What the resident said (or the label of the button pressed), the reply, and what they thought of it."""

    said: str
    shown: Shown
    verdict: str = ""


class Sessions:
    """Exchanges by session key. The least recently used session goes first, so order is age."""

    def __init__(
        self, lasts_seconds: float = LASTS_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._lasts_seconds = lasts_seconds
        self._clock = clock
        self._kept: dict[str, tuple[float, tuple[Exchange, ...]]] = {}

    def exchanges(self, key: str) -> tuple[Exchange, ...]:
        """The exchanges of a session, oldest first; empty where there are none or they have expired."""
        self._forget_expired()
        return self._kept.get(key, (0.0, ()))[1]

    def add(self, key: str, exchange: Exchange) -> None:
        """Keep one more exchange; a very long question is kept shortened."""
        said = exchange.said
        if len(said) > _LONGEST_SHOWN:
            exchange = exchange._replace(said=f"{said[:_LONGEST_SHOWN]}…")
        kept = (*self.exchanges(key), exchange)[-MOST_EXCHANGES:]
        self.forget(key)
        self._kept[key] = (self._clock() + self._lasts_seconds, kept)
        if len(self._kept) > MOST_SESSIONS:
            del self._kept[next(iter(self._kept))]

    def judge(self, key: str, answer_id: str, verdict: str) -> None:
        """Remember what a session thought of an answer."""
        until, kept = self._kept.get(key, (0.0, ()))
        judged = [e._replace(verdict=verdict) if e.shown.answer_id == answer_id else e for e in kept]
        if kept:
            self._kept[key] = (until, tuple(judged))

    def forget(self, key: str) -> None:
        """Drop a session's exchanges."""
        self._kept.pop(key, None)

    def _forget_expired(self) -> None:
        now = self._clock()
        while self._kept and self._kept[oldest := next(iter(self._kept))][0] <= now:
            del self._kept[oldest]
