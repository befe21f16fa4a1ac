"""The API as the service wires it: settings in, a route out."""

import asyncio
from dataclasses import replace

import pytest
from parts import running
from starlette.testclient import TestClient

from bot import config
from bot.app import interfaces
from bot.channels.web import create_app
from bot.cli import main
from bot.errors import SettingsError

DOMAINS = "/api/v1/domains"


async def served(yongwen, **settings):
    """The status of a first call."""
    async with interfaces.api(running(replace(config.load({}), **settings), yongwen)) as routes:
        return TestClient(create_app(yongwen.answer, routes=routes))


@pytest.mark.anyio
async def test_the_api_is_open_unless_keys_are_set(yongwen):
    assert (await served(yongwen)).get(DOMAINS).status_code == 200


@pytest.mark.anyio
async def test_the_command_makes_a_key_that_the_file_lets_in(yongwen, tmp_path, capsys):
    assert await asyncio.to_thread(main, ["api-key", "library", "--quota", "2/hour"]) == 0
    out, err = capsys.readouterr()
    keys = tmp_path / "keys.txt"
    keys.write_text(out, "utf-8")
    key = err.rpartition(" ")[2].strip()
    assert key not in out
    client = await served(yongwen, api_keys=keys)
    assert client.get(DOMAINS).status_code == 401
    header = {"authorization": f"Bearer {key}"}
    assert [client.get(DOMAINS, headers=header).status_code for _ in range(3)] == [200, 200, 429]


NO_QUOTAS = (
    "often",
    "0/hour",
    "1/0 hour",
    "-1/hour",
    "1.5/hour",
    "1/hour;2/day",
    "1/hour/2",
    "1000",
    "",
    "１/hour",
)


@pytest.mark.parametrize("quota", [*NO_QUOTAS, "9999999999/hour", "1/9999 day"])
def test_a_quota_that_is_none_is_wrong_input_and_makes_no_key(capsys, quota):
    assert main(["api-key", "library", f"--quota={quota}"]) == 6
    out, err = capsys.readouterr()
    assert out == "" and err == f"yongwen: {quota!r} is no quota: want something like 1000/hour, at least 1\n"


@pytest.mark.parametrize("name", ["", "a b", "a#b", "a\nb", "x" * 61])
def test_a_name_that_would_break_the_file_of_keys_is_refused(capsys, name):
    assert main(["api-key", name]) == 6
    assert "is no name" in capsys.readouterr().err


@pytest.mark.anyio
@pytest.mark.parametrize("content", [None, b"library 3/day", b"library 0/day " + b"0" * 64, b"\xff\xfe"])
async def test_a_file_of_keys_that_cannot_be_read_stops_the_start(yongwen, tmp_path, content):
    keys = tmp_path / "keys.txt"
    if content is not None:
        keys.write_bytes(content)
    with pytest.raises(SettingsError, match=r"YONGWEN_API_KEYS: .*keys\.txt"):
        await served(yongwen, api_keys=keys)


@pytest.mark.anyio
async def test_the_named_sites_may_call(yongwen):
    client = await served(yongwen, cors_origins=("https://www.example.org",))
    response = client.get(DOMAINS, headers={"origin": "https://www.example.org"})
    assert response.headers["access-control-allow-origin"] == "https://www.example.org"
