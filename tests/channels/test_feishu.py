"""Feishu through our web server: sealed and signed events in, replies to a server of the tests out."""

import base64
import hashlib
import json
import os
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from webhook_fake import NOW, PATIENCE, REPLIES, Answering, Platform, pushing, until_postponed

from bot.channels import feishu
from bot.channels.inbox import at_work
from bot.channels.rest import running_rest
from bot.channels.webhook import LONGEST_BODY
from bot.messages import Message, Reply

pytestmark = pytest.mark.anyio
KEY, TOKEN = "made-up encrypt key", "made-up verification token"
TOKEN_PATH = "/open-apis/auth/v3/tenant_access_token/internal"


def sealed(data, key=KEY):
    """As Feishu seals: AES-256-CBC under SHA-256 of the encrypt key, the IV first, PKCS#7 to 16."""
    text = data if isinstance(data, bytes) else json.dumps(data, ensure_ascii=False).encode()
    pad = 16 - len(text) % 16
    iv = os.urandom(16)
    cipher = Cipher(algorithms.AES(hashlib.sha256(key.encode()).digest()), modes.CBC(iv)).encryptor()
    return base64.b64encode(iv + cipher.update(text + bytes([pad]) * pad) + cipher.finalize()).decode()


class Robot:
    """A robot at work: pushes to it as Feishu does, and what it sends back."""

    def __init__(self, inbox, platform):
        self.inbox = inbox
        self.platform = platform
        self.answering = Answering()
        self.now = NOW
        self.client = None

    @asynccontextmanager
    async def at_work(self):
        app = feishu.App("cli_1", "made-up app secret", KEY, TOKEN, self.platform.url)
        async with running_rest() as rest:
            robot = feishu.FeishuRobot(app, self.answering, self.inbox, rest, lambda: self.now)
            async with at_work(robot.worker), pushing(*robot.hooks) as self.client:
                yield self

    def event(self, text, number="1", kind="im.message.receive_v1", token=TOKEN, **message):
        return {
            "schema": "2.0",
            "header": {"event_id": f"ev{number}", "event_type": kind, "token": token, "app_id": "cli_1"},
            "event": {
                "sender": {"sender_id": {"open_id": "ou_fang"}, "sender_type": "user"},
                "message": {
                    "message_id": f"om_{number}",
                    "create_time": str(int(self.now * 1000)),
                    "chat_id": "oc_1",
                    "chat_type": "group",
                    "message_type": "text",
                    "content": json.dumps({"text": text}),
                    **message,
                },
            },
        }

    async def push(self, data, stamp=None, sign=None, key=KEY):
        body = json.dumps({"encrypt": sealed(data, key)}) if not isinstance(data, str) else data
        stamp = str(int(self.now)) if stamp is None else stamp
        signed = hashlib.sha256(f"{stamp}nonce{KEY}{body}".encode()).hexdigest()
        headers = {
            "X-Lark-Request-Timestamp": stamp,
            "X-Lark-Request-Nonce": "nonce",
            "X-Lark-Signature": signed if sign is None else sign,
            "Content-Type": "application/json",
        }
        return await self.client.post(feishu.PATH, content=body, headers=headers)

    def sent(self):
        return [request for request in self.platform.requests if request[0] != TOKEN_PATH]

    async def replies(self, count):
        with anyio.fail_after(PATIENCE):
            while len(self.sent()) < count:
                await anyio.sleep(0.01)
        return [shown(body) for _, body, _ in self.sent()]

    async def settled(self):
        with anyio.fail_after(PATIENCE):
            while await self.inbox.waiting(self.now):
                await anyio.sleep(0.01)


def shown(payload):
    """What a person reads of a message."""
    assert payload["msg_type"] == "post"
    lines = json.loads(payload["content"])["zh_cn"]["content"]
    assert all(part["tag"] == "text" for line in lines for part in line)
    return "\n".join("".join(part["text"] for part in line) for line in lines)


def usual(path, body):
    if path == TOKEN_PATH:
        assert body == {"app_id": "cli_1", "app_secret": "made-up app secret"}
        return 200, {"code": 0, "tenant_access_token": "t-1", "expire": 7200}
    return 200, {"code": 0, "data": {}}


@pytest.fixture
async def robot(inbox):
    async with Platform(usual).serving() as platform, Robot(inbox, platform).at_work() as robot:
        yield robot


async def test_the_address_is_checked(robot):
    # Feishu does not sign this one.
    asked = {"type": "url_verification", "challenge": "c-1", "token": TOKEN}
    assert (await robot.push(asked, sign="")).json() == {"challenge": "c-1"}
    assert (await robot.push({**asked, "token": "wrong"}, sign="")).status_code == 403


async def test_a_message_is_answered_as_a_reply_to_it(robot):
    assert (await robot.push(robot.event("@_user_1 托位"))).json() == {}
    assert await robot.replies(1) == [REPLIES["托位"].text]
    ((path, body, headers),) = robot.sent()
    assert path == "/open-apis/im/v1/messages/om_1/reply"
    assert headers["authorization"] == "Bearer t-1"
    assert 0 < len(body["uuid"]) <= 50
    assert robot.answering.asked == [Message("托位", "oc_1:ou_fang", "feishu", "ou_fang", "om_1")]


async def test_an_event_that_comes_again_is_answered_once(robot):
    for _ in range(3):
        await robot.push(robot.event("托位"))
    await robot.push(robot.event("房子", "2"))
    await robot.settled()
    assert await robot.replies(2) == [REPLIES["托位"].text, REPLIES["房子"].text]
    assert len({body["uuid"] for _, body, _ in robot.sent()}) == 2


