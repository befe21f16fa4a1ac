"""One message answered: state loaded, a turn taken, state saved; and the catalogue made ready for it."""

import hashlib
import logging
import time
from collections.abc import Callable
from typing import Any, Protocol

from bot.config import Settings
from bot.conversation.knowledge import Knowledge, restore
from bot.conversation.outcome import said
from bot.conversation.state import EXPIRES_AFTER_SECONDS, State, from_data
from bot.conversation.turn import turn
from bot.errors import StoreError
from bot.messages import Message, Reply
from bot.store.catalogue import newest_release, read_models, read_release
from bot.store.conversations import InMemory
from bot.store.engine import create_engine, sqlite_url

log = logging.getLogger("yongwen")


class States(Protocol):
    """Where the states of conversations are kept."""

    async def load(self, key: str, now: float) -> dict[str, Any]:
        """The state under a key, or an empty one."""

    async def save(self, key: str, state: dict[str, Any], expires_at: float) -> None:
        """Keep a state under a key until a time."""


class Yongwen:
    """Answers messages from one release of the catalogue."""

    def __init__(self, knowledge: Knowledge, states: States, clock: Callable[[], float] = time.time) -> None:
        self.knowledge = knowledge
        self._states = states
        self._clock = clock

    async def answer(self, message: Message) -> Reply:
        """The reply to a message. Never raises: a failure inside becomes a kind sentence."""
        try:
            return await self._answer(message)
        except Exception:
            log.exception("a message on channel %s could not be answered", message.channel)
            return said("error", "unanswered", State(), self.knowledge.lookup).reply

    async def _answer(self, message: Message) -> Reply:
        key, now = _key(message), self._clock()
        state = await self._load(key, now) if message.session else State()
        started = time.perf_counter_ns()
        reply, after = turn(message, state, self.knowledge)
        elapsed = (time.perf_counter_ns() - started) // 1000
        if message.session and after != state:
            await self._save(key, after, now + EXPIRES_AFTER_SECONDS)
        return reply.timed(elapsed)

    async def _load(self, key: str, now: float) -> State:
        try:
            return from_data(await self._states.load(key, now))
        except StoreError as error:
            log.error("conversation not read, answering without it: %s", error)
            return State()

    async def _save(self, key: str, state: State, expires_at: float) -> None:
        try:
            await self._states.save(key, state.as_data(), expires_at)
        except StoreError as error:
            log.error("conversation not saved: %s", error)


def _key(message: Message) -> str:
    named = f"{message.channel}\0{message.session}".encode()
    return hashlib.blake2b(named, digest_size=24, person=b"yongwen").hexdigest()


async def load_knowledge(settings: Settings) -> Knowledge:
    """The newest release of the catalogue file, ready to talk. StoreError says what is wrong with it."""
    path = settings.catalogue
    if not path.is_file():
        raise StoreError(
            f"{path}: no catalogue there; restore it from version control or run `python -m bot build`"
        )
    engine = create_engine(sqlite_url(path, read_only=True))
    try:
        number = await newest_release(engine)
        return restore(await read_release(engine, number), await read_models(engine, number))
    except (StoreError, ValueError) as error:
        raise StoreError(f"{path}: {error}") from error
    finally:
        await engine.dispose()


async def in_memory(settings: Settings) -> Yongwen:
    """甬问 without a residents' database: for one question, a batch, a terminal chat."""
    return Yongwen(await load_knowledge(settings), InMemory())
