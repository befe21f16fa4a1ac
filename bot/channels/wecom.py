"""WeCom (企业微信), always encrypted: https://developer.work.weixin.qq.com/document."""

import time
from collections.abc import Callable

from bot.channels.envelope import Envelope, check_signature
from bot.channels.tencent import Conversation
from bot.channels.webhook import Hook, Request, Response, check_age
from bot.channels.wechat import answer_sealed

CHANNEL = "wecom"
PATH = "/hooks/wecom"


class Door:
    """The agent's door."""

    def __init__(
        self,
        token: str,
        conversation: Conversation,
        envelope: Envelope,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._token = token
        self._conversation = conversation
        self._envelope = envelope
        self._clock = clock

    @property
    def hook(self) -> Hook:
        """Where WeCom pushes to."""
        return Hook(PATH, self.receive, ("GET", "POST"))

    async def receive(self, request: Request) -> Response:
        """Answer the platform's check of the address (GET), and messages (POST)."""
        query = request.query
        timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        check_age(timestamp, self._clock())
        if request.method == "GET":
            echo = query.get("echostr", "")
            check_signature(query.get("msg_signature", ""), self._token, timestamp, nonce, echo)
            return Response(self._envelope.open(echo))
        now = int(self._clock())
        return await answer_sealed(request, self._token, self._envelope, self._conversation, now)
