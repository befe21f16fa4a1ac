"""What operators ask the running service: is it alive, is it ready, what has it counted."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.app.parts import Running
from bot.errors import StoreError

if TYPE_CHECKING:
    from bot.channels.web import BaseRoute


@asynccontextmanager
async def operating(running: Running) -> "AsyncIterator[Sequence[BaseRoute]]":
    """/healthz, /readyz and /metrics."""
    from bot.channels.web_operating import routes

    async def ready() -> str:
        try:
            await running.inbox.waiting(time.time())
        except StoreError as error:
            return str(error)
        return "" if running.yongwen.knowledge.lookup.services else "the catalogue is empty"

    async def metrics() -> bytes:
        return await running.metrics.text(running.inbox, time.time())

    yield routes(ready, metrics, running.settings.metrics_token)
