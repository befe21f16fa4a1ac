"""One message answered: state loaded, a turn taken, state saved; and the catalogue made ready for it."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from bot.app import commands
from bot.app.commands import command_reply, is_command, with_notice
from bot.app.gate import Gate, InMemoryCounter
from bot.app.loading import load_knowledge, warm
from bot.app.memory import Memory
from bot.app.recording import Recorder
from bot.app.remembering import Turns, began_from, key_of, with_turn
from bot.channels.base import CLOSED
from bot.channels.one_by_one import OneByOne
from bot.config import Settings
from bot.conversation.expiry import as_of
from bot.conversation.knowledge import Knowledge
from bot.conversation.outcome import Outcome, said
from bot.conversation.state import State
from bot.local_time import day_of
from bot.messages import Message, Reply, Verdict
from bot.store.conversations import ConversationsInMemory

log = logging.getLogger("yongwen")


class Live(NamedTuple):
    """A release with its number, and turns of it as it may be spoken on a day. Replaced whole, by one
    assignment; a message is answered from what it found when it came.
    """

    release: int
    knowledge: Knowledge
    day: date
    turns: Turns

    @property
    def spoken(self) -> Knowledge:
        """The release, as it may be spoken on the day."""
        return self.turns.knowledge


Forgetter = Callable[[str, str], Awaitable[None]]
"""Erases what it keeps of a person in a channel, both named as in Message."""


Observe = Callable[[Message, Reply, float], None]
"""Told of each message, its reply, and the seconds it took."""


class Listeners(NamedTuple):
    """Who is told of each answer: the question log, which gives it an id, and the metrics."""

    recorder: Recorder | None = None
    observe: Observe | None = None


NOBODY = Listeners()


class _Guarded:
    """What fails in here is logged, as what could not be done with a message, and goes no further."""

    def __init__(self, done: str, message: Message) -> None:
        self._done = done
        self._channel = message.channel

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, Exception):
            return False
        log.error("a message on channel %s could not be %s", self._channel, self._done, exc_info=error)
        return True


class Yongwen:
    """Answers messages from one release of the catalogue."""

    def __init__(
        self,
        knowledge: Knowledge,
        memory: Memory,
        clock: Callable[[], float] = time.time,
        *,
        release: int = 0,
        gate: Gate | None = None,
        listeners: Listeners = NOBODY,
    ) -> None:
        self._memory = memory
        self._clock = clock
        self._recorder, self._observe = listeners
        self._gate = gate or Gate(InMemoryCounter())
        self._forgetters: list[Forgetter] = []
        self._one_by_one = asyncio.Lock()
        self._people = OneByOne()
        self.switch(release, knowledge)

    @property
    def records(self) -> bool:
        """Whether questions are kept at all."""
        return self._recorder is not None

    @property
    def kept_days(self) -> int:
        """For how many days questions are kept."""
        return self._memory.days

    @property
    def release(self) -> int:
        """The number of the release that answers."""
        return self._live.release

    @property
    def knowledge(self) -> Knowledge:
        """The release that answers, as it may be spoken today."""
        return self._today().spoken

    @property
    def today(self) -> date:
        """The day, in Ningbo, that `knowledge` is of."""
        return self._today().day

    def switch(self, release: int, knowledge: Knowledge) -> None:
        """Answer from another release, from the next message on."""
        self._live = Live(release, knowledge, date.min, Turns(knowledge, self._memory.turns))

    def _today(self) -> Live:
        live, today = self._live, day_of(self._clock())
        if live.day != today:
            spoken = as_of(live.knowledge, today)
            turns = live.turns if spoken is live.spoken else Turns(spoken, self._memory.turns)
            live = self._live = live._replace(day=today, turns=turns)
        return live

    async def answer(self, message: Message) -> Reply:
        """The reply to a message. Never raises: a failure inside becomes a kind sentence."""
        started = time.perf_counter()
        async with self._in_turn(message.channel, message.speaker):
            reply = await self._replied(message)
        return self._told(message, reply, started)

    def _in_turn(self, channel: str, person: str) -> asyncio.Lock:
        """What whoever speaks waits for: of their messages one is answered after another, in this process, or
        two would each go on from the state before both; and what is forgotten stays so. Nobody waits for
        nobody.
        """
        return self._people.of((channel, person)) if person else asyncio.Lock()

    async def _replied(self, message: Message) -> Reply:
        live, reply = self._live, None
        with _Guarded("answered", message):
            live = self._today()
            reply = await self._answered(message, live)
        return self._recorded(message, reply or self._sorry(), live.release)

    async def _answered(self, message: Message, live: Live) -> Reply:
        refusal = await self._refusal(message, live)
        if refusal is not None:
            return refusal
        reply = await command_reply(self, message)
        return reply or with_notice(self, message, await self._in_conversation(message, live.turns))

    async def glimpse(self, message: Message) -> Reply:
        """The reply to what is still being typed: nothing of it is kept, recorded or counted.

        Never raises either.
        """
        with _Guarded("answered as it is typed", message):
            live = self._today()
            closed = message.channel in self._gate.off
            refusal = await self._refusal(message, live) if closed else None
            return refusal or live.turns.glance(message, State()).reply
        return self._sorry()

    async def alarm(self, message: Message) -> Reply | None:
        """The reply to a cry for help, for whom nothing else is answered; None where the message is none.

        Never raises either.
        """
        started, cry = time.perf_counter(), None
        with _Guarded("looked through for a cry for help", message):
            cry = self._today().turns.alarm(message)
        return self._told(message, cry.reply, started) if cry else None

    def _recorded(self, message: Message, reply: Reply, release: int) -> Reply:
        """The reply, with an id where it is recorded."""
        if self._recorder is not None and _to_record(message) and not is_command(reply):
            with _Guarded("recorded", message):
                return self._recorder.put(message, reply, self._clock(), release)
        return reply

    def _told(self, message: Message, reply: Reply, started: float) -> Reply:
        """The reply, after whoever observes was told of it."""
        if self._observe is not None and _to_record(message):
            with _Guarded("observed", message):
                self._observe(message, reply, time.perf_counter() - started)
        return reply

    def _sorry(self) -> Reply:
        return said("error", "unanswered", State(), self._live.spoken.lookup).reply

    async def feedback(self, answer_id: str, verdict: Verdict, comment: str = "") -> bool:
        """Mark an answer right or wrong. False where there is no such answer, or nothing is recorded."""
        if self._recorder is None:
            return False
        return await self._recorder.feedback(answer_id, verdict, comment, self._clock())

    async def forget(self, channel: str, person: str) -> None:
        """Erase all that is kept of a person, `person` as in Message, as soon as no message of theirs is
        being answered. StoreError where it fails.
        """
        async with self._in_turn(channel, person):
            await self._forget(channel, person)

    async def forget_speaker(self, message: Message) -> None:
        """The same for whoever speaks, while this message of theirs is answered."""
        await self._forget(message.channel, message.speaker)

    async def _forget(self, channel: str, person: str) -> None:
        named = self._memory.pseudonyms.person(channel, person)
        await self._memory.states.forget(named)
        if self._recorder is not None:
            await self._recorder.forget(channel, person)
        await self._gate.forget(named)
        for forget in self._forgetters:
            await forget(channel, person)

    def on_forget(self, forget: Forgetter) -> None:
        """Have a part of the service that keeps something itself forget a person too."""
        self._forgetters.append(forget)

    async def newest_answer(self, message: Message) -> str:
        """The id of the newest answer whoever speaks was given; empty where there is none."""
        return await self._recorder.newest_answer(message) if self._recorder else ""

    async def _refusal(self, message: Message, live: Live) -> Reply | None:
        """What to say where the channel is off or the person came too often, else None. Danger goes first."""
        closed = message.channel in self._gate.off
        wait = 0 if closed else await self._gate.person(self._memory.person(message), self._clock())
        if not (closed or wait):
            return None
        if (cry := live.turns.alarm(message)) is not None:
            return cry.reply
        refusal = commands.said("channel-off" if closed else "too-often", live.spoken.lookup)
        return replace(refusal, status="unanswered", topic=CLOSED if closed else "", wait=wait)

    async def _in_conversation(self, message: Message, turns: Turns) -> Reply:
        key, now = self._memory.key(message), self._clock()
        state = began_from(await self._memory.load(key, now), message.key) if key else State()
        (reply, after), elapsed = await self._taken(message, state, turns)
        if key and after != state:
            await self._memory.save(message, with_turn(after, message.key, state), now)
        return reply.timed(elapsed)

    async def _taken(self, message: Message, state: State, turns: Turns) -> tuple[Outcome, int]:
        """A turn, and the microseconds it took.

        One turn at a time, and after each the loop is given back: a queue of turns must not keep waiting
        those whose database has answered meanwhile.
        """
        started = time.perf_counter_ns()
        key = key_of(message.text, state)
        if (outcome := turns.remembered(key)) is not None:
            return outcome, _since(started)
        async with self._one_by_one:
            started = time.perf_counter_ns()
            outcome = turns.take(message, state, key)
            elapsed = _since(started)
            await asyncio.sleep(0)
        return outcome, elapsed


def _since(started: int) -> int:
    """Microseconds."""
    return (time.perf_counter_ns() - started) // 1000


def _to_record(message: Message) -> bool:
    """Not the commands, nor what a page asks for itself: only what somebody asked."""
    asked = message.text.strip()
    return bool(asked) and not asked.startswith("/")


def public_lines(knowledge: Knowledge) -> frozenset[str]:
    """The telephone numbers that are nobody's own."""
    return frozenset(c.phone for c in knowledge.lookup.contacts.values())


async def in_memory(settings: Settings, *, warmed: bool = True) -> Yongwen:
    """甬问 without a residents' database: for a batch, a terminal chat; not wholly `warmed`, for one
    question.
    """
    knowledge = await load_knowledge(settings)
    warm(knowledge, wholly=warmed)
    return Yongwen(knowledge, Memory(ConversationsInMemory()))
