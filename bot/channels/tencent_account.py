"""A WeChat or WeCom account: pushes checked, opened, answered, and the answer sealed."""

import secrets
import time
from collections.abc import Callable, Mapping

from bot.channels.envelope import Envelope, check_signature, signature
from bot.channels.tencent import TencentConversation
from bot.channels.webhook import Hook, PushRefusedError, Request, Response, check_age
from bot.channels.xml import read_xml, write_xml

_XML = "application/xml"


class TencentAccount:
    """One account. With an `envelope` it takes no message that is not encrypted.

    `echo_sealed`: the platform's check of the address is encrypted too (WeCom), not only signed (WeChat).
    """

    def __init__(
        self,
        path: str,
        token: str,
        conversation: TencentConversation,
        envelope: Envelope | None,
        clock: Callable[[], float] = time.time,
        *,
        echo_sealed: bool = False,
    ) -> None:
        self._path = path
        self._token = token
        self._conversation = conversation
        self._envelope = envelope
        self._clock = clock
        self._echo_envelope = envelope if echo_sealed else None

    @property
    def hook(self) -> Hook:
        """Where the platform pushes to."""
        return Hook(self._path, self.receive, ("GET", "POST"))

    async def receive(self, request: Request) -> Response:
        """Answer the platform's check of the address (GET), and messages (POST)."""
        check_age(request.query.get("timestamp", ""), self._clock())
        if request.method == "GET":
            return Response(self._echo(request.query))
        reply = await self._conversation.reply(self._opened(request))
        return Response(self._sealed(reply) if reply else "", _XML)

    def _echo(self, query: Mapping[str, str]) -> str:
        echo = query.get("echostr", "")
        if self._echo_envelope is None:
            self._check(query, "signature")
            return echo
        self._check(query, "msg_signature", echo)
        return self._echo_envelope.open(echo)

    def _opened(self, request: Request) -> dict[str, str]:
        """The message in a push."""
        if self._envelope is None:
            self._check(request.query, "signature")
            return read_xml(request.body)
        encrypted = read_xml(request.body).get("Encrypt", "")
        if not encrypted:
            raise PushRefusedError(400, "not encrypted")
        self._check(request.query, "msg_signature", encrypted)
        return read_xml(self._envelope.open(encrypted).encode())

    def _check(self, query: Mapping[str, str], name: str, *encrypted: str) -> None:
        """Refuse with 403 what the parameter of this name does not sign."""
        stamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        check_signature(query.get(name, ""), self._token, stamp, nonce, *encrypted)

    def _sealed(self, reply: str) -> str:
        """A reply as it goes out: encrypted and signed where there is an envelope."""
        if self._envelope is None:
            return reply
        encrypted, nonce, now = self._envelope.seal(reply), secrets.token_hex(8), int(self._clock())
        fields: dict[str, str | int] = {
            "Encrypt": encrypted,
            "MsgSignature": signature(self._token, str(now), nonce, encrypted),
            "TimeStamp": now,
            "Nonce": nonce,
        }
        return write_xml(fields)
