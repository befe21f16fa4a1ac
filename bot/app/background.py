"""Work repeated in the background of the service, and ended in good order with it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

log = logging.getLogger("yongwen")


@asynccontextmanager
async def repeating(
    step: Callable[[], Awaitable[None]], wait: Callable[[], Awaitable[None]]
) -> AsyncIterator[None]:
    """Take a step and wait, in turn, as long as the context is open. What a step raises is logged.

    When the context closes, a step under way is left to finish: cancelled in the middle of a query, it
    would leave a broken connection in the pool.
    """
    stepping = asyncio.Lock()

    async def run() -> None:
        while True:
            async with stepping:
                try:
                    await step()
                except Exception:
                    log.exception("a task in the background failed; it is tried again")
            await wait()

    task = asyncio.create_task(run())
    try:
        yield
    finally:
        async with stepping:
            task.cancel()
        await asyncio.wait({task})


def every(seconds: float) -> Callable[[], Awaitable[None]]:
    """The wait between two steps, of so many seconds."""
    return lambda: asyncio.sleep(seconds)
