"""Replies given in the answer to Telegram's push: acknowledgement and reply are one act.

Telegram takes one method out of the answer to a push, and pushes an update again until it has an answer
(https://core.telegram.org/bots/api#making-requests-when-getting-updates). So the reply is worked out while
Telegram waits, stored under the update's key, and given; pushed again, the update finds it there, and the
same is given again, whichever replica it reaches. At no moment could a kill double a reply or lose it.

The key is unique in the inbox, and whoever comes first decides for all: given in the answer, or left to the
worker. Left to it is what one answer does not hold, or what a repeat of does no harm:

- a button's answer, which edits its message; where that turns out to be gone, another is sent instead;
- a reply of several messages: of what 甬问 says none is, as Telegram takes 4096 characters;
- what could not be worked out for a fault of ours, so that it is tried again and given up in the end.

Nothing else is: where the database is slow, something before it in the chat still waits, or Telegram would
take no more just now, the push is refused, and Telegram, who keeps an update for a day, pushes it later.
What becomes of a reply given Telegram does not tell: one it refuses is not repeated.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from telegram import Update

from bot.channels.inbox import Call, Inbox, PlanCalls, Worker
from bot.channels.webhook import PushRefusedError
from bot.errors import StoreError
from bot.messages import Incoming, Rate

log = logging.getLogger("yongwen.telegram")

Pace = Callable[[str, Rate], Awaitable[int]]
"""Counts one more of a name; the seconds to wait where that is more often than the rate, else 0."""

# https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
_IN_ALL = Rate(30, 1)
_IN_A_GROUP = Rate(20, 60)
_IN_A_CHAT = Rate(10, 10)
_PATIENCE = 5.0  # seconds; a reply takes milliseconds, so that more means trouble
_SEND = "sendMessage"


class Responder:
    """Answers updates in the answer to their push; `worker` sees to what cannot be."""

    def __init__(
        self,
        inbox: Inbox,
        worker: Worker,
        plan: PlanCalls,
        pace: Pace,
        *,
        clock: Callable[[], float] = time.time,
        patience: float = _PATIENCE,
    ) -> None:
        self._inbox = inbox
        self._worker = worker
        self._plan = plan
        self._pace = pace
        self._clock = clock
        self._patience = patience

    async def respond(self, incoming: Incoming) -> dict[str, Any]:
        """What to say in the answer to an update's push: a method with its parameters, or nothing.

        Raises PushRefusedError where it had better be pushed again, StoreError where the database is away.
        """
        if Update.INLINE_QUERY in incoming.payload:
            return _said(await self._in_time(incoming))  # it changes nothing, so that it may be asked again
        standing = await self._inbox.standing(self._worker.channel, incoming, self._clock())
        if standing.known:
            return _said(standing.given, incoming.lane)
        if wait := standing.wait or await self._crowded(incoming.lane):
            raise PushRefusedError(429, "not just now", wait)
        return _said(await self._settled(incoming), incoming.lane)

    async def _crowded(self, chat: str) -> int:
        """The seconds until Telegram takes one more message of us: what it refuses would be lost."""
        each = _IN_A_GROUP if chat.startswith("-") else _IN_A_CHAT
        channel = self._worker.channel
        return await self._pace(f"{channel}/{chat}", each) or await self._pace(channel, _IN_ALL)

    async def _settled(self, incoming: Incoming) -> Sequence[Call]:
        """Work out what an update asks for, and store it; returns what is given, whoever came first."""
        try:
            calls = await self._in_time(incoming)
        except (PushRefusedError, StoreError):
            raise
        except Exception:
            log.exception("an update could not be answered at once")
            await self._worker.receive([incoming])
            return (await self._inbox.standing(self._worker.channel, incoming, self._clock())).given
        if len(calls) > 1 or any(call["method"] != _SEND for call in calls):
            return await self._worker.settle(incoming, calls, given=False)
        return await self._worker.settle(incoming, [_nameless(call) for call in calls], given=True)

    async def _in_time(self, incoming: Incoming) -> Sequence[Call]:
        try:
            async with asyncio.timeout(self._patience):
                return await self._plan(incoming.payload)
        except TimeoutError:
            raise PushRefusedError(503, "not worked out in time", 1) from None


def _nameless(call: Call) -> Call:
    """A call without the chat it goes to: what is kept of a given reply names nobody."""
    return {**call, "data": {key: value for key, value in call["data"].items() if key != "chat_id"}}


def _said(calls: Sequence[Call], chat: str = "") -> dict[str, Any]:
    """A call as the answer to a push, to the chat the push came from; nothing where there is none."""
    if not calls:
        return {}
    (call,) = calls
    to = {"chat_id": int(chat)} if chat else {}
    return {"method": call["method"], **to, **call["data"]}
