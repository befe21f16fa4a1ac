"""What is done again and again beside the answering, and ends in good order."""

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

    At the end a step under way is let finish: cut off while it talks to a database, it would leave a
    connection behind that answers a loop which is gone.
    """
    stepping = asyncio.Lock()

    async def run() -> None:
        while True:
            async with stepping:
                try:
                    await step()
                except Exception:
                    log.exception("what is done beside the answering failed; it is tried again")
            await wait()

    task = asyncio.create_task(run())
    try:
        yield
    finally:
        async with stepping:
            task.cancel()
        await asyncio.wait({task})


def seconds(number: float) -> Callable[[], Awaitable[None]]:
    """A wait of so many seconds."""
    return lambda: asyncio.sleep(number)
