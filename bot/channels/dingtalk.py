"""DingTalk robot by HTTP: https://open.dingtalk.com/document, signed messages and encrypted events."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from bot.channels.base import plain
from bot.channels.envelope import Envelope, check_signature, signature
from bot.channels.inbox import Call, DelayedError, Inbox, UndeliverableError, Worker
from bot.channels.push_replies import PushReplies
from bot.channels.rest import Rest
from bot.channels.splitting import split
from bot.channels.webhook import (
    JSON,
    Hook,
    PushRefusedError,
    Request,
    Response,
    as_json,
    check_age,
    read_json,
    same,
)
from bot.messages import Answer, Incoming, Message, Reply

CHANNEL = "dingtalk"
PATH = "/hooks/dingtalk"
EVENTS_PATH = "/hooks/dingtalk/events"
API = "https://oapi.dingtalk.com"
_MOST_BYTES = 18_000  # of a message, below what the platform takes
_LATER = (-1, 130101)  # it is busy; more messages a minute than it takes
_MILLISECOND = 0.001  # in seconds, as the platform's timestamps count


def payloads(reply: Reply) -> list[dict[str, Any]]:
    """The reply as messages DingTalk takes: text shows as it is, and numbers can be touched."""
    return [{"msgtype": "text", "text": {"content": part}} for part in split(plain(reply), _MOST_BYTES)]


def signed(timestamp: str, secret: str) -> str:
    """The signature of a push: HMAC-SHA-256 of timestamp and secret, in base64."""
    text = f"{timestamp}\n{secret}".encode()
    return base64.b64encode(hmac.new(secret.encode(), text, hashlib.sha256).digest()).decode()


class DingTalkRobot:
    """The robot: its pushes stored, its replies sent to where the push says, at `api` alone."""

    def __init__(
        self,
        secret: str,
        answer: Answer,
        inbox: Inbox,
        rest: Rest,
        api: str = API,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._secret = secret
        self._answer = answer
        self._rest = rest
        self._api = urlsplit(api)
        self._clock = clock
        self._replies = PushReplies(inbox, CHANNEL, clock)
        self.worker = Worker(inbox, CHANNEL, self._plan, self._make, clock=clock)

    @property
    def hooks(self) -> Sequence[Hook]:
        """Where DingTalk pushes messages to."""
        return (Hook(PATH, self.receive),)

    async def receive(self, request: Request) -> Response:
        """Take a message: answered at once where it names no address to answer to, else stored first."""
        timestamp = request.headers.get("timestamp", "")
        check_age(timestamp, self._clock(), _MILLISECOND)
        if not same(request.headers.get("sign", ""), signed(timestamp, self._secret)):
            raise PushRefusedError(403, "wrong signature")
        message = read_json(request.body)
        if not isinstance(message.get("msgId"), str) or not isinstance(message.get("senderId"), str):
            raise PushRefusedError(400, "no message")
        if not message.get("sessionWebhook"):
            return Response(await self._replies.once(message["msgId"], lambda: self._direct(message)), JSON)
        if not self._is_theirs(str(message["sessionWebhook"])):
            raise PushRefusedError(403, "to be answered elsewhere than at DingTalk")
        lane = str(message.get("conversationId", ""))
        number = int(self._clock() * 1000)
        await self.worker.receive([Incoming(message["msgId"], lane, number, message, message["senderId"])])
        return as_json({})

    async def _direct(self, message: Mapping[str, Any]) -> str:
        (payload, *_) = payloads(await self._answer(_message(message)))
        return json.dumps(payload, ensure_ascii=False)

    def _is_theirs(self, address: str) -> bool:
        """The signature covers no body: an address to send replies to is taken from DingTalk's host alone."""
        parts = urlsplit(address)
        return (parts.scheme, parts.netloc) == (self._api.scheme, self._api.netloc)

    async def _plan(self, payload: Mapping[str, Any]) -> Sequence[Call]:
        reply = await self._answer(_message(payload))
        expires = float(payload.get("sessionWebhookExpiredTime") or 0) * _MILLISECOND
        to = {"url": payload["sessionWebhook"], "expires": expires}
        return [{**to, "body": body} for body in payloads(reply)]

    async def _make(self, call: Call, _again: bool) -> None:
        if call["expires"] and call["expires"] < self._clock():
            raise UndeliverableError("the address to answer to has expired")
        answered = await self._rest.post(call["url"], call["body"])
        code = answered.get("errcode")
        if code in _LATER:
            raise DelayedError(f"DingTalk asks for patience: {code}")
        if code:
            raise UndeliverableError(f"DingTalk refused a reply: {code}")


def _message(payload: Mapping[str, Any]) -> Message:
    """In a group the robot is told only what mentions it, without the mention."""
    person, chat = str(payload.get("senderId", "")), str(payload.get("conversationId", ""))
    return Message(_heard(payload), f"{chat}:{person}", CHANNEL, person, str(payload.get("msgId", "")))


def _heard(payload: Mapping[str, Any]) -> str:
    """The text, plain or rich, or what a voice message was recognised as; empty for a picture."""
    match payload:
        case {"text": {"content": str(text)}} if text.strip():
            return text.strip()
        case {"content": {"recognition": str(text)}}:
            return text.strip()
        case {"content": {"richText": list(parts)}}:
            return "".join(map(_part_text, parts)).strip()
    return ""


def _part_text(part: Any) -> str:
    """The words of a part of a rich text; a picture, which has none, ends the line."""
    text = part.get("text") if isinstance(part, dict) else None
    return text if isinstance(text, str) else "\n"


class Events:
    """The encrypted event callback: checked, read, and acknowledged as the platform wants it."""

    def __init__(self, token: str, envelope: Envelope, clock: Callable[[], float] = time.time) -> None:
        self._token = token
        self._envelope = envelope
        self._clock = clock

    @property
    def hook(self) -> Hook:
        """Where DingTalk pushes events to."""
        return Hook(EVENTS_PATH, self.receive)

    async def receive(self, request: Request) -> Response:
        """Acknowledge an event; none changes what we answer, so a repeated one does no harm."""
        query = request.query
        timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        check_age(timestamp, self._clock(), _MILLISECOND)
        encrypted = read_json(request.body).get("encrypt")
        if not isinstance(encrypted, str):
            raise PushRefusedError(400, "not encrypted")
        given = query.get("msg_signature") or query.get("signature", "")
        check_signature(given, self._token, timestamp, nonce, encrypted)
        read_json(self._envelope.open(encrypted).encode())
        return as_json(self.acknowledgement())

    def acknowledgement(self) -> dict[str, str]:
        """The word `success`, encrypted and signed."""
        sealed, nonce = self._envelope.seal("success"), secrets.token_hex(8)
        now = str(int(self._clock() / _MILLISECOND))
        return {
            "msg_signature": signature(self._token, now, nonce, sealed),
            "timeStamp": now,
            "nonce": nonce,
            "encrypt": sealed,
        }
