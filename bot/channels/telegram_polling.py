"""Long polling that confirms an update to Telegram only once it is stored."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from telegram import Bot
from telegram.error import Conflict, RetryAfter, TelegramError

from bot.channels.telegram_calls import seconds_of
from bot.channels.telegram_updates import ALLOWED, incoming
from bot.errors import StoreError
from bot.messages import Incoming
from bot.text.redaction import redact

log = logging.getLogger("yongwen.telegram")

_WAIT = timedelta(seconds=10)
_LONGEST_PAUSE = 30.0

StoreUpdates = Callable[[Sequence[Incoming]], Awaitable[None]]


async def poll(bot: Bot, store: StoreUpdates, first_pause: float) -> None:
    """Fetch updates until cancelled.

    Asking for the next ones is what confirms those before, so these are stored first.

    While Telegram or our database is away it asks again after a growing pause; where another replica polls,
    Telegram lets only one of them, and the others stand by.
    """
    offset, pause = None, first_pause
    while True:
        try:
            updates = await bot.get_updates(offset=offset, timeout=_WAIT, allowed_updates=ALLOWED)
            await store([incoming(update.to_dict()) for update in updates])
        except (TelegramError, StoreError) as error:
            _tell(error)
            wait = seconds_of(error) if isinstance(error, RetryAfter) else pause
            await asyncio.sleep(max(wait, pause))
            pause = min(2 * pause, _LONGEST_PAUSE)
            continue
        except Exception:
            log.exception("updates could not be stored")
            await asyncio.sleep(_LONGEST_PAUSE)
            continue
        pause = first_pause
        if updates:
            offset = updates[-1].update_id + 1


def _tell(error: Exception) -> None:
    if isinstance(error, Conflict):
        log.info("another replica polls Telegram, standing by: %s", redact(str(error)))
    else:
        log.warning("Telegram gives no updates, still trying: %s", redact(str(error)))
