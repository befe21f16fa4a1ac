"""What stands between the net and the pages: security headers, no cross-site posts, no tracebacks."""

import logging
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("yongwen.web")


def policy(ancestors: str = "'self'") -> str:
    """The content security policy of a page that these may put in a frame."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        f"form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
    )


HEADERS = {
    "Content-Security-Policy": policy(),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
LONGEST_BODY = 64 * 1024
# No cookie is used here, so no page of another site can act in a visitor's name; each checks its callers.
OPEN = ("/api/", "/mcp", "/webhooks/")
_SAFE = {"GET", "HEAD", "OPTIONS"}


class Guard:
    """ASGI middleware; `problem` makes the response for what is refused or breaks."""

    def __init__(self, app: ASGIApp, problem: Callable[[Request, HTTPException], Response]) -> None:
        self._app = app
        self._problem = problem

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, unless another site sent it; answer 500 where the app breaks."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        request = Request(scope)
        try:
            app = self._problem(request, HTTPException(403)) if _from_elsewhere(request) else self._app
            await app(scope, receive, guarded)
        except ClientDisconnect:
            log.debug("a visitor left before the whole request was read")
        except Exception:
            log.exception("%s %s failed", request.method, request.url.path)
            if started:
                raise
            await self._problem(request, HTTPException(500))(scope, receive, guarded)


def _from_elsewhere(request: Request) -> bool:
    """Whether another site's page made the browser send this.

    Browsers leave Sec-Fetch-Site out on plain http, and our own Referrer-Policy makes them say
    `Origin: null` for a form there. That is let through: SameSite keeps the cookie off such a
    request when it does come from another site, so it can touch nobody's conversation.
    """
    if request.method in _SAFE or request.url.path.startswith(OPEN):
        return False
    if site := request.headers.get("sec-fetch-site"):
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin", "null")
    return origin != "null" and urlsplit(origin).netloc != request.headers.get("host")


async def read_text(request: Request, media_type: str) -> str:
    """The body as text.

    Raises HTTPException: 415 for another media type, 413 over LONGEST_BODY bytes, 400 if not UTF-8.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != media_type:
        raise HTTPException(415)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_BODY:
            raise HTTPException(413)
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise HTTPException(400) from error
