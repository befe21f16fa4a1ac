"""The staff's console on the one server, with previews made by the channels themselves."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, cast

from bot.app.databases import second_database
from bot.app.editorial import open_editorial
from bot.app.gate import CHANNELS
from bot.app.parts import Running, extra, whole
from bot.config import Settings
from bot.messages import Reply
from bot.store.questions import Questions

if TYPE_CHECKING:
    from bot.channels.web import BaseRoute
    from bot.staff.console.console import Preview
    from bot.staff.provider import Provider
    from bot.staff.workers import Runner


@asynccontextmanager
async def console(running: Running, run: "Runner | None" = None) -> "AsyncIterator[Sequence[BaseRoute]]":
    """The console under /staff. Knowledge is learnt in a process of its own unless `run` says where."""
    from bot.staff.console import Console, routes
    from bot.staff.console.transfer import downloads, uploads
    from bot.staff.workers import InTurn

    yongwen = running.yongwen
    database = second_database(running.settings)
    try:
        async with open_editorial(running.settings, run or InTurn()) as editorial:
            built = Console(
                accounts=editorial.accounts,
                drafts=editorial.drafts,
                reviews=editorial.reviews,
                publisher=editorial.publisher,
                questions=Questions(database),
                switches=running.switches,
                channels=CHANNELS,
                provider=provider(running.settings),
                knowledge=lambda: yongwen.knowledge,
                previews=previews,
                run=run or InTurn(1),  # who waits for a file need not wait for others' trials
            )
            yield routes(built, downloads(built), uploads(built))
            await built.jobs.close()
    finally:
        await database.dispose()


def provider(settings: Settings) -> "Provider | None":
    """The OpenID provider to sign in by, where one is set. SettingsError where it is only half set."""
    if not whole(settings, "oidc_issuer", "oidc_client_id", "oidc_client_secret"):
        return None
    made = extra("bot.staff.provider", "oidc").Provider(
        settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret, settings.oidc_claim
    )
    return cast("Provider", made)


def previews(reply: Reply) -> "Sequence[Preview]":
    """A reply as Telegram, the web chat and a channel of plain text would show it."""
    from bot.channels.base import plain
    from bot.channels.telegram_text import pieces
    from bot.channels.web_pages import ChatPages
    from bot.staff.console.console import Preview

    sent = pieces(reply)
    keys = [key.text for piece in sent if piece.markup for row in piece.markup.inline_keyboard for key in row]
    return (
        Preview("telegram", "\n\n".join(piece.html for piece in sent), tuple(keys), is_html=True),
        Preview("web", ChatPages().markup(reply), is_html=True),
        Preview("plain", plain(reply)),
    )
