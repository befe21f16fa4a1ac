"""Calls to the Bot API: made one by one, and what each kind of failure means for the reply."""

import logging
from datetime import timedelta
from typing import Any

from telegram import Bot
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.channels.base import ForgetPerson
from bot.channels.inbox import Call, DelayedError, UndeliverableError
from bot.text.redaction import redact

log = logging.getLogger("yongwen.telegram")

_UNCHANGED = "not modified"
_REFUSED_PAUSE = 60.0  # seconds until a token that was refused is tried again: it may be replaced meanwhile


class Caller:
    """Makes calls by a bot; `forget` erases a person who has blocked it."""

    def __init__(self, bot: Bot, forget: ForgetPerson) -> None:
        self._bot = bot
        self._forget = forget

    async def make(self, call: Call, again: bool) -> None:
        """Make a call; `again` where it may have been made before. Raises what the worker catches."""
        try:
            await self._attempt(call, again)
        except Forbidden as error:
            raise await self._blocked(call, error) from None
        except RetryAfter as error:
            raise DelayedError("Telegram asks for patience", seconds_of(error)) from None
        except BadRequest as error:
            log.warning("a reply did not arrive: BadRequest: %s", redact(str(error)))
            raise UndeliverableError(redact(str(error))) from None
        except InvalidToken as error:
            raise DelayedError(redact(str(error)), _REFUSED_PAUSE) from None
        except (NetworkError, TelegramError) as error:
            raise DelayedError(redact(f"{type(error).__name__}: {error}")) from None

    async def _attempt(self, call: Call, again: bool) -> None:
        try:
            await self._call(call["method"], dict(call["data"]))
        except ChatMigrated as error:
            await self._call(call["method"], {**call["data"], "chat_id": error.new_chat_id})
        except BadRequest as error:
            if again and _UNCHANGED in str(error):
                return
            if not call.get("otherwise"):
                raise
            log.info("a message was not edited, sending another: %s", redact(str(error)))
            await self._attempt(call["otherwise"], again)

    async def _call(self, method: str, data: dict[str, Any]) -> None:
        """The library's methods take what they know by name and the rest as it is."""
        if method == "sendMessage":
            await self._bot.send_message(data.pop("chat_id"), data.pop("text"), api_kwargs=data)
        elif method == "editMessageText":
            await self._bot.edit_message_text(data.pop("text"), api_kwargs=data)
        else:
            await self._bot.answer_inline_query(data.pop("inline_query_id"), [], api_kwargs=data)

    async def _blocked(self, call: Call, error: Forbidden) -> UndeliverableError:
        """One who blocked the bot wants nothing of it any more, nor to be remembered."""
        chat = call["data"].get("chat_id")
        if isinstance(chat, int) and chat > 0:
            await self._forget(str(chat))
        return UndeliverableError(redact(str(error)), None if chat is None else str(chat))


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram asks to wait."""
    after = error.retry_after
    return after.total_seconds() if isinstance(after, timedelta) else float(after)
