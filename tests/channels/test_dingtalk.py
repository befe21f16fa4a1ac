"""DingTalk through our web server: signed messages, replies to a server of the tests, sealed events."""

import asyncio
import base64
import hashlib
import hmac
import json
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import anyio
import pytest
from webhook_fake import NOW, PATIENCE, REPLIES, Answering, Platform, pushing, until_postponed

from bot.channels import dingtalk
from bot.channels.envelope import Envelope, signature
from bot.channels.inbox import at_work
from bot.channels.rest import running_rest
from bot.channels.webhook import LONGEST_BODY
from bot.messages import Message, Reply

pytestmark = pytest.mark.anyio
SECRET = "made-up-app-secret"
TOKEN, KEY, ID = "made-up-token", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "ding0123456789"


class Robot:
    """A robot at work: pushes to it as DingTalk does, and what it sends back."""

    def __init__(self, inbox, platform):
        self.inbox = inbox
        self.platform = platform
        self.answering = Answering()
        self.now = NOW
        self.client = None
        self.hook = None

    @asynccontextmanager
    async def at_work(self):
        async with running_rest() as rest:
            robot = dingtalk.DingTalkRobot(
                SECRET, self.answering, self.inbox, rest, self.platform.url, lambda: self.now
            )
            async with at_work(robot.worker), pushing(*robot.hooks) as self.client:
                yield self

    def message(self, text, number="m1", **more):
        return {
            "conversationId": "cid1",
            "conversationType": "2",
            "msgId": number,
            "senderId": "$:LWCP_v1:fang",
            "msgtype": "text",
            "text": {"content": f" {text} "},
            "sessionWebhook": f"{self.platform.url}/robot/sendBySession?session=s1",
            "sessionWebhookExpiredTime": int((self.now + 5400) * 1000),
            **more,
        }

    async def push(self, message, stamp=None, sign=None):
        stamp = str(int(self.now * 1000)) if stamp is None else stamp
        # As DingTalk's documentation computes it.
        digest = hmac.new(SECRET.encode(), f"{stamp}\n{SECRET}".encode(), hashlib.sha256).digest()
        headers = {"timestamp": stamp, "sign": sign or base64.b64encode(digest).decode()}
        body = message if isinstance(message, (str, bytes)) else json.dumps(message)
        headers["content-type"] = "application/json; charset=utf-8"
        return await self.client.post(dingtalk.PATH, content=body, headers=headers)

    async def replies(self, count):
        with anyio.fail_after(PATIENCE):
            while len(self.platform.requests) < count:
                await anyio.sleep(0.01)
        return [body["text"]["content"] for _, body, _ in self.platform.requests]

    async def settled(self):
        with anyio.fail_after(PATIENCE):
            while await self.inbox.waiting(self.now):
                await anyio.sleep(0.01)


@pytest.fixture
async def robot(inbox):
    async with AsyncExitStack() as opened:
        platform = Platform(lambda path, body: (200, {"errcode": 0}))
        await opened.enter_async_context(platform.serving())
        yield await opened.enter_async_context(Robot(inbox, platform).at_work())


async def test_a_message_is_answered_where_it_says(robot):
    assert (await robot.push(robot.message("托位"))).json() == {}
    assert await robot.replies(1) == [REPLIES["托位"].text]
    assert robot.platform.requests[0][0] == "/robot/sendBySession"
    person = "$:LWCP_v1:fang"
    assert robot.answering.asked == [Message("托位", f"cid1:{person}", "dingtalk", person, "m1")]


async def test_a_push_that_comes_again_is_answered_once(robot):
    for _ in range(3):
        await robot.push(robot.message("托位"))
    await robot.push(robot.message("房子", "m2"))
    await robot.settled()
    assert await robot.replies(2) == [REPLIES["托位"].text, REPLIES["房子"].text]


async def test_a_message_without_an_address_is_answered_directly_and_once(robot):
    message = {**robot.message("托位"), "sessionWebhook": None}
    first = (await robot.push(message)).json()
    assert first == {"msgtype": "text", "text": {"content": REPLIES["托位"].text}}
    assert (await robot.push(message)).json() == first
    assert robot.answering.texts == ["托位"]


@pytest.mark.parametrize("content", [{"recognition": "托位"}, {"downloadCode": "x"}])
async def test_voice_is_heard_and_a_picture_gets_a_kind_word(robot, content):
    message = {**robot.message(""), "text": None, "content": content, "sessionWebhook": None}
    await robot.push(message)
    assert robot.answering.texts == [content.get("recognition", "")]


RECORDED = Path(__file__).parent.parent / "recorded" / "dingtalk"
RICH = {
    "rich_text": "家里着火了怎么办",
    "rich_text_with_picture": "这张通知上说的\n托位\n一年多少钱",
    "rich_text_of_a_picture_alone": "",
}


@pytest.mark.parametrize(("name", "heard"), RICH.items(), ids=RICH)
async def test_the_words_of_a_rich_text_are_heard(robot, name, heard):
    message = json.loads((RECORDED / f"{name}.json").read_text("utf-8"))
    path = message["sessionWebhook"].removeprefix(dingtalk.API)
    expires = int((robot.now + 5400) * 1000)
    message |= {"sessionWebhook": robot.platform.url + path, "sessionWebhookExpiredTime": expires}
    await robot.push(message)
    assert len(await robot.replies(1)) == 1
    assert robot.answering.texts == [heard]


