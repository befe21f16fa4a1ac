"""Who is let in: not by a channel that is switched off, and nobody more often than the rate allows."""

import getpass
import logging
import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from limits import RateLimitItem, RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from bot.app.background import every, repeating
from bot.app.databases import second_database, upgrade_second
from bot.config import Settings
from bot.errors import InputError, StoreError
from bot.messages import Rate
from bot.store.switches import Off, Switches
from bot.store.trail import COMMAND_LINE
from bot.text.addresses import subscriber

log = logging.getLogger("yongwen")

CHANNELS = ("web", "api", "mcp", "telegram", "wechat", "wecom", "dingtalk", "feishu")
_EVERY_SECONDS = 0.5


class Counter(Protocol):
    """Counts how often a key came: `InMemoryCounter`, or `Quotas` where replicas share a database."""

    async def hit(self, key: str, rate: Rate, now: float) -> int:
        """Count one more; 0 where that is within the rate, else the seconds to wait."""

    async def forget(self, key: str) -> None:
        """Drop the count of a key."""


class InMemoryCounter:
    """Counts in this process, by a window that moves with the time."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._items: dict[Rate, RateLimitItem] = {}

    async def hit(self, key: str, rate: Rate, now: float) -> int:
        """Count one more; 0 where that is within the rate, else the seconds to wait."""
        item = self._items.setdefault(rate, RateLimitItemPerSecond(rate.times, rate.seconds))
        if self._limiter.hit(item, key):
            return 0
        return max(1, math.ceil(self._limiter.get_window_stats(item, key).reset_time - time.time()))

    async def forget(self, key: str) -> None:
        """Drop the counts of a key."""
        for item in self._items.values():
            self._limiter.clear(item, key)


class Gate:
    """Asked before every message. It fails open: where the counting breaks, people are let in."""

    def __init__(self, counter: Counter, person: Rate | None = None, address: Rate | None = None) -> None:
        self._counter = counter
        self._person = person
        self._address = address
        self.off: dict[str, Off] = {}

    async def person(self, key: str, now: float) -> int:
        """The seconds a person (a keyed hash) has to wait; 0 for none."""
        return await self._wait(f"person:{key}", self._person, now) if key else 0

    async def address(self, address: str) -> int:
        """The seconds an address has to wait; 0 for none."""
        return await self._wait(f"address:{subscriber(address)}", self._address, time.time())

    async def key(self, name: str, quota: Rate) -> int:
        """The seconds the holder of an API key has to wait; 0 for none."""
        return await self._wait(f"key:{name}", quota, time.time())

    async def pace(self, name: str, rate: Rate) -> int:
        """The seconds we ourselves have to wait with one more of a name."""
        return await self._wait(f"pace:{name}", rate, time.time())

    async def forget_pace(self, name: str) -> None:
        """Drop what was counted of a name."""
        await self._counter.forget(f"pace:{name}")

    async def forget(self, key: str) -> None:
        """Drop what was counted of a person."""
        await self._counter.forget(f"person:{key}")

    async def _wait(self, key: str, rate: Rate | None, now: float) -> int:
        if rate is None:
            return 0
        try:
            return await self._counter.hit(key, rate, now)
        except StoreError as error:
            log.error("not counted, let in: %s", error)
            return 0


@asynccontextmanager
async def watching(gate: Gate, switches: Switches) -> AsyncIterator[None]:
    """Know within half a second of a channel that is switched, whoever does it."""

    async def look() -> None:
        try:
            gate.off = await switches.all()
        except StoreError as error:
            log.error("whether a channel is switched off is not known, staying as it was: %s", error)

    await look()
    async with repeating(look, every(_EVERY_SECONDS)):
        yield


async def switch_channel(settings: Settings, channel: str, why: str | None) -> None:
    """Switch a channel off for a reason, or on where there is none. InputError for an unknown channel."""
    if channel not in CHANNELS:
        raise InputError(f"no channel {channel!r}; there are {', '.join(CHANNELS)}")
    async with _switches(settings) as switches:
        if why is None:
            await switches.on(channel, _operator(), time.time())
        else:
            await switches.off(channel, why, _operator(), time.time())


def _operator() -> str:
    """Who is at the terminal; a container's user may have no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return COMMAND_LINE


async def switched_off(settings: Settings) -> dict[str, Off]:
    """The channels that are off, by name."""
    async with _switches(settings, makes=False) as switches:
        return await switches.all()


@asynccontextmanager
async def _switches(settings: Settings, *, makes: bool = True) -> AsyncIterator[Switches]:
    database = second_database(settings, makes=makes)
    try:
        await upgrade_second(database, settings)
        yield Switches(database)
    finally:
        await database.dispose()
