"""What stands round the API's operations: CORS, keys, and no error without problem details."""

import logging
from collections.abc import Collection, Sequence

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.channels.api_keys import KeyRing, shown_key
from bot.channels.problems import Fault, problem

log = logging.getLogger("yongwen.api")

WAIT = "wait"
"""Where a request's scope tells how many seconds its caller has to wait, for whom it is let through."""
_DAY_SECONDS = 24 * 3600
_NO_KEY = Fault(at="header/authorization", detail="want `Authorization: Bearer KEY`, with a key known here")


class Cors(CORSMiddleware):
    """Starlette's, with problem details where a page of that origin may not ask."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        super().__init__(
            app,
            allow_origins=origins,
            allow_methods=("GET", "POST", "DELETE"),
            allow_headers=("Authorization", "Content-Type", "If-None-Match"),
            expose_headers=("ETag", "Retry-After"),
            max_age=_DAY_SECONDS,
        )

    def preflight_response(self, request_headers: Headers) -> Response:
        """The answer to a browser that asks before it sends."""
        response = super().preflight_response(request_headers)
        return problem(403) if response.status_code >= 400 else response


class Shell:
    """ASGI middleware: where there are `keys`, only who shows one may call; what breaks becomes a 500.

    The path `heard` is let through over the quota too, with WAIT: somebody may be in danger there. The
    paths of `free` need no key.
    """

    def __init__(
        self, app: ASGIApp, keys: KeyRing | None = None, heard: str = "", free: Collection[str] = ()
    ) -> None:
        self._app = app
        self._keys = keys
        self._heard = heard
        self._free = free

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with what is wrong."""
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await (await self._refused(scope) or self._app)(scope, receive, watched)
        except ClientDisconnect:
            log.debug("a caller left before the whole request was read")
        except Exception:
            log.exception("%s %s failed", scope.get("method"), scope["path"])
            if started:
                raise
            await problem(500)(scope, receive, watched)

    async def _refused(self, scope: Scope) -> Response | None:
        scope["caller"] = ""
        if self._keys is None or scope["path"] in self._free:
            return None
        key = self._keys.known(shown_key(Headers(scope=scope).get("authorization")))
        if key is None:
            return problem(401, [_NO_KEY], {"WWW-Authenticate": "Bearer"})
        scope["caller"] = key.name
        scope[WAIT] = seconds = await self._keys.wait(key)
        return too_often(seconds) if seconds and scope["path"] != self._heard else None


def too_often(seconds: int) -> Response:
    """The response for who has to wait so many seconds."""
    return problem(429, headers={"Retry-After": str(seconds)})
