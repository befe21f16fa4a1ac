"""Telegram: by polling or by webhook, started beside other servers, stopped in order."""

import asyncio
import logging
import re
import warnings
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from telegram.error import Forbidden, InvalidToken, TelegramError
from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import BaseRequest
from telegram.warnings import PTBDeprecationWarning

from bot.channels.base import ForgetPerson
from bot.channels.inbox import Inbox, Worker
from bot.channels.telegram_calls import Caller
from bot.channels.telegram_polling import poll
from bot.channels.telegram_response import Pace, Responder
from bot.channels.telegram_updates import ALLOWED, CHANNEL, Planner
from bot.channels.telegram_webhook import Take, Webhook, hook
from bot.channels.webhook import Hook, PushRefusedError
from bot.errors import ChannelError
from bot.messages import Answer, Incoming
from bot.text.redaction import redact

__all__ = ["CHANNEL", "TelegramSetup", "Webhook", "running"]

log = logging.getLogger("yongwen.telegram")

Bot = ExtBot[int]
Commands = Sequence[tuple[str, str]]

_TOKEN = re.compile(r"\d+:[\w-]+", re.ASCII)
_SECRET = re.compile(r"[\w-]{16,256}", re.ASCII)
_LONGEST_PAUSE = 60.0
_SECONDS_TO_FINISH = 10.0


async def _forget_nothing(_person: str) -> None:
    """For a channel that keeps nothing of anybody."""


@dataclass(frozen=True)
class TelegramSetup:
    """What Telegram is to do with: how it is answered, and by which words the command menu speaks.

    `glimpse` answers the inline mode, `answer` where it is None. `base_url` is the root of another Bot API
    server, without `/bot`. Without a `webhook` the bot polls; with one and a `pace`, it replies in the
    answers to the pushes, no faster than that. What `commands` gives is looked at every `menu_pause` seconds.
    """

    token: str
    answer: Answer
    inbox: Inbox
    forget: ForgetPerson = _forget_nothing
    glimpse: Answer | None = None
    commands: Callable[[], Commands] = tuple
    webhook: Webhook | None = None
    pace: Pace | None = None
    base_url: str | None = None
    first_pause: float = 1.0
    patience: float = 1.0
    menu_pause: float = 5.0


