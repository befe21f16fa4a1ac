"""Telegram's pushes: the secret compared, the update stored or answered, and only then acknowledged."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from bot.channels.telegram_updates import incoming
from bot.channels.webhook import Hook, PushRefusedError, Request, Response, as_json, read_json, same
from bot.messages import Incoming

PATH = "/hooks/telegram"
_HEADER = "x-telegram-bot-api-secret-token"


class Webhook(NamedTuple):
    """Where Telegram sends updates to, PATH or what a proxy leads there; and the secret it shows."""

    url: str
    secret: str


Take = Callable[[Incoming], Awaitable[dict[str, Any]]]
"""Sees to an update; returns what to answer its push with: a method and its parameters, or nothing."""


def hook(webhook: Webhook, take: Take) -> Hook:
    """The hook for updates."""

    async def receive(request: Request) -> Response:
        if not same(request.headers.get(_HEADER, ""), webhook.secret):
            raise PushRefusedError(403, "wrong secret token")
        try:
            update = incoming(read_json(request.body))
        except (ValueError, AttributeError) as error:
            raise PushRefusedError(400, f"no update: {error}") from error
        said = await take(update)
        return as_json(said) if said else Response()

    return Hook(PATH, receive)
