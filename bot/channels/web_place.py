"""Where the chat is shown: on its own page, or in a frame on somebody else's."""

import re
import secrets
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

PAGE, EMBED = "/", "/embed"
_KEY = re.compile(r"[\w-]{32}", re.ASCII)


class ChatPlace(NamedTuple):
    """An address of the chat, and the cookie that remembers the session there."""

    path: str
    cookie: str

    @property
    def framed(self) -> bool:
        """Whether this is inside another site's page."""
        return self.path == EMBED


OWN = ChatPlace(PAGE, "yongwen")
FRAME = ChatPlace(EMBED, "yongwen-embed")


def place_of(request: Request) -> ChatPlace:
    """The place a request is for."""
    return FRAME if request.url.path == EMBED else OWN


def fresh_session() -> str:
    """A key for a conversation; nobody guesses it."""
    return secrets.token_urlsafe(24)


def session_of(request: Request, place: ChatPlace, given: object = None) -> str:
    """The session a request belongs to: what it gives itself, else its cookie's, else a fresh one.

    Browsers may keep a frame from having cookies, so a page in a frame sends its session along.
    """
    for key in (given if place.framed else None, request.cookies.get(place.cookie)):
        if isinstance(key, str) and _KEY.fullmatch(key):
            return key
    return fresh_session()


def remember(request: Request, response: Response, place: ChatPlace, session: str) -> None:
    """Set the session's cookie where it is not set."""
    if request.cookies.get(place.cookie) == session:
        return
    set_cookie(request, response, place.cookie, session, None)
    if place.framed and request.url.scheme == "https":
        # Of third parties browsers take only this kind: a jar for each embedding site.
        _, header = response.raw_headers.pop()
        header = header.replace(b"SameSite=lax", b"SameSite=None") + b"; Partitioned"
        response.raw_headers.append((b"set-cookie", header))


def set_cookie(request: Request, response: Response, name: str, value: str, seconds: int | None) -> None:
    """Set a cookie that scripts cannot read and other sites do not send."""
    secure = request.url.scheme == "https"
    response.set_cookie(name, value, seconds, secure=secure, httponly=True, samesite="lax")
