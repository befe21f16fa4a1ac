"""Calls to a database that are made at the same time share one round trip."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

_Asked = TypeVar("_Asked")
_Answer = TypeVar("_Answer")
MOST = 500
"""Calls that share a round trip."""


class Batched(Generic[_Asked, _Answer]):
    """While a call is under way, further ones gather and share the next; a lone one starts at once."""

    def __init__(self, call: Callable[[list[_Asked]], Awaitable[Sequence[_Answer]]]) -> None:
        self._call = call
        self._waiting: list[tuple[_Asked, asyncio.Future[_Answer]]] = []
        self._running: asyncio.Task[None] | None = None

    async def __call__(self, asked: _Asked) -> _Answer:
        """The answer to one; raises what the call raised. Cancelled, it ends when that call has ended."""
        answer: asyncio.Future[_Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, answer))
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())
        try:
            return await asyncio.shield(answer)
        except asyncio.CancelledError:
            await asyncio.gather(answer, return_exceptions=True)
            raise

    async def _run(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            try:
                answers = await self._call([asked for asked, _ in batch])
            except BaseException as error:
                _fail([answer for _, answer in batch], error)
                if not isinstance(error, Exception):
                    raise
                continue
            for (_, future), answer in zip(batch, answers, strict=True):
                if not future.done():
                    future.set_result(answer)


def _fail(futures: Sequence[asyncio.Future[_Answer]], error: BaseException) -> None:
    for future in futures:
        if future.done():
            continue
        if isinstance(error, Exception):
            future.set_exception(error)
        else:
            future.cancel()
