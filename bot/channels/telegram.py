"""Telegram by long polling: build the application, start it beside other servers, stop it in order."""

import asyncio
import logging
import re
import warnings
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from telegram import LinkPreviewOptions, Update
from telegram.constants import ParseMode
from telegram.error import Forbidden, InvalidToken, TelegramError
from telegram.ext import AIORateLimiter, Application, CallbackQueryHandler, Defaults, MessageHandler
from telegram.request import BaseRequest
from telegram.warnings import PTBDeprecationWarning

from bot.channels.base import Answer
from bot.channels.telegram_handlers import HEEDED, Handlers, InOrder, on_error
from bot.channels.telegram_log import protect_log, redact
from bot.errors import ChannelError

log = logging.getLogger("yongwen.telegram")

App = Application[Any, Any, Any, Any, Any, Any]
Commands = Sequence[tuple[str, str]]

_TOKEN = re.compile(r"\d+:[\w-]+", re.ASCII)
_ALLOWED = (Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY)
_DEFAULTS = Defaults(parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True))
_MOST_RETRIES = 10
_LONGEST_PAUSE = 60.0


def _polling_failed(error: TelegramError) -> None:
    log.warning("Telegram gives no updates, still trying: %s", redact(str(error)))


def build_application(
    token: str,
    answer: Answer,
    *,
    base_url: str | None = None,
    request: BaseRequest | None = None,
    get_updates_request: BaseRequest | None = None,
) -> App:
    """The application, ready to start. `base_url` is the root of another Bot API server, without `/bot`.

    The requests replace those made over HTTP. Raises ChannelError if the token has not the form of one.
    """
    if not _TOKEN.fullmatch(token):
        raise ChannelError("the Telegram token must look like 123456:ABC-def; copy it again from @BotFather")
    protect_log()
    # The library warns of its own use of this attribute whenever Telegram asks for patience.
    warnings.filterwarnings("ignore", ".*`retry_after`", PTBDeprecationWarning)
    builder = (
        Application.builder()
        .token(token)
        .defaults(_DEFAULTS)
        .concurrent_updates(InOrder())
        .rate_limiter(AIORateLimiter(max_retries=_MOST_RETRIES))
    )
    if base_url:
        root = base_url.rstrip("/")
        builder = builder.base_url(f"{root}/bot").base_file_url(f"{root}/file/bot")
    if request:
        builder = builder.request(request)
    if get_updates_request:
        builder = builder.get_updates_request(get_updates_request)
    application = builder.build()
    handlers = Handlers(answer)
    application.add_handler(MessageHandler(HEEDED, handlers.on_message))
    application.add_handler(CallbackQueryHandler(handlers.on_press))
    application.add_error_handler(on_error)
    return application


async def start(application: App, commands: Commands = ()) -> None:
    """Connect, register the commands (name, description), begin to poll; may be tried again after a failure.

    Raises ChannelError if the token is refused, TelegramError if Telegram cannot be reached.
    """
    assert application.updater is not None
    try:
        await application.initialize()
        if commands:
            await application.bot.set_my_commands(commands)
        await application.updater.start_polling(allowed_updates=_ALLOWED, error_callback=_polling_failed)
    except (InvalidToken, Forbidden):
        # The library's own error carries the token, so it must not be chained.
        raise ChannelError("Telegram refused the token; copy it again from @BotFather") from None
    await application.start()


async def stop(application: App) -> None:
    """Stop whatever of it runs: polling first, then the handlers once they are done, then the connections."""
    if application.updater and application.updater.running:
        with suppress(TelegramError):
            await application.updater.stop()
    if application.running:
        await application.stop()
    await application.shutdown()
    # A start that failed half-way has opened connections that the application does not know of.
    await application.bot.shutdown()


@asynccontextmanager
async def running(
    token: str,
    answer: Answer,
    base_url: str | None = None,
    commands: Commands = (),
    *,
    first_pause: float = 1.0,
) -> AsyncIterator[None]:
    """Answer on Telegram for the length of the context.

    Raises ChannelError if the token is refused. Where Telegram cannot be reached the context is entered all
    the same, and the start tried again after `first_pause` seconds, then after twice that, up to a minute.
    """
    application = build_application(token, answer, base_url=base_url)
    later: asyncio.Task[None] | None = None
    try:
        if not await _started(application, commands):
            later = asyncio.create_task(_start_later(application, commands, first_pause))
        yield
    finally:
        if later:
            later.cancel()
            await asyncio.wait({later})
        await stop(application)


async def _started(application: App, commands: Commands) -> bool:
    try:
        await start(application, commands)
    except TelegramError as error:
        log.warning("Telegram could not be started, trying again soon: %s", redact(str(error)))
        return False
    log.info("answering on Telegram as @%s", application.bot.username)
    return True


async def _start_later(application: App, commands: Commands, pause: float) -> None:
    while True:
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)
        try:
            if await _started(application, commands):
                return
        except ChannelError as error:
            log.error("%s", error)
            return
