"""The running service: databases opened, channels started, all stopped in order."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from bot.app import interfaces, messengers
from bot.app.answering import Listeners, Yongwen, public_lines
from bot.app.console import console
from bot.app.databases import prepare, second_database, upgrade_second
from bot.app.gate import Gate, InMemoryCounter, watching
from bot.app.loading import Loader, warm
from bot.app.memory import Memory
from bot.app.metrics import Metrics
from bot.app.operating import operating
from bot.app.parts import Running, ServicePart
from bot.app.recording import Recorder, flushing, kept
from bot.app.remembering import MOST
from bot.app.retention import Retention, retaining
from bot.app.switching import switching
from bot.app.transcripts import Transcripts
from bot.channels.web_session import Sessions
from bot.config import Settings
from bot.errors import SettingsError
from bot.store.conversations import Conversations, WrittenBehind
from bot.store.inbox import InboxStore
from bot.store.questions import Questions
from bot.store.quotas import Quotas
from bot.store.sealing import Seal
from bot.store.secret import key_beside
from bot.store.switches import Switches
from bot.text.pseudonyms import Pseudonyms


@asynccontextmanager
async def serving(settings: Settings, *, remembered: int = MOST) -> AsyncIterator[Running]:
    """甬问 with its residents' database, for the length of a service; `remembered` turns as of Memory."""
    await prepare(settings)
    loader = Loader(settings)
    number, knowledge = await loader.load()
    database = second_database(settings)
    try:
        await upgrade_second(database, settings)
        shared = database.dialect == "postgresql"
        conversations = Conversations(database) if shared else WrittenBehind(Conversations(database))
        questions, pseudonyms = Questions(database), _pseudonyms(settings)
        switches, metrics = Switches(database), Metrics()
        quotas = Quotas(database, partial(pseudonyms.conversation, "quota"))
        retention = Retention(questions, settings.keep_days, time.time, conversations, quotas)
        counter = quotas if shared else InMemoryCounter()
        gate = Gate(counter, settings.limit_person, settings.limit_address)
        recorder = Recorder(questions, pseudonyms, lambda: public_lines(yongwen.knowledge))
        keep_seconds = settings.keep_minutes * 60
        yongwen = Yongwen(
            knowledge,
            Memory(conversations, pseudonyms, settings.keep_days, keep_seconds, remembered),
            release=number,
            gate=gate,
            listeners=Listeners(recorder, metrics.observe),
        )
        metrics.watch(lambda: yongwen.release, lambda: recorder.waiting)
        seal = Seal(pseudonyms.key_for("incoming"))
        inbox = InboxStore(database, partial(pseudonyms.conversation, "inbox"), seal)
        yongwen.on_forget(lambda channel, person: inbox.forget(channel, person, time.time()))
        await asyncio.to_thread(warm, knowledge)
        async with AsyncExitStack() as background:
            await background.enter_async_context(flushing(recorder))
            if isinstance(conversations, WrittenBehind):
                await background.enter_async_context(flushing(conversations))
            await background.enter_async_context(retaining(retention))
            await background.enter_async_context(watching(gate, switches))
            await background.enter_async_context(switching(settings, yongwen, loader))
            transcripts = Transcripts(conversations, pseudonyms, settings.keep_minutes * 60)
            sessions = Sessions(transcripts, lambda said: kept(said, public_lines(yongwen.knowledge)))
            yield Running(settings, yongwen, inbox, gate, switches, metrics, sessions)
    finally:
        await database.dispose()


def _pseudonyms(settings: Settings) -> Pseudonyms:
    if settings.database and not settings.privacy_key:
        raise SettingsError("YONGWEN_PRIVACY_KEY: needed with YONGWEN_DATABASE, the same for every replica")
    try:
        return Pseudonyms(settings.privacy_key.encode() or key_beside(settings.residents))
    except ValueError as error:
        raise SettingsError(f"YONGWEN_PRIVACY_KEY: {error}") from error


async def serve(
    settings: Settings,
    tell: Callable[[str], None],
    more: Sequence[ServicePart] = (),
    *,
    remembered: int = MOST,
) -> None:
    """Run the web chat and every part that is switched on, until stopped; `more` parts beside our own."""
    from bot.channels import web

    async with serving(settings, remembered=remembered) as running, AsyncExitStack() as parts:
        routes = [
            route for part in (*PARTS, *more) for route in await parts.enter_async_context(part(running))
        ]
        answer, judge = running.yongwen.answer, running.yongwen.feedback
        page = web.create_app(
            answer,
            routes=routes,
            judge=judge,
            embed_origins=settings.embed_origins,
            wait=running.gate.address,
            sessions=running.sessions,
        )
        await web.serve(
            page, settings.host, settings.port, lambda url: tell(f"甬问: {url}"), settings.proxies
        )


# Opened in this order, closed in the reverse.
PARTS: tuple[ServicePart, ...] = (
    operating,
    interfaces.api,
    console,
    interfaces.assistants,
    messengers.telegram,
    messengers.wechat,
    messengers.wecom,
    messengers.dingtalk,
    messengers.feishu,
)