async def test_the_token_is_fetched_once_and_again_when_it_expires(robot):
    for number in range(3):
        await robot.push(robot.event("托位", str(number)))
    await robot.replies(3)
    await robot.settled()
    robot.now += 7000
    await robot.push(robot.event("托位", "9"))
    await robot.replies(4)
    assert [path for path, *_ in robot.platform.requests].count(TOKEN_PATH) == 2


async def test_a_token_refused_is_replaced_and_the_reply_sent(robot, caplog):
    answers = [(200, {"code": 99991663}), (200, {"code": 0})]
    robot.platform.respond = lambda path, body: usual(path, body) if path == TOKEN_PATH else answers.pop(0)
    await robot.push(robot.event("托位"))
    await until_postponed(caplog, 1)
    robot.now += 60
    await robot.settled()
    first, second = robot.sent()
    assert first[1] == second[1]
    assert [path for path, *_ in robot.platform.requests].count(TOKEN_PATH) == 2


@pytest.mark.parametrize("trouble", [(429, {}), (500, {}), (200, {"code": 99991400})])
async def test_a_reply_that_did_not_get_through_is_sent_later(robot, caplog, trouble):
    answers = [trouble, (200, {"code": 0})]
    robot.platform.respond = lambda path, body: usual(path, body) if path == TOKEN_PATH else answers.pop(0)
    await robot.push(robot.event("托位"))
    await until_postponed(caplog, 1)
    robot.now += 60
    await robot.settled()
    assert len(robot.sent()) == 2
    assert robot.answering.texts == ["托位"]


async def test_a_reply_feishu_refuses_is_given_up(robot):
    robot.platform.respond = lambda path, body: (
        usual(path, body) if path == TOKEN_PATH else (200, {"code": 230002})
    )
    await robot.push(robot.event("托位"))
    await robot.settled()
    assert len(robot.sent()) == 1


async def test_what_is_no_text_gets_a_kind_word(robot):
    await robot.push(robot.event("", message_type="image", content='{"image_key": "k"}'))
    assert await robot.replies(1) == ["请用文字告诉我。"]


RECORDED = Path(__file__).parent.parent / "recorded" / "feishu"
POSTS = {
    "post_of_one_line": "救命，家里着火了",
    "post_with_title_link_and_picture": "想问托位\n看了这个网页还是不懂\n\n一年多少钱",
    "post_in_two_languages": "家里着火了怎么办",
    "post_of_a_picture_alone": "",
}


@pytest.mark.parametrize(("name", "heard"), POSTS.items(), ids=POSTS)
async def test_the_words_of_a_post_are_heard(robot, name, heard):
    event = json.loads((RECORDED / f"{name}.json").read_text("utf-8"))
    await robot.push(event)
    assert len(await robot.replies(1)) == 1
    assert robot.answering.texts == [heard]


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "7", "{}", '{"content": 7}', '{"content": [7, null, [7, null, {}, {"text": 7}]]}']
    + ['{"zh_cn": {}}', '{"zh_cn": {"title": 7, "content": []}}', "[" * 100_000],
    ids=range(10),
)
async def test_a_post_that_cannot_be_read_gets_a_kind_word(robot, content):
    await robot.push(robot.event("", message_type="post", content=content))
    assert await robot.replies(1) == ["请用文字告诉我。"]


async def test_other_events_are_only_acknowledged(robot):
    assert (await robot.push(robot.event("托位", kind="im.chat.member.bot.added_v1"))).status_code == 200
    assert await robot.inbox.waiting(NOW) == {}


@pytest.mark.parametrize("sign", ["", "0" * 64])
async def test_a_wrong_signature_is_refused(robot, sign):
    assert (await robot.push(robot.event("托位"), sign=sign)).status_code == 403
    assert await robot.inbox.waiting(NOW) == {}


async def test_a_wrong_token_or_key_is_refused(robot):
    assert (await robot.push(robot.event("托位", token="wrong"))).status_code == 403
    assert (await robot.push(robot.event("托位"), key="another")).status_code in (400, 403)


@pytest.mark.parametrize("off", [-301, 301])
async def test_what_is_stale_is_refused(robot, off):
    stamp = str(int(robot.now + off))
    assert (await robot.push(robot.event("托位"), stamp=stamp)).status_code == 403


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{", "{}", '{"encrypt": 1}', '{"encrypt": "AAAA"}', '{"encrypt": "%"}', '{"type": "x"}'],
)
async def test_what_is_malformed_is_refused(robot, body):
    assert (await robot.push(body)).status_code == 400


@pytest.mark.parametrize("data", [{}, {"header": {}}, {"header": {"event_id": 1}}, b"[]", b"\xff"])
async def test_what_is_sealed_but_no_event_is_refused(robot, data):
    assert (await robot.push(data)).status_code == 400


@pytest.mark.parametrize("event", [None, [], {}, {"message": {}}, {"message": {"message_id": 1}}])
async def test_an_event_without_a_message_is_refused(robot, event):
    assert (await robot.push({**robot.event(""), "event": event})).status_code == 400


async def test_what_is_too_long_is_refused(robot):
    assert (await robot.push("x" * (LONGEST_BODY + 1))).status_code == 413


def test_the_documented_vector_opens():
    # The example of Feishu's own documentation of the encrypt key.
    assert feishu.opened("P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk=", "test key") == b"hello world"


def test_a_long_reply_is_split_and_loses_nothing():
    text = "政策如下,**请打**12345。\n" * 2000
    parts = [shown(payload) for payload in feishu.payloads(Reply(text, "answered"))]
    assert len(parts) > 1
    assert "\n".join(parts) == text.strip()
