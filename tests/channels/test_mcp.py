"""The tools for assistants, called by the protocol's own clients: in memory, over stdio, over HTTP."""

import asyncio
import json
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from listening import PATIENCE, listening
from parts import running

from bot import config
from bot.app import interfaces
from bot.app.live_catalogue import LiveCatalogue
from bot.channels.api_keys import new_key
from bot.channels.api_models import VERSION
from bot.channels.web import create_app
from bot.errors import ChannelError

mcp = pytest.importorskip("mcp", reason="needs the extra mcp: python3 scripts/bootstrap.py extras")

ASKED = "低保一年多少钱"
INSPECTOR = Path(__file__).parent.parent / "fakes" / "mcp" / "node_modules" / ".bin" / "mcp-inspector"
pytestmark = pytest.mark.anyio


@pytest.fixture
def tools(yongwen):
    """The server without a transport."""
    from bot.channels.mcp import create_server

    return create_server(yongwen.answer, LiveCatalogue(yongwen))


@pytest.fixture
async def url(yongwen):
    """The address of a running server with the tools on it."""
    service = running(replace(config.load({}), mcp=True), yongwen)
    async with (
        interfaces.assistants(service) as routes,
        listening(create_app(yongwen.answer, routes=routes)) as address,
    ):
        yield f"{address}/mcp"


async def check(client):
    """What every transport has to carry."""
    assert sorted(t.name for t in (await client.list_tools()).tools) == [
        "find_service", "get_service", "list_domains",
    ]  # fmt: skip
    found = (await client.call_tool("find_service", {"question": ASKED})).structured_content
    assert found["status"] == "answered"
    assert "14000元" in found["reply"]
    assert "12345" in found["phones"]
    service = (
        await client.call_tool("get_service", {"service": found["matches"][0]["service"]})
    ).structured_content
    assert service["figures"][0]["value"] == 14000
    domains = (await client.call_tool("list_domains", {})).structured_content["domains"]
    assert [d["number"] for d in domains] == list(range(1, 11))
    assert service["id"] in domains[5]["services"]


async def test_in_memory(tools):
    async with mcp.Client(tools) as client:
        assert "12345" in client.instructions
        await check(client)


async def test_over_http(url):
    async with mcp.Client(url) as client:
        await check(client)


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "PUT", "OPTIONS"])
async def test_over_http_there_is_no_stream_to_hold_open(url, method):
    async with httpx.AsyncClient(timeout=PATIENCE) as client:
        for more in ({}, {"mcp-protocol-version": "2025-06-18"}, {"mcp-session-id": "x"}):
            response = await client.request(method, url, headers={"accept": "text/event-stream"} | more)
            assert (response.status_code, response.headers["allow"]) == (405, "POST")


async def test_over_http_nobody_can_subscribe_to_what_never_changes(url):
    version = "2026-07-28"
    about = {
        "protocolVersion": version,
        "clientInfo": {"name": "x", "version": "1"},
        "clientCapabilities": {},
    }
    meta = {f"io.modelcontextprotocol/{key}": value for key, value in about.items()}
    call = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "subscriptions/listen",
        "params": {"notifications": {"toolsListChanged": True}, "_meta": meta},
    }
    headers = {
        "accept": "application/json, text/event-stream",
        "mcp-protocol-version": version,
        "mcp-method": "subscriptions/listen",
    }
    async with httpx.AsyncClient(timeout=PATIENCE) as client:
        response = await client.post(url, json=call, headers=headers)
    assert response.json()["error"]["message"] == "Method not found"


@pytest.fixture
async def key_and_url(yongwen, tmp_path):
    """The address of a running server with keys, and one that lets in six times a day."""
    key, line = new_key("library", "6/day")
    keys = tmp_path / "keys.txt"
    keys.write_text(line, "utf-8")
    settings = replace(config.load({}), mcp=True, api_keys=keys)
    service = running(settings, yongwen)
    async with (
        interfaces.assistants(service) as tools,
        interfaces.api(service) as api,
        listening(create_app(yongwen.answer, routes=[*api, *tools])) as address,
    ):
        yield key, address


CALL = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "tools/call",
    "params": {"name": "find_service", "arguments": {"question": ASKED}},
}
HEADERS = {"accept": "application/json, text/event-stream"}


