"""The only place where the parts are joined: catalogue, conversation, memory, channels."""

import hashlib
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from bot.catalogue.check import Checked
from bot.config import Settings
from bot.conversation.knowledge import Knowledge, restore
from bot.conversation.outcome import said
from bot.conversation.state import EXPIRES_AFTER_SECONDS, State, from_data
from bot.conversation.turn import turn
from bot.errors import StoreError
from bot.messages import Message, Reply
from bot.staff import evaluation, fitting, known, perturbation, release
from bot.staff.evaluation import Evaluation, read_cases
from bot.staff.release import Progress, checked_files
from bot.store.catalogue import newest_release, read_models, read_release
from bot.store.conversations import Conversations, InMemory
from bot.store.engine import create_engine, sqlite_url
from bot.store.migrate import migrate

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


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[Yongwen]:
    """甬问 with its residents' database, for the length of a service."""
    knowledge = await load_knowledge(settings)
    try:
        settings.residents.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{settings.residents}: {error}") from error
    engine = create_engine(sqlite_url(settings.residents))
    try:
        await migrate(engine, "residents")
        conversations = Conversations(engine)
        await conversations.forget_expired(time.time())
        yield Yongwen(knowledge, conversations)
    finally:
        await engine.dispose()


def check_knowledge(settings: Settings, progress: Progress) -> Checked:
    """Every fault of the knowledge files, as of today."""
    return checked_files(settings.knowledge, date.today(), progress)


async def build(settings: Settings, progress: Progress) -> int:
    """Build the catalogue file from the knowledge files; returns how many services it holds."""
    catalogue = await release.build(settings.knowledge, settings.catalogue, date.today(), progress)
    return len(catalogue.services)


async def serve(settings: Settings, tell: Callable[[str], None]) -> None:
    """Run the web chat, and Telegram when a token is set, until stopped."""
    from bot.channels import web

    async with serving(settings) as yongwen, _telegram(settings, yongwen):
        page = web.create_app(yongwen.answer)
        await web.serve(page, settings.host, settings.port, lambda url: tell(f"甬问: {url}"))


@asynccontextmanager
async def _telegram(settings: Settings, yongwen: Yongwen) -> AsyncIterator[None]:
    if not settings.telegram_token:
        yield
        return
    from bot.channels import telegram

    say = yongwen.knowledge.lookup.say
    commands = [(name, say(f"command-{name}")) for name in ("start", "help", "domains")]
    token, api = settings.telegram_token, settings.telegram_api or None
    async with telegram.running(token, yongwen.answer, api, commands):
        yield


async def evaluate(settings: Settings, files: Sequence[Path], progress: Progress) -> Evaluation:
    """Score labelled questions against the catalogue file."""
    conversations = read_cases(files)
    knowledge = await load_knowledge(settings)
    return evaluation.evaluate(conversations, knowledge, partial(_of, progress, len(conversations)))


async def perturb(settings: Settings, files: Sequence[Path], progress: Progress) -> dict[str, Any]:
    """How often small changes to labelled questions change the answer of the catalogue file."""
    conversations = read_cases(files)
    knowledge = await load_knowledge(settings)
    return perturbation.robustness(conversations, knowledge, partial(_of, progress, len(conversations)))


async def list_failures(settings: Settings, progress: Progress) -> str:
    """Write the examples that miss to the knowledge folder's known failures; returns a summary."""
    evaluated = await evaluate(settings, [settings.knowledge / fitting.EXAMPLES], progress)
    path = settings.knowledge / known.FILE
    known.write(path, known.failures(evaluated))
    return f"{path}: {len(evaluated.wrong)} of {len(evaluated.results)} examples miss"


def _of(progress: Progress, total: int, done: int) -> None:
    progress(done, total)


async def fit_confidence(settings: Settings, progress: Progress) -> str:
    """Fit the confidence on the knowledge folder's examples and write it there; says what changed."""
    checked = checked_files(settings.knowledge, date.today(), progress)
    catalogue = release.releasable(checked)
    return fitting.refit(catalogue, settings.knowledge)
