"""The fake Bot API server, and residents who write to it over HTTP."""

import itertools
import shutil
import subprocess
import time
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import httpx

FAKE = Path(__file__).parents[1] / "fakes" / "telegram"
TOKEN = "666:made-up-token-for-the-tests"
PATIENCE = 20
MISSING = shutil.which("node") is None or not (FAKE / "node_modules").is_dir()
REASON = "needs node and `npm ci` in tests/fakes/telegram"


@asynccontextmanager
async def bot_api():
    """The server, as a client of it."""
    process = subprocess.Popen(["node", "server.js"], cwd=FAKE, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with process:
        try:
            port = int(process.stdout.readline())
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
                yield http
        finally:
            process.terminate()


class Resident:
    """Somebody with Telegram: writes, presses, and reads what the bot wrote in a chat."""

    _ids = itertools.count(1001)

    def __init__(self, http, chat=None):
        number = next(self._ids)
        self.http = http
        self.user = {"id": number, "is_bot": False, "first_name": "阿芳"}
        self.chat = chat or {"id": number, "type": "private"}
        self.said = []

    async def write(self, text, *entities):
        self.said.append((time.time(), text))
        await self._post(
            "/sendMessage",
            {"chat": self.chat, "text": text, "date": int(time.time()), "entities": entities},
        )

    async def press(self, message, data):
        self.said.append((time.time(), f"[{data}]"))
        shown = {"chat": self.chat, "message_id": message["messageId"]}
        await self._post("/sendCallback", {"data": data, "message": shown})

    async def read(self, count=1, patience=PATIENCE):
        """Wait until the bot has written so many messages; their texts and keys as stored."""
        messages = []
        with anyio.fail_after(patience):
            while len(messages) < count:
                messages += await self.read_now()
                await anyio.sleep(0.01)
        return messages

    async def read_now(self):
        """What the bot has written since."""
        fresh = await self.http.post("/getUpdates", json={"token": TOKEN, "chatId": self.chat["id"]})
        return fresh.json()["result"]

    async def _post(self, path, body):
        sent = await self.http.post(path, json={"botToken": TOKEN, "from": self.user, **body})
        assert sent.json()["ok"]


async def called(http, method, count=1, patience=PATIENCE):
    """Wait until the bot has called a method so often; the parameters of each call."""
    with anyio.fail_after(patience):
        while True:
            calls = [c["body"] for c in (await http.get("/_calls")).json() if c["method"] == method]
            if len(calls) >= count:
                return calls
            await anyio.sleep(0.01)


async def fault(http, method, code, description, times=1, **parameters):
    body = {"method": method, "code": code, "description": description, "times": times}
    await http.post("/_fault", json={**body, "parameters": parameters or None})


def texts(messages):
    return [message["message"]["text"] for message in messages]


def keys(message):
    return [
        key["callback_data"] for row in message["message"]["reply_markup"]["inline_keyboard"] for key in row
    ]
