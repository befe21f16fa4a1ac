"""The running service: databases opened, channels started, all stopped in order."""

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from bot.app import doors
from bot.app.answering import Yongwen, load_release
from bot.app.parts import Part, Running
from bot.app.recording import Recorder, recording
from bot.config import Settings
from bot.errors import SettingsError, StoreError
from bot.store.conversations import Conversations
from bot.store.engine import create_engine, sqlite_url
from bot.store.migrate import migrate
from bot.store.questions import Questions
from bot.store.secret import key_beside
from bot.text.pseudonyms import Pseudonyms

if TYPE_CHECKING:
    from bot.channels.web import BaseRoute


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[Yongwen]:
    """甬问 with its residents' database, for the length of a service."""
    number, knowledge = await load_release(settings)
    try:
        settings.residents.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{settings.residents}: {error}") from error
    engine = create_engine(sqlite_url(settings.residents))
    try:
        await migrate(engine, "residents")
        conversations = Conversations(engine)
        await conversations.forget_expired(time.time())
        pseudonyms = _pseudonyms(settings)
        recorder = Recorder(Questions(engine), pseudonyms)
        async with recording(recorder):
            yield Yongwen(knowledge, conversations, pseudonyms=pseudonyms, recorder=recorder, release=number)
    finally:
        await engine.dispose()


def _pseudonyms(settings: Settings) -> Pseudonyms:
    try:
        return Pseudonyms(settings.privacy_key.encode() or key_beside(settings.residents))
    except ValueError as error:
        raise SettingsError(f"YONGWEN_PRIVACY_KEY: {error}") from error


async def serve(settings: Settings, tell: Callable[[str], None]) -> None:
    """Run the web chat and every part that is switched on, until stopped."""
    from bot.channels import web

    async with serving(settings) as yongwen, AsyncExitStack() as parts:
        running = Running(settings, yongwen)
        routes = [route for part in PARTS for route in await parts.enter_async_context(part(running))]
        page = web.create_app(yongwen.answer, routes=routes)
        await web.serve(page, settings.host, settings.port, lambda url: tell(f"甬问: {url}"))


@asynccontextmanager
async def _telegram(running: Running) -> "AsyncIterator[Sequence[BaseRoute]]":
    """Telegram by polling, when a token is set."""
    settings, yongwen = running.settings, running.yongwen
    if not settings.telegram_token:
        yield ()
        return
    from bot.channels import telegram

    say = yongwen.knowledge.lookup.say
    commands = [(name, say(f"command-{name}")) for name in ("start", "help", "domains")]
    token, api = settings.telegram_token, settings.telegram_api or None
    async with telegram.running(token, yongwen.answer, api, commands):
        yield ()


# Opened in this order, closed in the reverse.
PARTS: tuple[Part, ...] = (doors.api, doors.assistants, _telegram)
