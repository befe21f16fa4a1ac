"""The whole service on a tiny catalogue, in one process: chat and console behind one address."""

import asyncio
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any

from editorial import Here, built
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send
from tiny_knowledge import Files

from bot.app.console import console
from bot.app.editorial import open_editorial
from bot.app.serving import serving
from bot.channels import web
from bot.config import Settings

PASSWORD = "一个够长的密码123"
ROLES = {"林编": "editor", "周审": "reviewer", "管理": "admin"}


def settings(folder: Path, files: Files | None = None) -> Settings:
    """Settings of a service in a folder, with its catalogue built and three accounts made."""
    return asyncio.run(_prepared(folder, files))


async def _prepared(folder: Path, files: Files | None) -> Settings:
    made = await built(folder, files)
    async with open_editorial(made) as editorial:
        for name, role in ROLES.items():
            await editorial.accounts.create(name, PASSWORD, role)
    return made


class Served:
    """The service as one ASGI app whose databases live as long as its lifespan."""

    def __init__(self, made: Settings) -> None:
        self._settings = made
        self.app: Any = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self.app(scope, receive, send)
            return
        await receive()
        async with serving(self._settings) as service, console(service, Here()) as routes:
            yongwen = service.yongwen
            self.app = web.create_app(yongwen.answer, routes=routes, judge=yongwen.feedback)
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


class Person:
    """Somebody at a browser: a client of their own that fills in the forms a page shows."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.page = ""
        self.path = ""
        self.status = 0
        self.headers: Mapping[str, str] = {}

    def get(self, path: str, **params: str) -> str:
        """Open a page."""
        return self.seen(self.client.get(path, params=params or None))

    def post(self, path: str, **fields: Any) -> str:
        """Send a form with the token of the page last seen."""
        hidden = dict(re.findall(r'name="(token|mine)" value="(\w+)"', self.page))
        data = {"token": "", **hidden, **fields}
        return self.seen(self.client.post(path, data=data))

    def seen(self, response: Any) -> str:
        """Take a response as the page that is open; gives its HTML."""
        self.status, self.path, self.page = response.status_code, response.url.path, response.text
        self.headers = response.headers
        return self.page

    def sign_in(self, name: str, password: str = PASSWORD) -> "Person":
        """Sign in from the page to sign in on."""
        self.get("/staff/sign-in")
        self.post("/staff/sign-in", name=name, password=password, next="/staff")
        return self

    def ask(self, text: str) -> str:
        """Ask the chat, as a resident; the reply's text."""
        return str(self.client.post("/chat", json={"text": text}).json()["text"])

    @property
    def text(self) -> str:
        """What can be read on the page."""
        bare = re.sub(r"<script.*?</script>|<[^>]+>", " ", self.page, flags=re.S)
        return " ".join(unescape(bare).split())

    @property
    def fields(self) -> dict[str, Any]:
        """What the page's big form holds, as a browser would send it."""
        return self.fields_after("data-careful")

    def fields_after(self, mark: str) -> dict[str, Any]:
        """What the form that begins with this holds."""
        form = self.page.partition(mark)[2].partition("</form>")[0]
        found: dict[str, Any] = {}
        for tag, attributes, inner in re.findall(
            r"<(input|textarea|select)\b([^>]*)>(?:\s*\n?(.*?)</\1>)?", form, re.S
        ):
            _add(found, tag, attributes, inner)
        return found


def _add(found: dict[str, Any], tag: str, attributes: str, inner: str) -> None:
    name = re.search(r'name="([^"]*)"', attributes)
    if name is None or ('type="checkbox"' in attributes and "checked" not in attributes):
        return
    value = re.search(r'value="([^"]*)"', attributes)
    if tag == "select":
        value = re.search(r'<option value="([^"]*)" selected', inner) or re.search(
            r"<option selected>([^<]*)", inner
        )
    text = inner if tag == "textarea" else value[1] if value else ""
    found.setdefault(name[1], []).append(unescape(text))


@contextmanager
def running(made: Settings) -> Iterator[TestClient]:
    """A client of the running service."""
    with TestClient(Served(made), base_url="http://127.0.0.1") as client:
        yield client


def another(client: TestClient) -> Person:
    """Another person at another browser, talking to the same running service."""
    fresh = TestClient(client.app, base_url="http://127.0.0.1")
    fresh.portal = client.portal
    return Person(fresh)
