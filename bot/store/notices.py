"""Word of a new release from PostgreSQL at once; polling goes on beside it, as a net."""

import asyncio
import logging
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import StoreError
from bot.store.database import Database, operator_errors

log = logging.getLogger("yongwen")
CHANNEL = "yongwen_release"


class Notices:
    """Waits for word of a release, or for a time to pass; on SQLite only for the time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._heard = asyncio.Event()
        self._connection: AsyncConnection | None = None
        self._ended = False

    async def wait(self, seconds: float) -> None:
        """Come back after this time, or as soon as a release is announced."""
        await self._listen()
        try:
            async with asyncio.timeout(seconds):
                await self._heard.wait()
        except TimeoutError:
            return
        self._heard.clear()

    async def close(self) -> None:
        """Give the connection back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.invalidate()
            await connection.close()

    async def _listen(self) -> None:
        """Listen on a connection of its own, made anew when it broke; without one there is the polling."""
        if self._database.dialect != "postgresql" or (self._connection and not self._ended):
            return
        await self.close()
        try:
            async with operator_errors("the database"):
                self._connection, self._ended = await self._database.read(), False
                driver: Any = (await self._connection.get_raw_connection()).driver_connection
                await driver.add_listener(CHANNEL, self._on_notice)
                driver.add_termination_listener(self._on_end)
        except StoreError as error:
            self._ended = True
            log.debug("no word of releases for now: %s", error)

    def _on_notice(self, *_: object) -> None:
        self._heard.set()

    def _on_end(self, *_: object) -> None:
        self._ended = True