@pytest.mark.parametrize("rich", [None, "家里", {}, [], [None, 7, [], {"text": 7}], [{"text": " "}]])
async def test_a_rich_text_that_cannot_be_read_gets_a_kind_word(robot, rich):
    message = {**robot.message(""), "msgtype": "richText", "content": {"richText": rich}}
    await robot.push(message)
    assert await robot.replies(1) == ["请用文字告诉我。"]


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:1/steal", "https://oapi.dingtalk.com.evil.example/", "file:///etc/passwd", "x", 7],
)
async def test_an_address_that_is_not_dingtalks_is_refused(robot, address):
    assert (await robot.push({**robot.message("托位"), "sessionWebhook": address})).status_code == 403
    assert robot.answering.asked == []


@pytest.mark.parametrize("sign", ["0" * 44, "密", base64.b64encode(b"x" * 32).decode()])
async def test_a_wrong_signature_is_refused(robot, sign):
    assert (await robot.push(robot.message("托位"), sign=sign.encode())).status_code == 403


@pytest.mark.parametrize("off", [-301, 301])
async def test_what_is_stale_is_refused(robot, off):
    stamp = str(int((robot.now + off) * 1000))
    assert (await robot.push(robot.message("托位"), stamp=stamp)).status_code == 403


@pytest.mark.parametrize("body", ["", "[]", "{", "{}", '{"msgId": 1}', '{"msgId": "m", "senderId": null}'])
async def test_what_is_malformed_is_refused(robot, body):
    assert (await robot.push(body)).status_code == 400


async def test_what_is_too_long_is_refused(robot):
    assert (await robot.push(b"x" * (LONGEST_BODY + 1))).status_code == 413


async def test_a_reply_that_did_not_get_through_is_sent_later(robot, caplog):
    answers = [
        (429, {}),
        (502, {}),
        (200, {"errcode": 130101, "errmsg": "send too fast"}),
        (200, {"errcode": -1}),
        (200, {"errcode": 0}),
    ]
    robot.platform.respond = lambda path, body: answers.pop(0)
    await robot.push(robot.message("托位"))
    for tries in (1, 2, 3, 4):
        await until_postponed(caplog, tries)
        robot.now += 60
    await robot.settled()
    assert await robot.replies(5) == [REPLIES["托位"].text] * 5
    assert robot.answering.texts == ["托位"]


async def test_a_reply_too_late_for_its_address_is_given_up(robot, caplog):
    robot.platform.respond = lambda path, body: (502, {})
    await robot.push(robot.message("托位"))
    await until_postponed(caplog, 1)
    robot.now += 6000
    await robot.settled()
    assert len(robot.platform.requests) == 1


async def test_a_reply_dingtalk_refuses_is_given_up(robot, caplog):
    robot.platform.respond = lambda path, body: (200, {"errcode": 310000, "errmsg": "session invalid"})
    await robot.push(robot.message("托位"))
    await robot.settled()
    assert len(robot.platform.requests) == 1


def test_a_long_reply_is_split_and_loses_nothing():
    text = "政策如下,请打12345。" * 2000
    shown = [payload["text"]["content"] for payload in dingtalk.payloads(Reply(text, "answered"))]
    assert len(shown) > 1
    assert "".join(shown) == text


@pytest.fixture
async def events():
    robot = dingtalk.Events(TOKEN, Envelope(KEY, ID), lambda: NOW)
    async with pushing(robot.hook) as client:
        yield client


def event(data, token=TOKEN, stamp=NOW, key=KEY, receiver=ID):
    sealed, stamp = Envelope(key, receiver).seal(json.dumps(data)), str(int(stamp * 1000))
    query = {"timestamp": stamp, "nonce": "n", "signature": signature(token, stamp, "n", sealed)}
    return {"json": {"encrypt": sealed}, "params": query}


@pytest.mark.parametrize("kind", ["check_url", "bpms_task_change"])
async def test_an_event_is_acknowledged_as_the_platform_wants_it(events, kind):
    for _ in range(2):
        response = await events.post(dingtalk.EVENTS_PATH, **event({"EventType": kind}))
        told = response.json()
        assert Envelope(KEY, ID).open(told["encrypt"]) == "success"
        expected = signature(TOKEN, told["timeStamp"], told["nonce"], told["encrypt"])
        assert told["msg_signature"] == expected


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"token": "another"}, 403),
        ({"stamp": NOW - 301}, 403),
        ({"receiver": "ding-of-another"}, 403),
        ({"key": KEY[::-1]}, 403),
        ({"data": []}, 400),
    ],
)
async def test_an_event_that_is_not_for_us_is_refused(events, changed, status):
    sent = event(**{"data": {"EventType": "check_url"}, **changed})
    assert (await events.post(dingtalk.EVENTS_PATH, **sent)).status_code == status


async def test_an_event_that_is_not_sealed_is_refused(events):
    sent = {**event({}), "json": {"EventType": "check_url"}}
    assert (await events.post(dingtalk.EVENTS_PATH, **sent)).status_code == 400


async def test_stopping_waits_for_the_reply_begun(inbox):
    taken = asyncio.Event()

    def respond(path, body):
        taken.set()
        return 200, {"errcode": 0}

    async with Platform(respond).serving() as platform:
        async with Robot(inbox, platform).at_work() as robot:
            await robot.push(robot.message("托位"))
            await asyncio.wait_for(taken.wait(), PATIENCE)
        assert await inbox.waiting(NOW) == {}
