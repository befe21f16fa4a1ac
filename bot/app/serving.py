"""The running service: databases opened, channels started, all stopped in order."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bot.app.answering import Yongwen, load_knowledge
from bot.config import Settings
from bot.errors import StoreError
from bot.store.conversations import Conversations
from bot.store.engine import create_engine, sqlite_url
from bot.store.migrate import migrate


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
