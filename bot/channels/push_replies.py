"""Messengers that take the reply in the answer to their push, push again when it is late, and take only one.

The first push makes the reply and stores it; every further push of the same message gets the same reply,
whichever replica it reaches. What does not fit one message is kept for when the resident asks for more.
"""

import asyncio
import hashlib
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence

from bot.channels.inbox import Inbox
from bot.channels.webhook import PushRefusedError
from bot.messages import Incoming, Leased

_LEASE_SECONDS = 4.0
"""Shorter than the five seconds after which the same message is pushed again."""
_POLL_SECONDS = 0.1


class PushReplies:
    """The replies of one channel, each made once. `patience` is how long to wait for another replica's."""

    def __init__(
        self, inbox: Inbox, channel: str, clock: Callable[[], float] = time.time, patience: float = 4.0
    ) -> None:
        self._inbox = inbox
        self._channel = channel
        self._clock = clock
        self._tries = max(1, round(patience / _POLL_SECONDS))
        self._owner = secrets.token_hex(16)

    async def once(self, key: str, make: Callable[[], Awaitable[str]]) -> str:
        """The reply to the message of this key. Refused with 503 while somebody else is still making it."""
        one = Incoming(_hashed(key), "", 0, {})
        for _ in range(self._tries):
            now = self._clock()
            leased = await self._inbox.claim_one(self._channel, one, self._owner, now, now + _LEASE_SECONDS)
            if leased and (reply := await self._reply(leased, make)) is not None:
                return reply
            await asyncio.sleep(_POLL_SECONDS)
        raise PushRefusedError(503, "another replica is still at it")

    async def _reply(self, leased: Leased, make: Callable[[], Awaitable[str]]) -> str | None:
        if leased.calls is not None:
            return str(leased.calls[0])
        reply = await make()
        if not await self._inbox.plan(leased.id, self._owner, [reply]):
            return None
        await self._inbox.finish(leased.id, self._clock(), keep=True)
        return reply

    async def keep(self, person: str, pages: Sequence[str]) -> None:
        """Keep the further pages of a person's last reply; none forgets those before."""
        await self._inbox.keep(self._channel, _hashed(f"pages\0{person}"), pages, self._clock())

    async def kept(self, person: str) -> list[str]:
        """The further pages of a person's last reply."""
        return await self._inbox.kept(self._channel, _hashed(f"pages\0{person}"))


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
