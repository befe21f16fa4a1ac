"""The console's files of bot/pages as responses: templates, their words, and what a browser caches."""

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.staff.console.fields import as_lines, choices, figure_rows
from bot.staff.console.showing import by_record, pieces, shown

_PAGES = Path(__file__).parents[2] / "pages"
_FOLDER = _PAGES / "console"
_ASSETS = {
    "chat.css": (_PAGES, "text/css"),
    "favicon.svg": (_PAGES, "image/svg+xml"),
    "console.css": (_FOLDER, "text/css"),
    "console.js": (_FOLDER, "text/javascript"),
}
_FOR_EVER = "public, max-age=31536000, immutable"
_PRIVATE = {"Cache-Control": "no-store"}
_NINGBO = timezone(timedelta(hours=8))


class _Asset(NamedTuple):
    content: bytes
    tag: str
    media_type: str


def _asset(name: str) -> _Asset:
    folder, media_type = _ASSETS[name]
    content = (folder / name).read_bytes()
    return _Asset(content, hashlib.blake2b(content, digest_size=8).hexdigest(), media_type)


def moment(seconds: float) -> str:
    """A time (seconds since 1970) as the clock in Ningbo shows it."""
    return datetime.fromtimestamp(seconds, UTC).astimezone(_NINGBO).strftime("%Y-%m-%d %H:%M")


class Pages:
    """Renders the console's pages. The files are read once; a page is never kept by a cache."""

    def __init__(self) -> None:
        self._assets = {name: _asset(name) for name in _ASSETS}
        self.words: dict[str, Any] = json.loads((_FOLDER / "words.json").read_text("utf-8"))
        self._templates = Environment(
            loader=FileSystemLoader(_FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._templates.globals |= {"static": self._static_url, "words": self.words}
        self._templates.filters |= {
            "moment": moment,
            "shown": shown,
            "pieces": pieces,
            "by_record": by_record,
            "as_lines": as_lines,
            "figure_rows": figure_rows,
            "choices": choices,
        }

    def page(self, template: str, status_code: int = 200, **data: Any) -> Response:
        """A page from a template."""
        html = self._templates.get_template(f"{template}.html").render(**data)
        return HTMLResponse(html, status_code, _PRIVATE)

    async def static(self, request: Request) -> Response:
        """A static file: kept for ever under the address with its hash."""
        asset = self._assets.get(request.path_params["name"])
        if asset is None:
            raise HTTPException(404)
        current = request.query_params.get("v") == asset.tag
        headers = {"Cache-Control": _FOR_EVER if current else "no-cache"}
        return Response(asset.content, headers=headers, media_type=asset.media_type)

    def _static_url(self, name: str) -> str:
        return f"/staff/static/{name}?v={self._assets[name].tag}"
