"""Answering what is in the inbox: each update once, each chat in its order, across restarts and replicas.

A stored update is leased, answered into *calls* to the messenger, the calls are stored, and only then made,
each noted as it is done. Whatever dies on the way, the lease ends and another worker carries on from there:

- before the calls are stored: the update is answered anew, nothing was sent;
- after a call is noted: that call is never made again;
- between a call and its note, or where the messenger's answer to a call is lost on the way: nobody can know
  whether the messenger has it. The call is made again (`again` is then True): a resident who reads something
  twice is served better than one who waits for a call that never comes. Where the messenger tells of
  repeats — an edit that changes nothing, an idempotency key — even that repeat shows nothing.

So no reply is lost, and each call is made once but for those under way, MOST_AT_ONCE at the most, when a
worker is killed, is cut off from the database for longer than a lease, or loses the network. No order of
calls and notes takes that exception away: a note before the call would turn the reply that may come twice
into one that may never come, and Telegram's Bot API neither takes a key with a message nor tells which ones
it has. A reply given in the answer to the push has no such moment: see bot/channels/telegram_response.py.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any, Protocol

from bot.errors import StoreError
from bot.messages import Incoming, Leased, Standing

log = logging.getLogger("yongwen.inbox")

Call = dict[str, Any]
"""One request to the messenger, as JSON: made by a channel's `plan`, understood by its `make`."""

LEASE_SECONDS = 15.0
_RENEWED_BEFORE = 10.0  # seconds before a lease ends
_NOTING_PAUSE = 0.5  # seconds between two tries to note a call
MOST_AT_ONCE = 8
"""Updates answered at the same time. No more can have been sent and not noted when a worker is killed; at a
quarter of a second each these still are all the messages Telegram takes from a bot."""
_LONGEST_PAUSE = 60.0  # seconds between two tries of a call; they double from one second
_MOST_FAULTS = 3  # tries of an update that our own code fails on
_SECONDS_TO_FINISH = 10.0
_NOTING_TRIES = 240  # two minutes, far longer than a lease
_GIVEN_UP_SECONDS = 24 * 3600.0
REMEMBERED_SECONDS = 2 * 24 * 3600.0
"""Longer than any messenger offers an update again."""
_HOUSEKEEPING_SECONDS = 600.0


class Inbox(Protocol):
    """What a worker needs of the store; times are seconds since 1970."""

    async def add(self, channel: str, incoming: Sequence[Incoming], now: float) -> None:
        """Store what is new."""

    async def claim(self, channel: str, owner: str, now: float, until: float, most: int) -> list[Leased]:
        """Lease what is due, at most one of each chat."""

    async def claim_one(
        self, channel: str, incoming: Incoming, owner: str, now: float, until: float
    ) -> Leased | None:
        """Store and lease one; None while somebody else has it."""

    async def standing(self, channel: str, incoming: Incoming, now: float) -> Standing:
        """How an update stands."""

    async def settle(
        self, channel: str, incoming: Incoming, calls: Sequence[Any], now: float, *, given: bool
    ) -> list[Any]:
        """Store what is new with its calls, given or to be made; returns what was given."""

    async def plan(self, id_: int, owner: str, calls: Sequence[Any]) -> bool:
        """Keep the calls; False where the lease was lost."""

    async def advance(self, id_: int, made: int) -> None:
        """Note how many calls are made."""

    async def finish(self, id_: int, now: float, keep: bool = False) -> None:
        """Answered."""

    async def postpone(self, id_: int, owner: str, due_at: float) -> None:
        """Give the lease back until a time."""

    async def renew(self, owner: str, ids: Sequence[int], until: float) -> set[int]:
        """Lengthen leases; returns those still held."""

    async def keep(self, channel: str, name: str, values: Sequence[Any], now: float) -> None:
        """Keep values under a name, in place of those before."""

    async def kept(self, channel: str, name: str) -> list[Any]:
        """The values kept under a name."""

    async def drop(self, channel: str, lane: str, now: float) -> None:
        """Be done with all that waits for a chat."""

    async def forget_before(self, when: float) -> None:
        """Delete what is old."""


