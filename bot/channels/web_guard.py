"""What stands between the net and the pages: security headers, no cross-site posts, no tracebacks."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.bodies import read_limited

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
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# Over plain http browsers ignore these, and say so; the first: ask for nothing but https for half a year.
OVER_HTTPS = {
    "Strict-Transport-Security": "max-age=15552000",
    "Cross-Origin-Opener-Policy": "same-origin",
}
BODY_SECONDS = 10.0
LONGEST_UPLOAD = 64 * 1024 * 1024
UPLOADS = ("/staff/",)
LONGEST_BODY = 64 * 1024
LONGEST_PUSH = 256 * 1024
# No cookie is used here, so no page of another site can act in a visitor's name; each checks its callers.
OPEN = ("/api/", "/mcp", "/hooks/")
_SAFE = {"GET", "HEAD", "OPTIONS"}


Wait = Callable[[str], Awaitable[int]]
"""How many seconds a network address has to wait before it may come again; 0 for none."""


async def no_wait(_address: str) -> int:
    """Let everybody in."""
    return 0


class _Headed:
    """Sends a response with the security headers; `started` once it is on its way."""

    def __init__(self, send: Send, over_https: bool) -> None:
        self._send = send
        self._headers = HEADERS | (OVER_HTTPS if over_https else {})
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            for name, value in self._headers.items():
                headers.setdefault(name, value)
        await self._send(message)


class Guard:
    """ASGI middleware; `problem` makes the response for what is refused or breaks."""

    def __init__(
        self, app: ASGIApp, problem: Callable[[Request, HTTPException], Response], wait: Wait = no_wait
    ) -> None:
        self._app = app
        self._problem = problem
        self._wait = wait

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, unless another site sent it; answer 500 where the app breaks."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headed = _Headed(send, scope["scheme"] == "https")
        request = Request(scope)
        try:
            refused = await self._refused(request)
            app = self._problem(request, refused) if refused else self._app
            await app(scope, _patient(request, receive), headed)
        except ClientDisconnect:
            log.debug("a visitor left before the whole request was read")
        except HTTPException as error:
            if headed.started:
                raise
            await self._problem(request, error)(scope, receive, headed)
        except Exception:
            log.exception("%s %s failed", request.method, request.scope["path"])
            if headed.started:
                raise
            await self._problem(request, HTTPException(500))(scope, receive, headed)

    async def _refused(self, request: Request) -> HTTPException | None:
        if _from_elsewhere(request):
            return HTTPException(403)
        seconds = await self._wait(request.client.host) if request.client else 0
        return HTTPException(429, headers={"Retry-After": str(seconds)}) if seconds else None


def _patient(request: Request, receive: Receive) -> Receive:
    """Receives a body within BODY_SECONDS and up to its limit, else raises HTTPException 408 or 413."""
    most = LONGEST_UPLOAD if request.scope["path"].startswith(UPLOADS) else LONGEST_PUSH
    until = time.monotonic() + BODY_SECONDS
    taken, whole = 0, False

    async def patient() -> Message:
        nonlocal taken, whole
        if whole:  # what comes after the body only tells that the visitor has left
            return await receive()
        try:
            async with asyncio.timeout(max(0.0, until - time.monotonic())):
                message = await receive()
        except TimeoutError as error:
            raise HTTPException(408, headers={"Connection": "close"}) from error
        taken += len(message.get("body", b""))
        whole = not message.get("more_body", False)
        if taken > most:
            raise HTTPException(413, headers={"Connection": "close"})
        return message

    return patient


def _from_elsewhere(request: Request) -> bool:
    """Whether another site's page made the browser send this.

    Browsers leave Sec-Fetch-Site out on plain http, and our own Referrer-Policy makes them say
    `Origin: null` for a form there. That is let through: SameSite keeps the cookie off such a
    request when it does come from another site, so it can touch nobody's conversation.
    """
    if request.method in _SAFE or request.scope["path"].startswith(OPEN):
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
        raise HTTPException(415, headers={"Accept": media_type})
    body = await read_limited(request.stream(), LONGEST_BODY)
    if body is None:
        raise HTTPException(413)
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise HTTPException(400) from error
