"""The whole service against the fake Bot API server: an outage, patience asked for, and a kill in the middle.

`pytest -s` prints the transcript. Slow, because a killed process leaves leases behind that only time ends.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest
from telegram_resident import MISSING, REASON, TOKEN, Resident, bot_api, called, fault, keys, texts

from bot.channels.inbox import LEASE_SECONDS

pytestmark = [pytest.mark.anyio, pytest.mark.skipif(MISSING, reason=REASON)]
ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 90
QUESTIONS = ["低保一年多少钱", "普惠托位", "公租房", "居民养老保险", "城市书房"]


class Service:
    """`python -m bot serve` as a process of its own, on a database that outlives it."""

    def __init__(self, http, folder, webhook):
        self._log = folder / "bot.log"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._environment = {
            "PATH": os.environ["PATH"],
            "YONGWEN_RESIDENTS": str(folder / "residents.sqlite"),
            "YONGWEN_PORT": str(self.port),
            "YONGWEN_TELEGRAM_TOKEN": TOKEN,
            "YONGWEN_TELEGRAM_API": str(http.base_url),
        }
        if webhook:
            address = f"http://127.0.0.1:{self.port}/hooks/telegram"
            self._environment["YONGWEN_TELEGRAM_WEBHOOK"] = address
            self._environment["YONGWEN_TELEGRAM_SECRET"] = "made-up-secret-of-the-tests"

    @asynccontextmanager
    async def running(self, end=signal.SIGTERM):
        """From when it answers in the browser until the signal; yields the process."""
        command = [sys.executable, "-m", "bot", "serve"]
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self._environment, stdout=subprocess.PIPE, stderr=log
            )
        try:
            assert await anyio.to_thread.run_sync(process.stdout.readline), self.log
            yield process
        finally:
            process.send_signal(end)
            await anyio.to_thread.run_sync(process.wait)
            process.stdout.close()

    @property
    def log(self):
        return self._log.read_text("utf-8")


async def transcript(http, residents, events):
    """What was said and done, in the order of time, a line each."""
    began = min(at for resident in residents for at, _ in resident.said)
    lines = [(at, f"—— {what}") for at, what in events]
    for resident in residents:
        lines += [(at, f"{resident.user['id']} ▶ {text}") for at, text in resident.said]
    for call in (await http.get("/_calls")).json():
        if call["method"] in ("sendMessage", "editMessageText"):
            body = call["body"]
            first = body["text"].replace("\n", " / ")
            mark = "◀" if call["status"] == 200 else f"✗ {call['status']}"
            edited = " (edited)" if call["method"] == "editMessageText" else ""
            lines.append((call["at"] / 1000, f"{body['chat_id']} {mark}{edited} {first}"))
    return [f"{at - began:6.1f} s  {line}" for at, line in sorted(lines)]


@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
async def test_every_question_is_answered_once_through_an_outage_and_a_kill(tmp_path, webhook):
    async with bot_api() as http:
        service, events = Service(http, tmp_path, webhook), []
        residents = [Resident(http) for _ in range(3)]
        fang, *others = residents
        async with service.running(signal.SIGKILL):
            events.append((time.time(), "the bot has started"))
            await fang.write("/start", {"type": "bot_command", "offset": 0, "length": 6})
            (greeting,) = await fang.read(1, PATIENCE)
            await fault(http, "sendMessage", 429, "Too Many Requests: retry after 1", retry_after=1)
            await fang.write(QUESTIONS[0])
            (answered,) = await fang.read(1, PATIENCE)
            await fang.press(answered, keys(answered)[0])
            await called(http, "editMessageText", 1, PATIENCE)
            events.append((time.time(), "from here on Telegram takes no reply"))
            await fault(http, "sendMessage", 502, "Bad Gateway", times=1000)
            for question in QUESTIONS:
                for resident in others:
                    await resident.write(question)
            await called(http, "sendMessage", 6, PATIENCE)
        events.append((time.time(), "the bot was killed with replies not sent"))
        await http.post("/_mend")
        await fang.write(QUESTIONS[1])
        async with service.running():
            events.append((time.time(), "the bot has started again, and Telegram takes replies"))
            found = [await resident.read(len(QUESTIONS), PATIENCE) for resident in others]
            late = await fang.read(1, PATIENCE)
            await anyio.sleep(1)  # for what must not come
            assert [await resident.read_now() for resident in residents] == [[], [], []]
        lines = await transcript(http, residents, events)
    print("", *lines, sep="\n")
    assert "甬问" in texts([greeting])[0]
    assert len(late) == 1
    assert texts(found[0]) == texts(found[1])
    assert len(set(texts(found[0]))) == len(QUESTIONS)
    assert "14000" in texts(found[0])[0]
    assert any("✗ 429" in line for line in lines)
    assert any("✗ 502" in line for line in lines)
    assert TOKEN not in service.log
    assert "低保" not in service.log
    assert LEASE_SECONDS < PATIENCE
