"""Messengers are on where their settings are, and a half-filled set stops the start by name."""

import hashlib
import time
from contextlib import AsyncExitStack
from dataclasses import replace

import httpx
import parts
import pytest

from bot import app, config
from bot.app import messengers
from bot.channels.web import create_app
from bot.errors import InputError, SettingsError
from bot.messages import Message, Rate, Reply
from bot.store.database import open_database, sqlite_url
from bot.store.inbox import InboxStore
from bot.store.migrate import migrate
from bot.store.sealing import Seal

pytestmark = pytest.mark.anyio
KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
PARTS = (messengers.wechat, messengers.wecom, messengers.dingtalk, messengers.feishu)
WHOLE = {
    "/hooks/wechat": {"WECHAT_TOKEN": "t"},
    "/hooks/wecom": {"WECOM_TOKEN": "t", "WECOM_AES_KEY": KEY, "WECOM_CORP_ID": "ww1"},
    "/hooks/dingtalk": {"DINGTALK_SECRET": "s"},
    "/hooks/dingtalk/events": {
        "DINGTALK_SECRET": "s",
        "DINGTALK_TOKEN": "t",
        "DINGTALK_AES_KEY": KEY,
        "DINGTALK_APP_KEY": "ding1",
    },
    "/hooks/feishu": {
        "FEISHU_APP_ID": "cli_1",
        "FEISHU_APP_SECRET": "s",
        "FEISHU_ENCRYPT_KEY": "k",
        "FEISHU_TOKEN": "t",
    },
}


@pytest.fixture
async def inbox(tmp_path):
    database = open_database(sqlite_url(tmp_path / "residents.sqlite"))
    await migrate(database, "residents")
    yield InboxStore(database, lambda name: name[-40:], Seal(bytes(32)))
    await database.dispose()


def running(yongwen, inbox, settings):
    given = {f"YONGWEN_{name}": value for name, value in settings.items()}
    return parts.running(config.load(given), yongwen, inbox=inbox)


@pytest.mark.parametrize("path", WHOLE)
async def test_a_messenger_is_on_where_its_settings_are(yongwen, inbox, path):
    async with AsyncExitStack() as opened:
        service = running(yongwen, inbox, WHOLE[path])
        routes = [r for part in PARTS for r in await opened.enter_async_context(part(service))]
        page = create_app(yongwen.answer, routes=routes)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(page), base_url="http://x") as client:
            statuses = {hook: (await client.post(hook, content=b"{}")).status_code for hook in WHOLE}
    assert statuses.pop(path) in (400, 403)
    expected_too = "/hooks/dingtalk" if path.endswith("events") else ""
    assert {hook for hook, status in statuses.items() if status != 404} == {expected_too} - {""}


HALF = [
    ("WECHAT_TOKEN", {"WECHAT_AES_KEY": KEY, "WECHAT_APP_ID": "wx1"}),
    ("WECHAT_APP_ID", {"WECHAT_TOKEN": "t", "WECHAT_AES_KEY": KEY}),
    ("WECHAT_AES_KEY", {"WECHAT_TOKEN": "t", "WECHAT_APP_ID": "wx1"}),
    ("WECHAT_AES_KEY", {"WECHAT_TOKEN": "t", "WECHAT_APP_ID": "wx1", "WECHAT_AES_KEY": "short"}),
    ("WECOM_CORP_ID", {"WECOM_TOKEN": "t", "WECOM_AES_KEY": KEY}),
    ("WECOM_TOKEN", {"WECOM_AES_KEY": KEY, "WECOM_CORP_ID": "ww1"}),
    ("DINGTALK_APP_KEY", {"DINGTALK_SECRET": "s", "DINGTALK_TOKEN": "t", "DINGTALK_AES_KEY": KEY}),
    ("DINGTALK_SECRET", {k: v for k, v in WHOLE["/hooks/dingtalk/events"].items() if "SECRET" not in k}),
    ("FEISHU_TOKEN", {k: v for k, v in WHOLE["/hooks/feishu"].items() if "TOKEN" not in k}),
    ("TELEGRAM_SECRET", {"TELEGRAM_TOKEN": "1:a", "TELEGRAM_WEBHOOK": "https://yongwen.example"}),
    ("TELEGRAM_WEBHOOK", {"TELEGRAM_TOKEN": "1:a", "TELEGRAM_SECRET": "x" * 16}),
    ("TELEGRAM_REPLY", {"TELEGRAM_TOKEN": "1:a", "TELEGRAM_REPLY": "response"}),
    ("TELEGRAM_TOKEN", {"TELEGRAM_WEBHOOK": "https://yongwen.example", "TELEGRAM_SECRET": "x" * 16}),
    (
        "TELEGRAM_WEBHOOK",
        {"TELEGRAM_TOKEN": "1:a", "TELEGRAM_WEBHOOK": "http://x.example", "TELEGRAM_SECRET": "x" * 16},
    ),
]