async def test_with_keys_only_who_shows_one_is_answered_and_the_quota_is_the_apis(key_and_url):
    key, address = key_and_url
    async with httpx.AsyncClient(base_url=address, headers=HEADERS, timeout=PATIENCE) as client:
        for shown in ({}, {"authorization": "Bearer wrong"}):
            response = await client.post("/mcp", json=CALL, headers=shown)
            assert response.status_code == 401
            assert response.headers["www-authenticate"] == "Bearer"
        client.headers["authorization"] = f"Bearer {key}"
        for _ in range(3):
            told = (await client.post("/mcp", json=CALL)).json()["result"]["structuredContent"]
            assert "14000元" in told["reply"]
            assert (await client.get("/api/v1/domains")).status_code == 200
        for response in (await client.post("/mcp", json=CALL), await client.get("/api/v1/domains")):
            assert response.status_code == 429
            assert int(response.headers["retry-after"]) > 0


async def test_with_keys_an_assistant_that_shows_one_is_let_in(key_and_url):
    from mcp.client.streamable_http import streamable_http_client

    key, address = key_and_url
    shown = {"authorization": f"Bearer {key}"}
    async with (
        httpx.AsyncClient(headers=shown, timeout=PATIENCE) as http,
        mcp.Client(streamable_http_client(f"{address}/mcp", http_client=http)) as client,
    ):
        assert len((await client.list_tools()).tools) == 3


async def test_over_stdio():
    command = mcp.StdioServerParameters(command=sys.executable, args=["-m", "bot", "mcp"], cwd=config.ROOT)
    async with mcp.Client(command) as client:
        await check(client)


async def test_a_service_that_is_none_is_an_error_the_assistant_can_read(tools):
    async with mcp.Client(tools) as client:
        result = await client.call_tool("get_service", {"service": "nothing"})
    assert result.is_error
    assert "list_domains" in result.content[0].text


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({}, "question: Field required"),
        ({"question": None}, "question: Input should be a valid string"),
        ({"question": "秘密" * 2501}, "question: String should have at most 5000 characters"),
    ],
)
async def test_what_is_no_question_is_refused_in_a_line_that_shows_nothing_of_our_insides(
    tools, arguments, told
):
    async with mcp.Client(tools) as client:
        result = await client.call_tool("find_service", arguments)
    assert result.is_error
    assert [content.text for content in result.content] == [told]


async def test_a_story_too_long_is_answered_as_by_the_api(tools, yongwen):
    story = "我想问问低保的事情，" * 70
    async with mcp.Client(tools) as client:
        found = (await client.call_tool("find_service", {"question": story})).structured_content
    assert found["status"] == "unanswered"
    assert found["reply"] == yongwen.knowledge.lookup.say("too-long", phone="12345")


async def test_the_server_says_its_version(tools):
    async with mcp.Client(tools) as client:
        assert client.server_info.version == VERSION


async def test_a_failure_inside_stays_inside(yongwen):
    from bot.channels.mcp import create_server

    async def broken(message):
        raise RuntimeError("secret detail")

    async with mcp.Client(create_server(broken, LiveCatalogue(yongwen))) as client:
        result = await client.call_tool("find_service", {"question": ASKED})
    assert result.is_error and "secret" not in result.content[0].text


PATIENCE_MS = 600_000
"""Else the inspector gives up on a connection after 15 s, and on an answer after 60: too soon under load."""


async def inspected(home, url, *arguments):
    """What the protocol's inspector prints; what it keeps stays in a home of its own."""
    patient = {"connectionTimeout": PATIENCE_MS, "requestTimeout": PATIENCE_MS}
    servers = {"mcpServers": {"yongwen": {"type": "streamable-http", "url": url} | patient}}
    (home / "servers.json").write_text(json.dumps(servers), "utf-8")
    process = await asyncio.create_subprocess_exec(
        *(INSPECTOR, "--cli", "--config", home / "servers.json", "--server", "yongwen", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=os.environ | {"HOME": str(home)},
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return json.loads(out)


@pytest.mark.skipif(
    shutil.which("node") is None or not INSPECTOR.exists(),
    reason="needs node and `npm ci` in tests/fakes/mcp",
)
async def test_by_the_protocols_inspector(url, tmp_path):
    listed = await inspected(tmp_path, url, "--method", "tools/list")
    assert {t["name"] for t in listed["tools"]} == {"find_service", "get_service", "list_domains"}
    asked = ("--tool-name", "find_service", "--tool-arg", f"question={ASKED}")
    called = await inspected(tmp_path, url, "--method", "tools/call", *asked)
    assert "14000元" in called["structuredContent"]["reply"]


async def test_unless_switched_on_there_are_no_tools(yongwen):
    async with interfaces.assistants(running(config.load({}), yongwen)) as routes:
        assert list(routes) == []


async def test_without_the_package_the_operator_is_told_what_to_install(monkeypatch):
    for name in [n for n in sys.modules if n.partition(".")[0] == "mcp" or n == "bot.channels.mcp"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "mcp", None)
    with pytest.raises(ChannelError, match=r"of the extra mcp: python3 scripts/bootstrap\.py extras"):
        await interfaces.assist(config.load({}))
