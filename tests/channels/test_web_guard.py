"""Refused with the right status: too much, too slow, too often; and the headers of every response."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from channels.web_fake import FakeAnswer
from starlette.testclient import TestClient

from bot.channels import web, web_guard, web_protocol, web_server
from bot.config import ROOT

pytestmark = pytest.mark.anyio


def client(address: str = "https://chat.example", **more) -> TestClient:
    return TestClient(web.create_app(FakeAnswer(), **more), base_url=address)


def test_every_response_bears_the_headers() -> None:
    for path in ("/", "/static/chat.js", "/no-such-page"):
        headers = client().get(path).headers
        assert headers["strict-transport-security"].startswith("max-age=")
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert "camera=()" in headers["permissions-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in headers["content-security-policy"]


def test_over_plain_http_no_https_is_promised() -> None:
    assert "strict-transport-security" not in client("http://chat.example").get("/").headers


def test_an_address_that_comes_too_often_is_told_when_to_come_again() -> None:
    async def wait(address: str) -> int:
        return 7 if address == "testclient" else 0

    response = client(wait=wait).post("/chat", json={"text": "低保一年多少钱"})
    assert (response.status_code, response.headers["retry-after"]) == (429, "7")
    assert "12345" in response.json()["text"]
    assert {"110", "119", "120"} <= set(re.findall(r'"tel:(\d+)"', response.json()["html"]))


@pytest.mark.parametrize("path", ["/chat", "/", "/feedback"])
def test_a_body_beyond_measure_is_refused(path: str) -> None:
    kind = "application/json" if path == "/chat" else "application/x-www-form-urlencoded"
    body = iter([b"a" * 65536] * 20)
    assert client().post(path, content=body, headers={"content-type": kind}).status_code == 413


@asynccontextmanager
async def listening() -> AsyncIterator[int]:
    url: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    serving = web.serve(web.create_app(FakeAnswer()), "127.0.0.1", 0, url.set_result)
    task = asyncio.create_task(serving)
    try:
        yield int((await url).rpartition(":")[2])
    finally:
        task.cancel()
        await asyncio.wait({task})


async def answer_to(port: int, *pieces: bytes) -> bytes:
    """What comes back on a connection that sends these and then says no more."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
    try:
        return await reader.read()
    finally:
        writer.close()


HEAD = b"POST /chat HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n"


@pytest.mark.parametrize("pieces", [(), (b"GET / HT",), (b"GET / HTTP/1.1\r\nHost: x\r\nX: a",)])
async def test_a_head_that_does_not_get_on_is_given_up(
    pieces: tuple[bytes, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_protocol, "HEAD_SECONDS", 0.05)
    async with listening() as port:
        assert (await answer_to(port, *pieces)).startswith(b"HTTP/1.1 408 ")


async def test_the_second_request_of_a_connection_has_its_own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_protocol, "HEAD_SECONDS", 0.05)
    async with listening() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /no-such-page HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await reader.readuntil(b"</html>")).startswith(b"HTTP/1.1 404 ")
        writer.write(b"GET / HT")
        assert (await reader.read()).strip().startswith(b"HTTP/1.1 408 ")
        writer.close()


async def test_what_was_sent_but_not_read_when_the_service_stops_is_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    request = b"GET /no-such-page HTTP/1.1\r\nHost: x\r\n\r\n"
    callers = [socket.socket() for _ in range(2)]

    async def sent_at_the_last_moment(_server: object) -> None:
        await stop.wait()
        callers[0].send(request)  # nothing is read between this and the end

    monkeypatch.setattr(web_server._Server, "main_loop", sent_at_the_last_moment)
    async with listening() as port:
        for caller in callers:
            caller.setblocking(False)
            await loop.sock_connect(caller, ("127.0.0.1", port))
            await loop.sock_sendall(caller, request)
            assert await everything(caller, until=b"</html>")
        stop.set()
        answered = await everything(callers[0])
        assert answered.startswith(b"HTTP/1.1 404 ") and b"\r\nconnection: close\r\n" in answered.lower()
        assert await everything(callers[1]) == b""
    for caller in callers:
        caller.close()


async def everything(caller: socket.socket, until: bytes = b"") -> bytes:
    """What comes on a connection up to this, or to its end."""
    found = b""
    while piece := await asyncio.get_running_loop().sock_recv(caller, 65536):
        found += piece
        if until and found.rstrip().endswith(until):
            break
    return found


async def test_a_body_that_does_not_get_on_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_guard, "BODY_SECONDS", 0.05)
    async with listening() as port:
        assert (await answer_to(port, HEAD, b'{"text":')).startswith(b"HTTP/1.1 408 ")


async def test_of_too_many_that_wait_the_oldest_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_protocol, "MOST_WITHOUT_HEAD", 1)
    async with listening() as port:
        oldest = asyncio.create_task(answer_to(port, b"GET"))
        await asyncio.sleep(0)
        assert b" 404 " in await answer_to(port, b"GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        newest = asyncio.create_task(answer_to(port, b"GET"))
        assert (await oldest).startswith(b"HTTP/1.1 408 ")
        newest.cancel()
        await asyncio.wait({newest})


async def test_rubbish_is_a_400() -> None:
    async with listening() as port:
        assert (await answer_to(port, b"\x16\x03\x01 rubbish\r\n\r\n")).startswith(b"HTTP/1.1 400 ")


def test_the_proxy_lets_go_of_an_idle_connection_before_we_do() -> None:
    text = (ROOT / "scripts" / "deploy" / "Caddyfile").read_text("utf-8")
    [seconds] = re.findall(r"^\s*keepalive (\d+)s$", text, re.M)
    assert 0 < int(seconds) < web_server.IDLE_SECONDS