@pytest.mark.parametrize(("missing", "settings"), HALF, ids=[name for name, _ in HALF])
async def test_a_half_filled_set_stops_the_start_by_name(yongwen, inbox, missing, settings):
    parts = running(yongwen, inbox, settings)
    with pytest.raises(SettingsError, match=f"YONGWEN_{missing}"):
        async with AsyncExitStack() as opened:
            for part in (messengers.telegram, *PARTS):
                await opened.enter_async_context(part(parts))


async def test_what_a_channel_itself_says_is_that_of_the_release_that_answers(yongwen, inbox):
    async def long(_message):
        return Reply("长" * 2000, "answered")

    yongwen.answer = long
    text = "<xml><FromUserName>fang</FromUserName><ToUserName>us</ToUserName><MsgType>text</MsgType>"
    signed = {"timestamp": str(int(time.time())), "nonce": "n"}
    signed["signature"] = hashlib.sha1("".join(sorted(("t", *signed.values()))).encode()).hexdigest()
    before = yongwen.knowledge
    replies = {**before.lookup.replies, "more": "后面还有，回“往下”。"}
    async with messengers.wechat(running(yongwen, inbox, WHOLE["/hooks/wechat"])) as routes:
        page = create_app(yongwen.answer, routes=routes)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(page), base_url="http://x") as client:

            async def said(number):
                body = f"{text}<Content>问</Content><MsgId>{number}</MsgId></xml>"
                return (await client.post("/hooks/wechat", params=signed, content=body.encode())).text

            assert before.lookup.replies["more"] in await said(1)
            yongwen.switch(2, replace(before, lookup=replace(before.lookup, replies=replies)))
            assert replies["more"] in await said(2)
            without = {key: line for key, line in replies.items() if not key.startswith("more")}
            yongwen.switch(3, replace(before, lookup=replace(before.lookup, replies=without)))
            assert "长长" in await said(3)


async def test_the_menu_is_printed_for_the_platforms_that_have_one():
    settings = config.load({})
    for channel in ("wechat", "wecom"):
        shown = await app.menu(settings, channel)
        assert sum(len(key["sub_button"]) for key in shown["button"]) == 10
    with pytest.raises(InputError, match="wechat"):
        await app.menu(settings, "telegram")


async def test_who_is_forgotten_is_not_counted_any_more(yongwen, inbox):
    settings = {
        "TELEGRAM_TOKEN": "666:a",
        "TELEGRAM_API": "http://127.0.0.1:9",
        "TELEGRAM_WEBHOOK": "https://yongwen.example",
        "TELEGRAM_SECRET": "x" * 16,
        "TELEGRAM_REPLY": "response",
    }
    service = running(yongwen, inbox, settings)
    once = Rate(1, 60)
    async with messengers.telegram(service):
        waits = [await service.gate.pace(f"telegram/666/{chat}", once) for chat in (1001, 1002) * 2]
        await yongwen.forget("telegram", "1001")
        after = [await service.gate.pace(f"telegram/666/{chat}", once) for chat in (1001, 1002)]
    assert [wait > 0 for wait in waits] == [False, False, True, True]
    assert [wait > 0 for wait in after] == [False, True]


async def test_a_glimpse_keeps_and_records_nothing(yongwen):
    seen = await yongwen.glimpse(Message("低保一年多少钱", "s", "telegram", "1001"))
    assert seen.topic == "service/dibao-standard"
    assert (await yongwen.answer(Message("呢", "s", "telegram", "1001"))).topic != seen.topic
    assert seen.answer_id == ""
