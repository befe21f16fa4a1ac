"""The console's files of bot/pages as responses: templates, their words, and what a browser caches."""

import json
from types import MappingProxyType
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.catalogue.records import Address, ByAddress, FieldFault
from bot.errors import AccessError, InputError
from bot.local_time import local
from bot.rendering import PAGES, asset, templates
from bot.staff.console.fields import choices, figure_rows
from bot.staff.console.lines import as_text
from bot.staff.console.showing import by_record, by_verdict, pieces, shown, titled
from bot.staff.faults import told

FOLDER = PAGES / "console"
_ASSETS = {
    "chat.css": (PAGES, "text/css"),
    "favicon.svg": (PAGES, "image/svg+xml"),
    "console.css": (FOLDER, "text/css"),
    "console.js": (FOLDER, "text/javascript"),
}
NO_RECORDS: ByAddress = MappingProxyType({})
_PRIVATE = {"Cache-Control": "no-store"}


def moment(seconds: float) -> str:
    """A time (seconds since 1970) as the clock in Ningbo shows it."""
    return local(seconds).strftime("%Y-%m-%d %H:%M")


class ConsolePages:
    """Renders the console's pages. The files are read once; a page is never kept by a cache."""

    def __init__(self) -> None:
        self._assets = {name: asset(folder / name, kind) for name, (folder, kind) in _ASSETS.items()}
        self.words: dict[str, Any] = json.loads((FOLDER / "words.json").read_text("utf-8"))
        self._templates = templates(FOLDER)
        self._templates.globals |= {"static": self._static_url, "words": self.words}
        self._templates.filters |= {
            "moment": moment,
            "shown": shown,
            "pieces": pieces,
            "by_record": by_record,
            "by_verdict": by_verdict,
            "as_text": as_text,
            "figure_rows": figure_rows,
            "choices": choices,
            "named": self.named,
            "told": self.told,
            "step": self.step,
        }

    def page(self, template: str, status_code: int = 200, **data: Any) -> Response:
        """A page from a template."""
        html = self._templates.get_template(f"{template}.html").render(**data)
        return HTMLResponse(html, status_code, _PRIVATE)

    def named(self, title: str, address: Address) -> str:
        """What staff call a record: the console's own word for it where it has one, else its title."""
        return str(self.words["names"].get(str(address), title))

    def step(self, what: str, records: ByAddress = NO_RECORDS) -> str:
        """What a version of a draft did (`~services/x`, `= 3`, `→ 8`), or what came in, as it was called.

        Several things stand in a line each. A record is called as it is in `records`, or by its id.
        """
        if what[:1] not in self.words["steps"]:
            return what
        return "，".join(self._step(line, records) for line in what.splitlines())

    def _step(self, what: str, records: ByAddress) -> str:
        steps, mark = self.words["steps"], what[:1]
        if mark not in steps:
            return what
        kind, _, name = what[1:].strip().rpartition("/")
        address = Address(kind, name)
        said = self.named(titled(address, records), address) if kind else name
        return str(steps[mark].format(self.words["kinds"].get(kind, ""), said))

    def unread(self, error: InputError) -> str:
        """Why what was sent cannot be used, in staff's words."""
        words = self.words["inputs"]
        return str(words.get(error.code, words["other"]).format(error, **error.blanks))

    def refusal(self, error: AccessError) -> str:
        """Why somebody may not, in staff's words."""
        return str(self.words["problems"][error.code].format(**error.blanks))

    def told(self, one: FieldFault) -> str:
        """A fault in staff's words: in which part of the field, or of the file, and what is wrong."""
        place = one.fault.place
        inner = place[place.index(one.field) + 1 :] if one.field in place else ()
        parts = place if one.address is None else inner
        return "".join([*(self._part(part, one.field) for part in parts), told(one.fault.reason)])

    def _part(self, part: int | str, field: str) -> str:
        words = self.words
        if isinstance(part, int):
            return str(words["item"].format(part + 1))
        groups = words["groups"]
        named = groups.get(f"{field}-{part}") or groups.get(part) or words["fields"].get(part, [part])[0]
        return str(words["within"].format(named))

    async def static(self, request: Request) -> Response:
        """A static file: kept for ever under the address with its hash."""
        found = self._assets.get(request.path_params["name"])
        if found is None:
            raise HTTPException(404)
        headers = {"Cache-Control": found.cache_control(request.query_params.get("v"))}
        return Response(found.content, headers=headers, media_type=found.media_type)

    def _static_url(self, name: str) -> str:
        return f"/staff/static/{name}?v={self._assets[name].tag}"
