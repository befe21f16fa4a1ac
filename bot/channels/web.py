"""The web chat: a page that works without JavaScript, and a JSON door that makes it instant."""

import json
import re
import secrets
from collections.abc import Sequence
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Lifespan

from bot.channels.base import DOMAINS, START, Answer
from bot.channels.web_guard import Guard, read_text
from bot.channels.web_pages import JSON_DOOR, LARGE, Pages, is_large
from bot.channels.web_reply import shown
from bot.channels.web_server import serve
from bot.channels.web_session import Exchange, Sessions
from bot.messages import Message, Reply

__all__ = ["BaseRoute", "create_app", "serve"]

SESSION_COOKIE = "yongwen"
_SESSION_KEY = re.compile(r"[\w-]{32}", re.ASCII)
_YEAR_SECONDS = 365 * 24 * 3600


def create_app(
    answer: Answer, lifespan: Lifespan[Starlette] | None = None, routes: Sequence[BaseRoute] = ()
) -> Starlette:
    """The web chat around an answering function, and the further routes of other doors.

    GET / is the page: `?q=` asks at once, `?large=1` and `?large=0` set the size of the text. POST / with
    the form field `text` asks without JavaScript. POST /chat with {"text": …} returns
    {"text", "status", "html", "buttons", "phones"}.
    """
    pages = Pages()
    chat = _Chat(answer, pages)

    def problem(request: Request, error: Exception) -> Response:
        return pages.problem(request, error if isinstance(error, HTTPException) else HTTPException(500))

    return Starlette(
        routes=[
            Route("/", chat.page, methods=["GET", "POST"]),
            Route(JSON_DOOR, chat.door, methods=["POST"]),
            Route("/static/{name}", pages.static),
            *routes,
        ],
        middleware=[Middleware(Guard, problem=pages.problem)],
        exception_handlers={HTTPException: problem},
        lifespan=lifespan,
    )


class _Chat:
    def __init__(self, answer: Answer, pages: Pages) -> None:
        self._answer = answer
        self._pages = pages
        self._sessions = Sessions()

    async def page(self, request: Request) -> Response:
        """The chat page, after asking what a form or `?q=` brings."""
        session = _session(request)
        if request.method == "POST":
            session, _ = await self._ask(session, await _form_text(request))
        elif (asked := request.query_params.get("q")) and not self._just_asked(session, asked):
            session, _ = await self._ask(session, asked)
        greeting, domains = await self._fixed(START), await self._fixed(DOMAINS)
        exchanges, large = self._sessions.exchanges(session), is_large(request)
        response = self._pages.chat(greeting, domains.buttons, exchanges, large)
        if LARGE in request.query_params:
            _set_cookie(request, response, LARGE, str(int(large)), _YEAR_SECONDS)
        _remember(request, response, session)
        return response

    async def door(self, request: Request) -> Response:
        """The reply to {"text": …} as JSON."""
        session, reply = await self._ask(_session(request), await _json_text(request))
        response = self._pages.json(reply)
        _remember(request, response, session)
        return response

    async def _ask(self, session: str, text: str) -> tuple[str, Reply]:
        """The reply, and the session it belongs to: START leaves the old one behind."""
        if text == START:
            self._sessions.forget(session)
            return _fresh_session(), await self._fixed(START)
        reply = await self._answer(Message(text, session, "web", session))
        self._sessions.add(session, Exchange(text.strip(), shown(reply)))
        return session, reply

    async def _fixed(self, command: str) -> Reply:
        """What every page carries. Asked outside the session, so that it moves no conversation."""
        return await self._answer(Message(command, channel="web"))

    def _just_asked(self, session: str, text: str) -> bool:
        """Whether this is a reload of a page that asked by its address."""
        exchanges = self._sessions.exchanges(session)
        return bool(exchanges) and exchanges[-1].said == text.strip()


def _session(request: Request) -> str:
    key = request.cookies.get(SESSION_COOKIE, "")
    return key if _SESSION_KEY.fullmatch(key) else _fresh_session()


def _fresh_session() -> str:
    return secrets.token_urlsafe(24)


def _remember(request: Request, response: Response, session: str) -> None:
    if request.cookies.get(SESSION_COOKIE) != session:
        _set_cookie(request, response, SESSION_COOKIE, session, None)


def _set_cookie(request: Request, response: Response, name: str, value: str, seconds: int | None) -> None:
    secure = request.url.scheme == "https"
    response.set_cookie(name, value, seconds, secure=secure, httponly=True, samesite="lax")


async def _form_text(request: Request) -> str:
    """The field `text`."""
    # Not `request.form()`: it reads unescaped UTF-8 as Latin-1 and forgives broken escapes.
    body = await read_text(request, "application/x-www-form-urlencoded")
    try:
        fields = parse_qs(body, keep_blank_values=True, errors="strict", max_num_fields=20)
    except ValueError as error:
        raise HTTPException(400) from error
    return fields.get("text", [""])[0]


async def _json_text(request: Request) -> str:
    try:
        data = json.loads(await read_text(request, "application/json"))
        text = data["text"]
        text.encode()
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise HTTPException(400) from error
    return str(text)