class Telegram:
    """The bot and its worker. The requests replace those made over HTTP.

    Raises ChannelError if the token has not the form of one, or the secret is not one Telegram takes.
    """

    def __init__(
        self,
        setup: TelegramSetup,
        request: BaseRequest | None = None,
        get_updates_request: BaseRequest | None = None,
    ) -> None:
        _check(setup)
        # The library warns of its own use of this attribute whenever Telegram asks for patience.
        warnings.filterwarnings("ignore", ".*`retry_after`", PTBDeprecationWarning)
        root = (setup.base_url or "https://api.telegram.org").rstrip("/")
        self.bot = Bot(
            setup.token,
            f"{root}/bot",
            f"{root}/file/bot",
            request=request,
            get_updates_request=get_updates_request,
            rate_limiter=AIORateLimiter(),
        )
        # What Telegram asks patience for is tried again by the worker, which tells.
        logging.getLogger("telegram.ext.AIORateLimiter").setLevel(logging.CRITICAL)
        self._setup = setup
        self.runs = False
        self._knows_itself = False
        self._offered: Commands = ()
        planner = Planner(self.bot, setup.answer, setup.glimpse or setup.answer, setup.forget, setup.patience)
        caller = Caller(self.bot, setup.forget)
        self.worker = Worker(setup.inbox, channel_of(setup.token), planner.plan, caller.make)
        self._take: Take = self._store
        if setup.pace:
            self._responder = Responder(setup.inbox, self.worker, planner.plan, setup.pace)
            self._take = self._respond

    @property
    def hooks(self) -> tuple[Hook, ...]:
        """The hook for Telegram's pushes, where there is one."""
        webhook = self._setup.webhook
        return (hook(webhook, self._take),) if webhook else ()

    async def _store(self, incoming: Incoming) -> dict[str, Any]:
        await self.worker.receive([incoming])
        return {}

    async def _respond(self, incoming: Incoming) -> dict[str, Any]:
        if not self._knows_itself:
            raise PushRefusedError(503, "Telegram has not yet told us who we are", 1)
        return await self._responder.respond(incoming)

    async def connect(self) -> None:
        """Say who we are, register the commands and where updates go; may be tried again after a failure.

        Raises ChannelError if the token is refused, TelegramError if Telegram cannot be reached.
        """
        try:
            await self.bot.initialize()
            self._knows_itself = True
            await self._offer()
            if webhook := self._setup.webhook:
                await self.bot.set_webhook(webhook.url, secret_token=webhook.secret, allowed_updates=ALLOWED)
            else:
                await self.bot.delete_webhook(drop_pending_updates=False)
        except (InvalidToken, Forbidden):
            # The library's own error carries the token, so it must not be chained.
            raise ChannelError("Telegram refused the token; copy it again from @BotFather") from None

    async def run(self) -> None:
        """Answer, and without a webhook fetch, until the worker is stopped."""
        self.runs = True
        beside = {asyncio.create_task(self._keep_offering())}
        if not self._setup.webhook:
            beside.add(asyncio.create_task(poll(self.bot, self.worker.receive, self._setup.first_pause)))
        try:
            await self.worker.run()
        finally:
            for task in beside:
                task.cancel()
            await asyncio.wait(beside)

    async def _offer(self) -> None:
        """Register the command menu, where Telegram was not told it like this already."""
        commands = tuple(self._setup.commands())
        if commands != self._offered:
            await self.bot.set_my_commands(commands)
            self._offered = commands

    async def _keep_offering(self) -> None:
        """A release may change the menu's words while we run."""
        while True:
            await asyncio.sleep(self._setup.menu_pause)
            try:
                await self._offer()
            except TelegramError as error:
                log.warning("the command menu could not be changed, trying again: %s", redact(str(error)))

    async def close(self) -> None:
        """Close the connections, also those of a start that failed half-way."""
        with suppress(TelegramError):
            await self.bot.shutdown()


def channel_of(token: str) -> str:
    """What the inbox calls the bot of a token; its chats are counted as `telegram/666/1001`."""
    return f"{CHANNEL}/{token.partition(':')[0]}"


def _check(setup: TelegramSetup) -> None:
    if not _TOKEN.fullmatch(setup.token):
        raise ChannelError("the Telegram token must look like 123456:ABC-def; copy it again from @BotFather")
    if setup.webhook and not _SECRET.fullmatch(setup.webhook.secret):
        raise ChannelError(
            "the secret of Telegram's webhook must be 16 to 256 letters, digits, - or _; make up another"
        )


@asynccontextmanager
async def running(setup: TelegramSetup) -> AsyncIterator[Sequence[Hook]]:
    """Answer on Telegram for the length of the context; yields the hooks for its pushes.

    Raises ChannelError if the token is refused. Where Telegram cannot be reached the context is entered all
    the same, and the start tried again after `first_pause` seconds, then after twice that, up to a minute.
    """
    telegram = Telegram(setup)
    task: asyncio.Task[None] | None = None
    try:
        connected = await _connected(telegram)
        task = asyncio.create_task(_run(telegram, connected, setup.first_pause))
        yield telegram.hooks
    finally:
        if task:
            await _finish(telegram, task)
        await telegram.close()


async def _finish(telegram: Telegram, task: asyncio.Task[None]) -> None:
    """What is begun gets a while to end; what is not, is stored."""
    telegram.worker.stop()
    if telegram.runs:
        await asyncio.wait({task}, timeout=_SECONDS_TO_FINISH)
    task.cancel()
    await asyncio.wait({task})


async def _connected(telegram: Telegram) -> bool:
    try:
        await telegram.connect()
    except TelegramError as error:
        log.warning("Telegram could not be started, trying again soon: %s", redact(str(error)))
        return False
    log.info("answering on Telegram as @%s", telegram.bot.username)
    return True


async def _run(telegram: Telegram, connected: bool, pause: float) -> None:
    while not connected:
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)
        try:
            connected = await _connected(telegram)
        except ChannelError as error:
            log.error("%s", error)
            return
    await telegram.run()