class DelayedError(Exception):
    """A call did not get through: to be made again, not before `after` seconds. Caught by the worker."""

    def __init__(self, why: str, after: float = 0.0) -> None:
        super().__init__(why)
        self.after = after


class UndeliverableError(Exception):
    """A call will never get through; where a whole chat is lost, `lane` names it. Caught by the worker."""

    def __init__(self, why: str, lane: str | None = None) -> None:
        super().__init__(why)
        self.lane = lane


PlanCalls = Callable[[Mapping[str, Any]], Awaitable[Sequence[Call]]]
MakeCall = Callable[[Call, bool], Awaitable[None]]


class Worker:
    """Answers the updates of one channel for as long as `run` runs.

    `plan` turns a payload into calls; `make` makes one, told whether it may have been made before, and raises
    DelayedError or UndeliverableError.
    """

    def __init__(
        self,
        inbox: Inbox,
        channel: str,
        plan: PlanCalls,
        make: MakeCall,
        *,
        clock: Callable[[], float] = time.time,
        poll: float = 0.5,
    ) -> None:
        self.channel = channel
        self._inbox = inbox
        self._plan = plan
        self._make = make
        self._clock = clock
        self._poll = poll
        self._owner = secrets.token_hex(16)
        self._leases: dict[int, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._stopping = False
        self._over = asyncio.Event()

    async def receive(self, incoming: Sequence[Incoming]) -> None:
        """Store updates; only when this returns may they be acknowledged. StoreError where it fails."""
        await self._inbox.add(self.channel, incoming, self._clock())
        self._wake.set()

    async def settle(self, incoming: Incoming, calls: Sequence[Call], *, given: bool) -> list[Call]:
        """Store an update with its calls, `given` or to be made here; returns what was given for it."""
        found = await self._inbox.settle(self.channel, incoming, calls, self._clock(), given=given)
        self._wake.set()
        return found

    async def run(self) -> None:
        """Answer until `stop`; a database that is away is waited for."""
        aside = {asyncio.create_task(self._keep_leases()), asyncio.create_task(self._keep_house())}
        try:
            while not self._stopping:
                self._wake.clear()
                if not await self._start_due():
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._wake.wait(), self._poll)
            if self._tasks:
                await asyncio.wait(set(self._tasks))
        finally:
            for task in self._tasks:
                task.cancel()
            # Not cancelled: cut off in the middle of a query, they would leave a broken connection behind.
            self._over.set()
            await asyncio.wait(aside | self._tasks)

    def stop(self) -> None:
        """Begin nothing more; `run` returns once what is begun is done."""
        self._stopping = True
        self._wake.set()

    async def _start_due(self) -> int:
        """Begin with what is due; returns how much that was."""
        free = MOST_AT_ONCE - len(self._tasks)
        if free <= 0:
            return 0
        now = self._clock()
        try:
            due = await self._inbox.claim(self.channel, self._owner, now, now + LEASE_SECONDS, free)
        except StoreError as error:
            log.error("%s: updates wait: %s", self.channel, error)
            return 0
        except Exception:  # the channel would fall silent until the next start
            log.exception("%s: updates wait for a fault of ours", self.channel)
            return 0
        for leased in due:
            if leased.id in self._leases:  # our own lease ran out while its database was away
                continue
            self._leases[leased.id] = now + LEASE_SECONDS
            task = asyncio.create_task(self._answer(leased))
            self._tasks.add(task)
            task.add_done_callback(self._done)
        return len(due)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._wake.set()

    async def _answer(self, leased: Leased) -> None:
        try:
            await self._carry_out(leased)
        except DelayedError as error:
            await self._later(leased, error)
        except UndeliverableError as error:
            log.info("%s: a reply is not wanted any more: %s", self.channel, error)
            await self._give_up(leased, error.lane)
        except StoreError as error:
            log.error("%s: an update waits: %s", self.channel, error)
        except Exception:
            log.exception("%s: an update could not be answered", self.channel)
            await self._later(leased, DelayedError("a fault of ours"), leased.tries >= _MOST_FAULTS)
        finally:
            self._leases.pop(leased.id, None)

    async def _carry_out(self, leased: Leased) -> None:
        calls = leased.calls
        if calls is None:
            calls = list(await self._plan(leased.payload or {}))
            if not await self._inbox.plan(leased.id, self._owner, calls):
                return
        for number in range(leased.made, len(calls)):
            if not self._leased(leased.id) or self._stopping:
                break
            again = leased.calls is not None and leased.tries > 1 and number == leased.made
            await self._make(calls[number], again)
            if number + 1 < len(calls):
                await self._note(partial(self._inbox.advance, leased.id, number + 1))
        else:
            await self._note(lambda: self._inbox.finish(leased.id, self._clock()))
            return
        await self._inbox.postpone(leased.id, self._owner, self._clock())

    async def _note(self, noting: Callable[[], Awaitable[None]]) -> None:
        """Note what is done, even where somebody stops us just now or the database is away for a while."""
        await asyncio.shield(asyncio.ensure_future(_until_noted(noting)))

    def _leased(self, id_: int) -> bool:
        return self._clock() < self._leases.get(id_, 0.0)

    async def _later(self, leased: Leased, error: DelayedError, hopeless: bool = False) -> None:
        now = self._clock()
        if hopeless or now - leased.received_at > _GIVEN_UP_SECONDS:
            log.error("%s: a reply is given up after %d tries: %s", self.channel, leased.tries, error)
            await self._give_up(leased, None)
            return
        pause = max(error.after, min(2.0 ** min(leased.tries - 1, 10), _LONGEST_PAUSE))
        log.warning("%s: a reply is tried again in %.0f s: %s", self.channel, pause, error)
        with suppress(StoreError):
            await self._inbox.postpone(leased.id, self._owner, now + pause)

    async def _give_up(self, leased: Leased, lane: str | None) -> None:
        with suppress(StoreError):
            await self._inbox.finish(leased.id, self._clock())
            if lane is not None:
                await self._inbox.drop(self.channel, lane, self._clock())

    async def _keep_leases(self) -> None:
        """A long wait — for Telegram's patience, for a slow network — must not cost us the lease."""
        while not await self._is_over(LEASE_SECONDS - _RENEWED_BEFORE):
            until = self._clock() + LEASE_SECONDS
            if not self._leases:
                continue
            try:
                held = await self._inbox.renew(self._owner, list(self._leases), until)
            except StoreError as error:
                log.error("%s: leases are not renewed: %s", self.channel, error)
                continue
            for id_ in self._leases:
                self._leases[id_] = until if id_ in held else 0.0

    async def _keep_house(self) -> None:
        over = False
        while not over:
            try:
                await self._inbox.forget_before(self._clock() - REMEMBERED_SECONDS)
            except StoreError as error:
                log.error("%s: old updates are not deleted: %s", self.channel, error)
            over = await self._is_over(_HOUSEKEEPING_SECONDS)

    async def _is_over(self, seconds: float) -> bool:
        """Wait for so long, or until there is nothing more to do."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), seconds)
        return self._over.is_set()


@asynccontextmanager
async def at_work(worker: Worker) -> AsyncIterator[None]:
    """Answer for the length of the context; what is begun at its end gets a while to finish."""
    task = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        worker.stop()
        await asyncio.wait({task}, timeout=_SECONDS_TO_FINISH)
        task.cancel()
        await asyncio.wait({task})


async def _until_noted(noting: Callable[[], Awaitable[None]]) -> None:
    """What is sent must not be sent again by whoever comes next: worth more than one try."""
    for _ in range(_NOTING_TRIES):
        try:
            return await noting()
        except StoreError as error:
            log.error("what was done is not noted yet: %s", error)
            await asyncio.sleep(_NOTING_PAUSE)
    return None
