"""An app of ours at a port of its own, for the length of a test."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette

from bot.channels.web import serve

PATIENCE = 20


@asynccontextmanager
async def listening(app: Starlette) -> AsyncIterator[str]:
    """The address at which the app answers."""
    heard: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(serve(app, "127.0.0.1", 0, heard.set_result))
    try:
        yield await asyncio.wait_for(heard, PATIENCE)
    finally:
        task.cancel()
        await asyncio.wait({task})
