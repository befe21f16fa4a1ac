"""WeChat Official Account: https://developers.weixin.qq.com/doc/offiaccount, plain and AES mode."""

import secrets
import time
from collections.abc import Callable
from typing import Any

from bot.channels.envelope import Envelope, check_signature, signature
from bot.channels.tencent import Conversation
from bot.channels.webhook import Hook, RefusedError, Request, Response, check_age
from bot.channels.xml import read_xml, write_xml

CHANNEL = "wechat"
PATH = "/hooks/wechat"
_XML = "application/xml"
_MOST_KEYS, _MOST_SUB_KEYS = 3, 5


class Door:
    """The account's door; with an `envelope` it takes nothing that is not encrypted."""

    def __init__(
        self,
        token: str,
        conversation: Conversation,
        envelope: Envelope | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._token = token
        self._conversation = conversation
        self._envelope = envelope
        self._clock = clock

    @property
    def hook(self) -> Hook:
        """Where WeChat pushes to."""
        return Hook(PATH, self.receive, ("GET", "POST"))

    async def receive(self, request: Request) -> Response:
        """Answer the platform's check of the address (GET), and messages (POST)."""
        query = request.query
        timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        check_age(timestamp, self._clock())
        if request.method == "GET":
            check_signature(query.get("signature", ""), self._token, timestamp, nonce)
            return Response(query.get("echostr", ""))
        if self._envelope:
            now = int(self._clock())
            return await answer_sealed(request, self._token, self._envelope, self._conversation, now)
        check_signature(query.get("signature", ""), self._token, timestamp, nonce)
        return Response(await self._conversation.reply(read_xml(request.body)), _XML)


async def answer_sealed(
    request: Request, token: str, envelope: Envelope, conversation: Conversation, now: int
) -> Response:
    """Open an encrypted push and answer it encrypted; an empty response where there is nothing to say."""
    reply = await conversation.reply(opened(request, token, envelope))
    return Response(sealed(reply, token, envelope, now) if reply else "", _XML)


def opened(request: Request, token: str, envelope: Envelope) -> dict[str, str]:
    """The message inside an encrypted push. Refused with 403 where its signature is wrong."""
    encrypted = read_xml(request.body).get("Encrypt", "")
    if not encrypted:
        raise RefusedError(400, "not encrypted")
    query = request.query
    timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
    check_signature(query.get("msg_signature", ""), token, timestamp, nonce, encrypted)
    return read_xml(envelope.open(encrypted).encode())


def sealed(reply: str, token: str, envelope: Envelope, now: int) -> str:
    """A reply encrypted and signed."""
    encrypted, nonce = envelope.seal(reply), secrets.token_hex(8)
    fields: dict[str, str | int] = {
        "Encrypt": encrypted,
        "MsgSignature": signature(token, str(now), nonce, encrypted),
        "TimeStamp": now,
        "Nonce": nonce,
    }
    return write_xml(fields)


def menu(names: list[str], titles: list[str]) -> dict[str, Any]:
    """The menu as the platform takes it: at most three keys, five below each. Pressing one says its name.

    `names` are put below the `titles` as evenly as they go, four domains or fewer below each of three.
    """
    rows = min(len(titles), _MOST_KEYS)
    size = -(-len(names) // rows)
    if size > _MOST_SUB_KEYS:
        raise ValueError(f"{len(names)} names do not fit a menu of {rows} keys")
    groups = [names[i : i + size] for i in range(0, len(names), size)]
    return {
        "button": [
            {"name": title, "sub_button": [{"type": "click", "name": n, "key": n} for n in group]}
            for title, group in zip(titles, groups, strict=False)
        ]
    }
