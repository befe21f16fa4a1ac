"""The platforms' side of a webhook: an app around hooks, and a server that takes replies over HTTP."""

import asyncio
from contextlib import asynccontextmanager

import anyio
import httpx
from listening import PATIENCE, listening
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.channels.web import create_app
from bot.channels.webhook import route
from bot.messages import Button, Message, Reply

NOW = 1_795_400_000.0
REPLIES = {
    "/start": Reply("您好,我是甬问。", "smalltalk", buttons=(Button("善育", "善育"),)),
    "托位": Reply("每千人 4.6 个 <托位> & ]]>,咨询 12345。", "answered", phones=("12345",)),
    "房子": Reply("您想看哪一条?\n1. 公租房", "clarify", buttons=(Button("公租房", "公租房"),)),
    "长文": Reply("".join(f"第{i}条政策请打12345。" for i in range(300)), "answered", phones=("12345",)),
    "": Reply("请用文字告诉我。", "unanswered"),
}


class Answering:
    """Answers from REPLIES and notes what it was asked; waits for `gate` where there is one."""

    def __init__(self):
        self.asked: list[Message] = []
        self.gate: asyncio.Event | None = None

    async def __call__(self, message: Message) -> Reply:
        self.asked.append(message)
        if self.gate:
            await self.gate.wait()
        return REPLIES.get(message.text, Reply(f"没有找到:{message.text}", "unanswered"))

    @property
    def texts(self):
        return [message.text for message in self.asked]


@asynccontextmanager
async def pushing(*hooks):
    """A client whose requests reach the hooks the way a platform's do, through our whole web server."""
    app = create_app(Answering(), routes=[route(hook) for hook in hooks])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://yongwen") as client:
        yield client


async def until_postponed(caplog, times):
    """Wait until so many replies were put off for later."""
    with anyio.fail_after(PATIENCE):
        while caplog.text.count("tried again in") < times:
            await anyio.sleep(0.01)


class Platform:
    """A platform's REST server: notes each request and answers by `respond(path, body)`."""

    def __init__(self, respond):
        self.respond = respond
        self.requests = []
        self.url = ""

    async def take(self, request: Request):
        body = await request.json()
        self.requests.append((request.url.path, body, dict(request.headers)))
        status, data = self.respond(request.url.path, body)
        return JSONResponse(data, status, {"retry-after": "1"} if status == 429 else None)

    @asynccontextmanager
    async def serving(self):
        app = Starlette(routes=[Route("/{path:path}", self.take, methods=["POST"])])
        async with listening(app) as self.url:
            yield self
