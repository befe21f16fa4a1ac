"""The web chat: a page that works without JavaScript, a JSON route to make it instant, a frame for others."""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Lifespan

from bot.channels.base import DOMAINS, FORGOTTEN, START, Judge
from bot.channels.web_forms import form, json_object, text_of, verdict_of
from bot.channels.web_guard import Guard, Wait, no_wait
from bot.channels.web_pages import JSON_PATH, LARGE, Chat, ChatPages, is_large
from bot.channels.web_place import (
    EMBED,
    FRAME,
    OWN,
    PAGE,
    ChatPlace,
    fresh_session,
    place_of,
    remember,
    session_of,
    set_cookie,
)
from bot.channels.web_reply import shown
from bot.channels.web_server import serve
from bot.channels.web_session import Exchange, Sessions
from bot.messages import Answer, Message, Reply

__all__ = ["BaseRoute", "create_app", "serve"]

_YEAR_SECONDS = 365 * 24 * 3600


async def _nowhere(answer_id: str, verdict: str, comment: str) -> bool:
    """Keep no feedback."""
    return False


def create_app(
    answer: Answer,
    lifespan: Lifespan[Starlette] | None = None,
    routes: Sequence[BaseRoute] = (),
    judge: Judge = _nowhere,
    embed_origins: Sequence[str] = (),
    wait: Wait = no_wait,
    sessions: Sessions | None = None,
) -> Starlette:
    """The web chat around an answering function, and the further routes of other channels.

    GET / is the page: `?q=` asks at once, `?large=1` and `?large=0` set the size of the text. POST / with
    the form field `text` asks without JavaScript, and leads back to the page. POST /chat with {"text": …}
    returns {"text", "status", "html", "buttons", "phones"}. POST /feedback judges an answer. /embed is the
    page for a frame, which `embed_origins` may hold; /widget.js puts that frame into any page. A reload
    shows again what `sessions` keep.
    """
    pages = ChatPages(embed_origins)
    chat = _Chat(answer, judge, pages, sessions or Sessions())

    def problem(request: Request, error: Exception) -> Response:
        return pages.problem(request, error if isinstance(error, HTTPException) else HTTPException(500))

    return Starlette(
        routes=[
            *routes,
            Route(PAGE, chat.page, methods=["GET", "POST"]),
            Route(EMBED, chat.page, methods=["GET", "POST"]),
            Route(JSON_PATH, chat.as_json, methods=["POST"]),
            Route("/feedback", chat.feedback, methods=["POST"]),
            Route("/widget.js", pages.widget),
            Route("/static/{name}", pages.static),
        ],
        middleware=[Middleware(Guard, problem=pages.problem, wait=wait)],
        exception_handlers={HTTPException: problem},
        lifespan=lifespan,
    )


def _hold_back(response: Response, reply: Reply | None) -> None:
    """Tell whoever came too often when to come again."""
    if reply and reply.wait:
        response.status_code = 429
        response.headers["Retry-After"] = str(reply.wait)


class _Chat:
    def __init__(self, answer: Answer, judge: Judge, pages: ChatPages, sessions: Sessions) -> None:
        self._answer = answer
        self._judge = judge
        self._pages = pages
        self._sessions = sessions

    async def page(self, request: Request) -> Response:
        """The chat page, after asking what a form or `?q=` brings."""
        reply: Reply | None = None
        place = place_of(request)
        if request.method == "POST":
            fields = await form(request)
            said = text_of(fields)
            session, reply = await self._ask(session_of(request, place, fields.get("session")), said)
            if await self._shows_again(request, place, session, said, reply):
                return self._back_to(request, place, session)
        else:
            session, said = session_of(request, place), request.query_params.get("q", "")
            if said not in ("", START) and not await self._just_asked(session, said):
                session, reply = await self._ask(session, said, linked=True)
        response = self._pages.chat(await self._shown(request, place, session, said, reply))
        _hold_back(response, reply)
        if LARGE in request.query_params:
            set_cookie(request, response, LARGE, str(int(is_large(request))), _YEAR_SECONDS)
        remember(request, response, place, session)
        return response

    async def as_json(self, request: Request) -> Response:
        """The reply to {"text": …} as JSON; a page in a frame adds its "session"."""
        data = await json_object(request)
        place = FRAME if "session" in data else OWN
        said = text_of(data).strip()
        session, reply = await self._ask(session_of(request, place, data.get("session")), said)
        response = self._pages.json(reply, place, session, said)
        _hold_back(response, reply)
        remember(request, response, place, session)
        return response

    async def feedback(self, request: Request) -> Response:
        """Judge an answer; a form is sent back to its page."""
        fields = await form(request)
        answer_id, verdict = verdict_of(fields)
        if not await self._judge(answer_id, verdict, ""):
            raise HTTPException(404)
        place = FRAME if "session" in fields else OWN
        await self._sessions.judge(session_of(request, place, fields.get("session")), answer_id, verdict)
        return RedirectResponse(f"{place.path}#newest", 303)

    async def _shows_again(
        self, request: Request, place: ChatPlace, session: str, said: str, reply: Reply
    ) -> bool:
        """Whether the page opened anew holds the reply: then no reload and no way back asks twice."""
        if reply.wait or place.cookie not in request.cookies:
            return False
        return said == START or await self._just_asked(session, said)

    def _back_to(self, request: Request, place: ChatPlace, session: str) -> Response:
        response = RedirectResponse(f"{place.path}#newest", 303)
        remember(request, response, place, session)
        return response

    async def _shown(
        self, request: Request, place: ChatPlace, session: str, said: str, reply: Reply | None
    ) -> Chat:
        """The page; where nothing is kept of the session, with the reply alone."""
        greeting, domains = await self._fixed(START), await self._fixed(DOMAINS)
        exchanges = await self._sessions.exchanges(session)
        if reply and said != START and not exchanges:
            exchanges = (Exchange(said.strip(), shown(reply, said.strip())),)
        return Chat(place, session, shown(greeting), domains.buttons, exchanges, is_large(request))

    async def _ask(self, session: str, text: str, *, linked: bool = False) -> tuple[str, Reply]:
        """The reply, and the session that goes on: START leaves the old one behind, and who asks to be
        forgotten leaves nothing, not even that they asked.
        """
        async with self._sessions.turns.of(session):
            if text == START:
                await self._sessions.forget(session)
                return fresh_session(), await self._fixed(START)
            reply = await self._answer(Message(text, session, "web", session, linked=linked))
            if reply.topic == FORGOTTEN:
                await self._sessions.forget(session)
                return fresh_session(), reply
            await self._sessions.add(session, text.strip(), reply)
            return session, reply

    async def _fixed(self, command: str) -> Reply:
        """What every page carries. Asked outside the session, so that it moves no conversation."""
        return await self._answer(Message(command, channel="web"))

    async def _just_asked(self, session: str, text: str) -> bool:
        """Whether this is what the session said last: after a reload of a page that asked by its address."""
        exchanges = await self._sessions.exchanges(session)
        return bool(exchanges) and exchanges[-1].said == self._sessions.as_kept(text.strip())
