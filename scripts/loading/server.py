"""The service as it is, with one more route that only echoes; ends when its standard input does."""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot import config
from bot.app import serve
from bot.app.parts import Running
from bot.app.remembering import MOST


async def _echo(request: Request) -> Response:
    return Response(await request.body(), media_type="application/json")


@asynccontextmanager
async def echo(_: Running) -> AsyncIterator[Sequence[BaseRoute]]:
    """The route to compare with."""
    yield (Route("/echo", _echo, methods=["POST"]),)


async def main() -> None:
    """Serve until whoever started this is gone."""
    remembered = 0 if "--anew" in sys.argv else MOST
    gone = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin, gone.set)
    service = asyncio.create_task(
        serve(config.load(), lambda line: print(line, flush=True), (echo,), remembered=remembered)
    )
    waiting = asyncio.create_task(gone.wait())
    await asyncio.wait([service, waiting], return_when=asyncio.FIRST_COMPLETED)
    service.cancel()
    with suppress(asyncio.CancelledError):
        await service


if __name__ == "__main__":
    asyncio.run(main())
