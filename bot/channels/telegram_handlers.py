"""What happens on each Telegram update: who spoke where, what is answered, how the answer gets there."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Sequence
from typing import Any
from weakref import WeakValueDictionary

import telegram
from telegram import CallbackQuery, MaybeInaccessibleMessage, ReplyParameters, Update
from telegram.constants import ChatType
from telegram.error import BadRequest, TelegramError
from telegram.ext import BaseUpdateProcessor, CallbackContext, filters

from bot.channels.base import Answer
from bot.channels.telegram_log import redact
from bot.channels.telegram_text import Piece, heard, pieces
from bot.messages import Message

log = logging.getLogger("yongwen.telegram")

Context = CallbackContext[Any, Any, Any, Any]

_MOST_AT_ONCE = 256
_ALBUMS_REMEMBERED = 64

_PRIVATE = filters.ChatType.PRIVATE
_SAID = filters.UpdateType.MESSAGE & (_PRIVATE | filters.ChatType.GROUPS)
_NOT_BY_PEOPLE = filters.StatusUpdate.ALL | filters.IS_AUTOMATIC_FORWARD
# A live location is edited every few seconds, without a word.
_CORRECTED = filters.UpdateType.EDITED_MESSAGE & _PRIVATE & (filters.TEXT | filters.CAPTION)
HEEDED = _SAID & ~_NOT_BY_PEOPLE | _CORRECTED
"""Messages by people in private chats and groups, and corrections in private chats."""


class InOrder(BaseUpdateProcessor):
    """Updates of one chat one after another, those of different chats side by side."""

    def __init__(self) -> None:
        super().__init__(_MOST_AT_ONCE)
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Wait for the chat's turn; locks are fair, so turns come in the order of arrival."""
        chat = update.effective_chat if isinstance(update, Update) else None
        lock = self._locks.setdefault(chat.id if chat else 0, asyncio.Lock())
        async with lock:
            await coroutine

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to give back."""


class Handlers:
    """What happens on each kind of update, by the answering function given."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._albums: deque[str] = deque(maxlen=_ALBUMS_REMEMBERED)

    async def on_message(self, update: Update, context: Context) -> None:
        """Answer what was said to the bot; an empty text stands for a picture, a voice, a sticker."""
        message = update.effective_message
        if message is None or _by_bot(update) or self._further_of_album(message):
            return
        text = heard(message)
        if text is None:
            return
        reply = await self._answer(Message(text, _session(update), "telegram", _person(update)))
        quoted = message.message_id if message.chat.type != ChatType.PRIVATE or message.edit_date else None
        await _send(context.bot, message, pieces(reply), quoted)

    async def on_press(self, update: Update, context: Context) -> None:
        """Turn the message whose button was pressed into the answer, or send the answer below."""
        query = update.callback_query
        if query is None:
            return
        await _acknowledge(query)
        if query.message is None or not query.data:
            return
        reply = await self._answer(Message(query.data, _session(update), "telegram", _person(update)))
        shown = pieces(reply)
        if shown and await _edited(query, shown[0]):
            shown = shown[1:]
        await _send(context.bot, query.message, shown)

    def _further_of_album(self, message: telegram.Message) -> bool:
        """An album comes as one message per picture: only its first and its captioned ones count."""
        album = message.media_group_id
        if album is None or message.caption:
            return False
        seen = album in self._albums
        self._albums.append(album)
        return seen


def _by_bot(update: Update) -> bool:
    """Whether a bot speaks; an anonymous administrator, whose message bears a bot's name, is none."""
    sender = update.effective_sender
    return isinstance(sender, telegram.User) and sender.is_bot


def _topic(message: MaybeInaccessibleMessage) -> int | None:
    """The topic a message stands in. A thread of replies, which looks alike, is no topic."""
    if isinstance(message, telegram.Message) and message.is_topic_message:
        return message.message_thread_id
    return None


def _session(update: Update) -> str:
    """One conversation per person, chat and topic: people in a group do not share one."""
    chat, sender, message = update.effective_chat, update.effective_sender, update.effective_message
    topic = _topic(message) if message else None
    return f"{chat.id if chat else ''}:{sender.id if sender else ''}:{topic or ''}"


def _person(update: Update) -> str:
    return str(update.effective_sender.id) if update.effective_sender else ""


async def _acknowledge(query: CallbackQuery) -> None:
    """Stop the key's hour-glass; a press that waited too long for us can no longer be acknowledged."""
    try:
        await query.answer()
    except TelegramError as error:
        log.info("a press was not acknowledged: %s", redact(str(error)))


async def _edited(query: CallbackQuery, piece: Piece) -> bool:
    """Whether the pressed message now shows the piece."""
    if not _may_edit(query):
        return False
    try:
        await query.edit_message_text(piece.html, reply_markup=piece.markup)
    except BadRequest as error:
        log.info("a message was not edited, sending another: %s", redact(str(error)))
        return False
    return True


def _may_edit(query: CallbackQuery) -> bool:
    """Not what is too old, nor what answers somebody else: they may still be reading it."""
    message = query.message
    if not (isinstance(message, telegram.Message) and message.is_accessible):
        return False
    asked = message.reply_to_message
    return asked is None or asked.from_user == query.from_user


async def _send(
    bot: telegram.Bot, to: MaybeInaccessibleMessage, shown: Sequence[Piece], quoted: int | None = None
) -> None:
    """Send pieces to the chat and topic of a message, the first as a reply to the message `quoted`."""
    for piece in shown:
        await bot.send_message(
            to.chat.id,
            piece.html,
            reply_markup=piece.markup,
            message_thread_id=_topic(to),
            reply_parameters=ReplyParameters(quoted, allow_sending_without_reply=True) if quoted else None,
        )
        quoted = None


async def on_error(update: object, context: Context) -> None:
    """Log what a handler could not do: the user blocked the bot, the chat is gone, a time-out, a fault."""
    error = context.error
    if isinstance(error, TelegramError):
        log.warning("a reply did not arrive: %s: %s", type(error).__name__, redact(str(error)))
    else:
        log.error("an update could not be handled", exc_info=error)
