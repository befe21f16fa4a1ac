"""Routes for operators: /healthz, /readyz, and /metrics for those who may read it."""

import hmac
import ipaddress
import logging
from collections.abc import Awaitable, Callable, Sequence

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

log = logging.getLogger("yongwen.web")

_METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_FRESH = {"Cache-Control": "no-store"}


def routes(
    ready: Callable[[], Awaitable[str]], metrics: Callable[[], Awaitable[bytes]], token: str = ""
) -> Sequence[BaseRoute]:
    """The routes. `ready` gives what is wrong, or nothing; `token` opens the metrics to other machines."""

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok\n", headers=_FRESH)

    async def readyz(_: Request) -> Response:
        wrong = await ready()
        if wrong:
            log.error("not ready: %s", wrong)
        return PlainTextResponse("not ready\n" if wrong else "ok\n", 503 if wrong else 200, _FRESH)

    async def counted(request: Request) -> Response:
        if not _may_read(request, token):
            return PlainTextResponse("", 404)
        return Response(await metrics(), headers=_FRESH | {"Content-Type": _METRICS_TYPE})

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", counted)]


def _may_read(request: Request, token: str) -> bool:
    """Whoever shows the token, and where there is none, whoever asks from this very machine."""
    if token:
        return hmac.compare_digest(
            request.headers.get("authorization", "").encode(), f"Bearer {token}".encode()
        )
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
