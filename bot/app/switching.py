"""A running 甬问 goes over to a newer release by itself, between two messages."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.app.answering import Yongwen
from bot.app.background import repeating
from bot.app.databases import catalogue_database
from bot.app.loading import Loader, warm
from bot.config import Settings
from bot.conversation.knowledge import Knowledge
from bot.errors import StoreError
from bot.store.notices import Notices
from bot.store.reading import newest_mark

log = logging.getLogger("yongwen")
POLL_SECONDS = 0.1
_AFTER_FAILURE_SECONDS = 5.0


@asynccontextmanager
async def switching(settings: Settings, yongwen: Yongwen, loader: Loader) -> AsyncIterator[None]:
    """Watch the catalogue while the context is open; `yongwen` answers from what `loader` loaded last."""
    database = catalogue_database(settings)
    notices, failed = Notices(database), ""
    answering = loader.mark  # from here on not the loader's own: what is loaded may yet fail to be made ready

    async def look() -> None:
        nonlocal answering, failed
        try:
            if await newest_mark(database) != answering:
                await _switch(yongwen, loader)
                answering = loader.mark
            failed = ""
        except Exception as error:
            if repr(error) != failed:
                traced = not isinstance(error, StoreError)
                log.error("answering from release %s on: %s", yongwen.release, error, exc_info=traced)
            failed = repr(error)

    async def wait() -> None:
        await notices.wait(_AFTER_FAILURE_SECONDS if failed else POLL_SECONDS)

    try:
        async with repeating(look, wait):
            yield
    finally:
        await notices.close()
        await database.dispose()


def _loaded(loader: Loader) -> tuple[int, Knowledge]:
    number, knowledge = asyncio.run(loader.load())
    warm(knowledge)
    return number, knowledge


async def _switch(yongwen: Yongwen, loader: Loader) -> None:
    """Load in the background, in a thread with a loop of its own; then swap by one assignment."""
    number, knowledge = await asyncio.to_thread(_loaded, loader)
    yongwen.switch(number, knowledge)
    log.info("answering from release %s", number)
