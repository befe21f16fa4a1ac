"""The messengers, each a part of the service: on where its settings are there, refused where half are."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.app.parts import Running, whole
from bot.config import Settings
from bot.errors import SettingsError

if TYPE_CHECKING:
    from bot.channels.telegram import Webhook
    from bot.channels.web import BaseRoute

MENU = ("start", "help", "domains", "feedback", "forget", "privacy")


@asynccontextmanager
async def telegram(running: Running) -> "AsyncIterator[Sequence[BaseRoute]]":
    """Telegram by polling when a token is set, by webhook when its address is set too."""
    settings, yongwen = running.settings, running.yongwen
    webhook = _telegram_webhook(settings)
    if not settings.telegram_token:
        yield ()
        return
    from bot.channels import telegram
    from bot.channels import webhook as webhooks

    in_response = settings.telegram_reply == "response"
    if in_response:
        ours = telegram.channel_of(settings.telegram_token)
        yongwen.on_forget(lambda _, person: running.gate.forget_pace(f"{ours}/{person}"))
    say = yongwen.knowledge.lookup.say
    door = telegram.Door(
        settings.telegram_token,
        yongwen.answer,
        running.inbox,
        commands=[(name, say(f"command-{name}")) for name in MENU],
        glimpse=yongwen.glimpse,
        forget=partial(yongwen.forget, telegram.CHANNEL),
        webhook=webhook,
        pace=running.gate.pace if in_response else None,
        base_url=settings.telegram_api or None,
    )
    async with telegram.running(door) as hooks:
        yield [webhooks.route(hook) for hook in hooks]


def _telegram_webhook(settings: Settings) -> "Webhook | None":
    """Where Telegram pushes to; None where the bot polls. SettingsError where the set is not whole."""
    url, secret = settings.telegram_webhook, settings.telegram_secret
    if not whole(settings, "telegram_webhook", "telegram_secret"):
        if settings.telegram_reply == "response":
            raise SettingsError("YONGWEN_TELEGRAM_REPLY: response needs YONGWEN_TELEGRAM_WEBHOOK")
        return None
    if not settings.telegram_token:
        raise SettingsError("YONGWEN_TELEGRAM_WEBHOOK: needs YONGWEN_TELEGRAM_TOKEN too")
    parts = urlsplit(url)
    # Telegram itself takes only https; a Bot API server of one's own also takes http.
    if parts.scheme not in (("https", "http") if settings.telegram_api else ("https",)) or not parts.netloc:
        raise SettingsError("YONGWEN_TELEGRAM_WEBHOOK: must be an https:// address that Telegram can reach")
    from bot.channels.telegram_webhook import PATH, Webhook

    return Webhook(url if parts.path.strip("/") else f"{url.rstrip('/')}{PATH}", secret)
