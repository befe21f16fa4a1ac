"""A whole service, in a process of its own: started, asked, measured, switched, stopped."""

import asyncio
import json
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from bot import config
from bot.app import switch_channel

pytestmark = pytest.mark.anyio
ASK = {"text": "低保一年多少钱"}


class Service(NamedTuple):
    url: str
    process: asyncio.subprocess.Process
    settings: config.Settings

    async def stop(self) -> tuple[int | None, str]:
        self.process.send_signal(signal.SIGTERM)
        _, said = await self.process.communicate()
        return self.process.returncode, said.decode()


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    given = {
        "YONGWEN_RESIDENTS": str(tmp_path / "r.sqlite"),
        "YONGWEN_PORT": "0",
        "YONGWEN_LOG_FORMAT": "json",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "serve"),
        cwd=config.ROOT,
        env=os.environ | given,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode()
    yield Service(line.split()[-1], process, config.load(given))
    if process.returncode is None:
        process.kill()
        await process.communicate()


async def test_a_service_is_ready_counts_switches_a_channel_and_stops_without_loss(service: Service) -> None:
    async with httpx.AsyncClient(base_url=service.url, timeout=60) as client:
        assert (await client.get("/healthz")).text == "ok\n"
        assert (await client.get("/readyz")).status_code == 200
        asked = await client.post("/api/v1/ask", json=ASK)
        assert asked.status_code == 200
        status = asked.json()["status"]
        assert (await client.post("/chat", json=ASK)).json()["status"] == status
        counted = (await client.get("/metrics")).text
        assert f'yongwen_questions_total{{channel="api",status="{status}"}} 1.0' in counted
        assert 'yongwen_answer_seconds_count{channel="web"} 1.0' in counted
        assert "\nyongwen_release " in counted
        await switch_channel(service.settings, "api", "a drill")
        async with asyncio.timeout(60):
            while (answer := await client.post("/api/v1/ask", json=ASK)).status_code == 200:
                await asyncio.sleep(0.05)
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert (await client.post("/chat", json=ASK | {"text": "图书馆几点开门"})).status_code == 200
    code, said = await service.stop()
    assert code == 0, said
    assert all(json.loads(line) for line in said.splitlines())
    with sqlite3.connect(service.settings.residents) as database:
        texts = [text for (text,) in database.execute("select text from question")]
    database.close()
    assert texts.count(ASK["text"]) >= 2
    assert "图书馆几点开门" in texts
    assert service.settings.residents.with_name("privacy.key").stat().st_mode & 0o777 == 0o600


async def test_without_a_catalogue_nothing_is_listened_on(tmp_path: Path) -> None:
    given = {
        "YONGWEN_CATALOGUE": str(tmp_path / "none.sqlite"),
        "YONGWEN_RESIDENTS": str(tmp_path / "r.sqlite"),
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "serve"),
        cwd=config.ROOT,
        env=os.environ | given,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, said = await process.communicate()
    assert process.returncode == 5
    assert out == b""
    assert b"no catalogue there" in said
