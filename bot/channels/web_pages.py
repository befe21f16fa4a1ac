"""The files of bot/pages as responses: templates, static files, and the page for what went wrong."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from bot.channels.problems import refused, sentence, sentences
from bot.channels.web_guard import policy
from bot.channels.web_place import OWN, ChatPlace, place_of
from bot.channels.web_reply import Shown, shown
from bot.channels.web_session import Exchange
from bot.messages import Button, Reply
from bot.rendering import PAGES, Asset, asset, templates

JSON_PATH = "/chat"
API = "/api/"
WIDGET = "widget.js"
LARGE = "large"
_SCRIPT = "text/javascript"
_MEDIA_TYPES = {
    "chat.css": "text/css",
    "chat.js": _SCRIPT,
    "api.css": "text/css",
    "favicon.svg": "image/svg+xml",
}
_PRIVATE = {"Cache-Control": "no-store"}


def is_large(request: Request) -> bool:
    """Whether the visitor wants large text: what the address says, else what the cookie remembers."""
    return request.query_params.get(LARGE, request.cookies.get(LARGE)) == "1"


class Chat(NamedTuple):
    """All that the chat page shows."""

    place: ChatPlace
    session: str
    greeting: Shown
    domains: Sequence[Button]
    exchanges: Sequence[Exchange]
    large: bool


class ChatPages:
    """Renders the pages. The files are read once; a page is never kept by a cache, a static file is."""

    def __init__(self, embed_origins: Sequence[str] = ()) -> None:
        self._framing = policy(" ".join(("'self'", *embed_origins)))
        self._assets = {name: asset(PAGES / name, kind) for name, kind in _MEDIA_TYPES.items()}
        self._widget = asset(PAGES / WIDGET, _SCRIPT)
        self._templates = templates()
        self._templates.globals["static"] = self._static_url
        self._messages: Any = self._templates.get_template("messages.html").make_module()

    def chat(self, chat: Chat) -> Response:
        """The chat page with a conversation."""
        html = self._templates.get_template("chat.html").render(chat._asdict())
        return self._page(html, chat.place)

    def json(
        self, reply: Reply, place: ChatPlace, session: str, said: str = "", status_code: int = 200
    ) -> Response:
        """A reply as data, with its HTML as the page would show it under `html`."""
        data = {
            "text": reply.text,
            "status": reply.status,
            "html": self.markup(reply, place, session, said),
            "buttons": [{"label": b.label, "text": b.text} for b in reply.buttons],
            "phones": list(reply.phones),
            "answer_id": reply.answer_id,
        }
        return JSONResponse(data, status_code, _PRIVATE)

    def markup(self, reply: Reply, place: ChatPlace = OWN, session: str = "", said: str = "") -> str:
        """A reply's HTML as the page shows it."""
        return str(self._messages.reply(shown(reply, said), place, session))

    def problem(self, request: Request, error: HTTPException) -> Response:
        """What went wrong, in a kind sentence: as data for the JSON route and the API, else as a page."""
        if request.url.path.startswith(API):
            return refused(request, error)
        reply = Reply(sentence(error.status_code), "unanswered", phones=tuple(sentences()["phones"].split()))
        place = place_of(request)
        if request.url.path == JSON_PATH:
            response = self.json(reply, place, "", status_code=error.status_code)
        else:
            template = self._templates.get_template("problem.html")
            html = template.render(shown=shown(reply), place=place, large=is_large(request))
            response = self._page(html, place, error.status_code)
        response.headers.update(error.headers or {})
        return response

    def _page(self, html: str, place: ChatPlace, status_code: int = 200) -> Response:
        framing = {"Content-Security-Policy": self._framing} if place.framed else {}
        return HTMLResponse(html, status_code, _PRIVATE | framing)

    async def static(self, request: Request) -> Response:
        """A static file: kept for ever under the address with its hash, else asked for again by its tag."""
        found = self._assets.get(request.path_params["name"])
        if found is None:
            raise HTTPException(404)
        return _file(request, found)

    async def widget(self, request: Request) -> Response:
        """The script that puts the chat into any page."""
        response = _file(request, self._widget)
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    def _static_url(self, name: str) -> str:
        return f"/static/{name}?v={self._assets[name].tag}"


def _file(request: Request, found: Asset) -> Response:
    kept = found.cache_control(request.query_params.get("v"))
    headers = {"ETag": f'"{found.tag}"', "Cache-Control": kept}
    if found.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(found.content, headers=headers, media_type=found.media_type)
