"""The files of bot/pages as responses: templates, static files, and the page for what went wrong."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from bot.channels.problems import problem, sentence, sentences
from bot.channels.web_reply import Shown, shown
from bot.channels.web_session import Exchange
from bot.messages import Button, Reply

JSON_DOOR = "/chat"
API = "/api/"
LARGE = "large"
_FOLDER = Path(__file__).parent.parent / "pages"
_MEDIA_TYPES = {
    "chat.css": "text/css",
    "chat.js": "text/javascript",
    "api.css": "text/css",
    "favicon.svg": "image/svg+xml",
}
_FOR_EVER = "public, max-age=31536000, immutable"
_PRIVATE = {"Cache-Control": "no-store"}


class _Asset(NamedTuple):
    content: bytes
    tag: str


def _asset(name: str) -> _Asset:
    content = (_FOLDER / name).read_bytes()
    return _Asset(content, hashlib.blake2b(content, digest_size=8).hexdigest())


def is_large(request: Request) -> bool:
    """Whether the visitor wants large text: what the address says, else what the cookie remembers."""
    return request.query_params.get(LARGE, request.cookies.get(LARGE)) == "1"


class Pages:
    """Renders the pages. The files are read once; a page is never kept by a cache, a static file is."""

    def __init__(self) -> None:
        self._assets = {name: _asset(name) for name in _MEDIA_TYPES}
        self._templates = Environment(
            loader=FileSystemLoader(_FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._templates.globals["static"] = self._static_url
        self._messages: Any = self._templates.get_template("messages.html").make_module()

    def chat(
        self, greeting: Reply, domains: Sequence[Button], exchanges: Sequence[Exchange], large: bool
    ) -> Response:
        """The chat page with a conversation."""
        html = self._templates.get_template("chat.html").render(
            greeting=shown(greeting), domains=domains, exchanges=exchanges, large=large
        )
        return HTMLResponse(html, headers=_PRIVATE)

    def json(self, reply: Reply, status_code: int = 200) -> Response:
        """A reply as data, with its HTML as the page would show it under `html`."""
        data = {
            "text": reply.text,
            "status": reply.status,
            "html": self._fragment(shown(reply)),
            "buttons": [{"label": b.label, "text": b.text} for b in reply.buttons],
            "phones": list(reply.phones),
        }
        return JSONResponse(data, status_code, _PRIVATE)

    def problem(self, request: Request, error: HTTPException) -> Response:
        """What went wrong, in a kind sentence: as data for the JSON door and the API, else as a page."""
        if request.url.path.startswith(API):
            return problem(error.status_code, headers=error.headers)
        reply = Reply(sentence(error.status_code), "unanswered", phones=(sentences()["phone"],))
        if request.url.path == JSON_DOOR:
            response = self.json(reply, error.status_code)
        else:
            template = self._templates.get_template("problem.html")
            html = template.render(shown=shown(reply), large=is_large(request))
            response = HTMLResponse(html, error.status_code, _PRIVATE)
        response.headers.update(error.headers or {})
        return response

    async def static(self, request: Request) -> Response:
        """A static file: kept for ever under the address with its hash, else asked for again by its tag."""
        name = request.path_params["name"]
        if name not in self._assets:
            raise HTTPException(404)
        asset = self._assets[name]
        current = request.query_params.get("v") == asset.tag
        headers = {"ETag": f'"{asset.tag}"', "Cache-Control": _FOR_EVER if current else "no-cache"}
        if asset.tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(asset.content, headers=headers, media_type=_MEDIA_TYPES[name])

    def markup(self, reply: Reply) -> str:
        """A reply's HTML as the page shows it."""
        return self._fragment(shown(reply))

    def _fragment(self, laid_out: Shown) -> str:
        return str(self._messages.reply(laid_out))

    def _static_url(self, name: str) -> str:
        return f"/static/{name}?v={self._assets[name].tag}"
