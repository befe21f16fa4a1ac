"""Feishu robot by HTTP: https://open.feishu.cn/document, encrypted and signed events, replies by REST."""

import hashlib
import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.channels.base import plain
from bot.channels.envelope import decoded, decrypted
from bot.channels.inbox import Call, DelayedError, Inbox, UndeliverableError, Worker
from bot.channels.rest import Rest
from bot.channels.splitting import split
from bot.channels.webhook import (
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

CHANNEL = "feishu"
PATH = "/hooks/feishu"
API = "https://open.feishu.cn"
_MOST_BYTES = 20_000  # of a message, below what the platform takes
_IV = 16  # bytes, as a block of AES
_TOKEN_EXPIRED = (99991661, 99991663, 99991664, 99991668)
_LATER = (99991400, 11232, 11233, 11247)
"""Codes that ask for patience: https://open.feishu.cn/document/server-docs/api-call-guide/generic-error-code."""
_EARLY_SECONDS = 300.0  # a token is renewed so long before it expires, and asked for so long after a refusal
_SAID = "im.message.receive_v1"
_MENTION = re.compile(r"@_(user_\d+|all)\s?")


@dataclass(frozen=True)
class App:
    """The app's own: id and secret for replies, encrypt key and verification token for events."""

    id: str
    secret: str
    encrypt_key: str
    verification_token: str
    api: str = API


def payloads(reply: Reply) -> list[dict[str, str]]:
    """The reply as messages Feishu takes: posts show text as it is, where its plain texts have markup."""
    return [_post(part) for part in split(plain(reply), _MOST_BYTES)]


def _post(text: str) -> dict[str, str]:
    lines = [[{"tag": "text", "text": line}] for line in text.split("\n")]
    content = {"zh_cn": {"title": "", "content": lines}}
    return {"msg_type": "post", "content": json.dumps(content, ensure_ascii=False)}


def opened(sealed: str, encrypt_key: str) -> bytes:
    """What is inside an encrypted event: base64(IV + AES-256-CBC), key = SHA-256 of the encrypt key."""
    data, key = decoded(sealed), hashlib.sha256(encrypt_key.encode()).digest()
    return decrypted(data[_IV:], key, data[:_IV], _IV)


def signed(timestamp: str, nonce: str, encrypt_key: str, body: bytes) -> str:
    """The signature of a push, in hexadecimal digits."""
    return hashlib.sha256(f"{timestamp}{nonce}{encrypt_key}".encode() + body).hexdigest()


class FeishuRobot:
    """The robot: its events stored, its replies sent with the app's token."""

    def __init__(
        self, app: App, answer: Answer, inbox: Inbox, rest: Rest, clock: Callable[[], float] = time.time
    ) -> None:
        self._app = app
        self._answer = answer
        self._rest = rest
        self._clock = clock
        self._token, self._token_until = "", 0.0
        self.worker = Worker(inbox, CHANNEL, self._plan, self._make, clock=clock)

    @property
    def hooks(self) -> Sequence[Hook]:
        """Where Feishu pushes events to."""
        return (Hook(PATH, self.receive),)

    async def receive(self, request: Request) -> Response:
        """Answer the platform's check of the address, and take messages: stored, then acknowledged."""
        event = self._read(request)
        if event.get("type") == "url_verification":
            self._check_token(event)
            return as_json({"challenge": str(event.get("challenge", ""))})
        self._check_signature(request)
        header = event.get("header")
        if not isinstance(header, dict) or not isinstance(header.get("event_id"), str):
            raise PushRefusedError(400, "no event")
        self._check_token(header)
        if header.get("event_type") == _SAID:
            await self.worker.receive([_incoming(header["event_id"], event.get("event"))])
        return as_json({})

    def _read(self, request: Request) -> dict[str, Any]:
        sealed = read_json(request.body).get("encrypt")
        if not isinstance(sealed, str):
            raise PushRefusedError(400, "not encrypted")
        return read_json(opened(sealed, self._app.encrypt_key))

    def _check_token(self, bearer: Mapping[str, Any]) -> None:
        if not same(str(bearer.get("token", "")), self._app.verification_token):
            raise PushRefusedError(403, "wrong verification token")

    def _check_signature(self, request: Request) -> None:
        timestamp = request.headers.get("x-lark-request-timestamp", "")
        nonce = request.headers.get("x-lark-request-nonce", "")
        check_age(timestamp, self._clock())
        expected = signed(timestamp, nonce, self._app.encrypt_key, request.body)
        if not same(request.headers.get("x-lark-signature", ""), expected):
            raise PushRefusedError(403, "wrong signature")

    async def _plan(self, payload: Mapping[str, Any]) -> Sequence[Call]:
        message = payload["message"]
        person, chat = str(payload["person"]), str(message.get("chat_id", ""))
        id_ = str(message["message_id"])
        reply = await self._answer(Message(_heard(message), f"{chat}:{person}", CHANNEL, person, id_))
        # The same uuid twice within an hour shows once: a call repeated after a crash is never seen.
        marks = (hashlib.sha256(f"{id_}/{n}".encode()).hexdigest()[:40] for n in range(99))
        return [
            {"message": id_, "body": {**body, "uuid": mark}}
            for body, mark in zip(payloads(reply), marks, strict=False)
        ]

    async def _make(self, call: Call, _again: bool) -> None:
        url = f"{self._app.api.rstrip('/')}/open-apis/im/v1/messages/{call['message']}/reply"
        headers = {"Authorization": f"Bearer {await self._tenant_token()}"}
        code = (await self._rest.post(url, call["body"], headers)).get("code")
        if code in _TOKEN_EXPIRED:
            self._token_until = 0.0
            raise DelayedError(f"Feishu's token has expired: {code}")
        if code in _LATER:
            raise DelayedError(f"Feishu asks for patience: {code}")
        if code:
            raise UndeliverableError(f"Feishu refused a reply: {code}")

    async def _tenant_token(self) -> str:
        if self._clock() >= self._token_until:
            url = f"{self._app.api.rstrip('/')}/open-apis/auth/v3/tenant_access_token/internal"
            given = await self._rest.post(url, {"app_id": self._app.id, "app_secret": self._app.secret})
            if given.get("code") or not given.get("tenant_access_token"):
                raise DelayedError(f"Feishu gives no token: {given.get('code')}", _EARLY_SECONDS)
            self._token = str(given["tenant_access_token"])
            self._token_until = self._clock() + float(given.get("expire") or 0) - _EARLY_SECONDS
        return self._token


def _incoming(event_id: str, event: Any) -> Incoming:
    message = event.get("message") if isinstance(event, dict) else None
    sender = event.get("sender") if isinstance(event, dict) else None
    if not isinstance(message, dict) or not isinstance(message.get("message_id"), str):
        raise PushRefusedError(400, "no message")
    ids = sender.get("sender_id") if isinstance(sender, dict) else None
    person = str(ids.get("open_id", "")) if isinstance(ids, dict) else ""
    created = str(message.get("create_time", ""))
    number = int(created) if created.isdecimal() and len(created) < 16 else 0
    payload = {"person": person, "message": message}
    return Incoming(event_id, str(message.get("chat_id", "")), number, payload, person)


def _heard(message: Mapping[str, Any]) -> str:
    """The words of a text or a post without its mentions; empty for a picture or a voice."""
    try:
        content = json.loads(str(message.get("content", "")))
    except (ValueError, RecursionError):
        return ""
    match message.get("message_type"), content:
        case "text", {"text": str(text)}:
            return _MENTION.sub("", text).strip()
        case "post", dict():
            return _MENTION.sub("", _post_words(content)).strip()
    return ""


def _post_words(content: Mapping[str, Any]) -> str:
    """The words of a post; of one in several languages, as such that are sent may be, in the first."""
    posts = (content, *(part for part in content.values() if isinstance(part, dict)))
    return next(filter(None, map(_words_in_one_language, posts)), "")


def _words_in_one_language(post: Mapping[str, Any]) -> str:
    title, lines = post.get("title"), post.get("content")
    said = [
        title if isinstance(title, str) else "",
        *map(_line_words, lines if isinstance(lines, list) else []),
    ]
    return "\n".join(said).strip()


def _line_words(line: Any) -> str:
    """What a line of a post says: pictures and mentions have no text of their own."""
    parts = line if isinstance(line, list) else []
    words = (p["text"] for p in parts if isinstance(p, dict) and isinstance(p.get("text"), str))
    return "".join(words).strip()
