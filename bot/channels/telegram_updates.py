"""What to do on each Telegram update: who spoke where, what is answered, which calls bring it there."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import telegram
from telegram import CallbackQuery, MaybeInaccessibleMessage, Update
from telegram.constants import ChatAction, ChatMemberStatus, ChatType
from telegram.error import TelegramError
from telegram.ext import filters

from bot.channels.base import ForgetPerson
from bot.channels.inbox import Call
from bot.channels.telegram_inline import inline_answer
from bot.channels.telegram_text import TelegramMessage, heard, pieces
from bot.messages import Answer, Incoming, Message, Reply
from bot.text.redaction import redact

log = logging.getLogger("yongwen.telegram")

CHANNEL = "telegram"
ALLOWED = (
    Update.MESSAGE,
    Update.EDITED_MESSAGE,
    Update.CALLBACK_QUERY,
    Update.INLINE_QUERY,
    Update.MY_CHAT_MEMBER,
)
_TYPING_SECONDS = 4.0
"""Telegram shows that somebody is typing for five seconds."""

_PRIVATE = filters.ChatType.PRIVATE
_SAID = filters.UpdateType.MESSAGE & (_PRIVATE | filters.ChatType.GROUPS)
_NOT_BY_PEOPLE = filters.StatusUpdate.ALL | filters.IS_AUTOMATIC_FORWARD
# A live location is edited every few seconds, without a word.
_CORRECTED = filters.UpdateType.EDITED_MESSAGE & _PRIVATE & (filters.TEXT | filters.CAPTION)
_HEEDED = _SAID & ~_NOT_BY_PEOPLE | _CORRECTED
"""Messages by people in private chats and groups, and corrections in private chats."""


def incoming(update: Mapping[str, Any]) -> Incoming:
    """An update as the inbox keeps it. ValueError where it is none.

    An album comes as one message per picture: those without a caption share a key, so only one counts.
    """
    number = update.get("update_id")
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < 2**63:
        raise ValueError("no update_id")
    about = _object(next((update[kind] for kind in ALLOWED if kind in update), None))
    chat = _object((_object(about.get("message")) or about).get("chat")) or _object(about.get("from"))
    lane = str(chat.get("id", ""))
    album = about.get("media_group_id")
    key = f"album/{album}"[:80] if album and not about.get("caption") else str(number)
    sender = _object(about.get("sender_chat")) or _object(about.get("from"))
    return Incoming(key, lane, number, dict(update), str(sender.get("id", "")))


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


@dataclass(frozen=True)
class Planner:
    """Turns updates into calls, by the answering function given.

    `glimpse` answers for the inline mode, where every keystroke asks. `patience` is the seconds after which a
    resident sees that an answer is being written. `forget` erases a person who has blocked the bot.
    """

    bot: telegram.Bot
    answer: Answer
    glimpse: Answer
    forget: ForgetPerson
    patience: float = 1.0

    async def plan(self, payload: Mapping[str, Any]) -> Sequence[Call]:
        """The calls an update asks for; none where it is not for us."""
        update = Update.de_json(dict(payload), self.bot)
        if update.callback_query:
            return await self._press(update, update.callback_query)
        if update.inline_query:
            return [await inline_answer(update.inline_query, self.glimpse)]
        if update.my_chat_member:
            await self._membership(update.my_chat_member)
            return []
        return await self._message(update) if _HEEDED.check_update(update) else []

    async def _message(self, update: Update) -> list[Call]:
        """Answer what was said to the bot; an empty text stands for a picture, a voice, a sticker."""
        message = update.effective_message
        text = heard(message) if message and not _by_bot(update) else None
        if message is None or text is None:
            return []
        reply = await self._while_typing(message, _message(text, update))
        quoted = message.message_id if message.chat.type != ChatType.PRIVATE or message.edit_date else None
        return sending(message.chat.id, _topic(message), pieces(reply), quoted)

    async def _press(self, update: Update, query: CallbackQuery) -> list[Call]:
        """Turn the message whose button was pressed into the answer, or send the answer below."""
        await _acknowledge(query)
        if not query.data:
            return []
        if query.message is None:
            reply = await self.answer(_message(query.data, update))
            shown = pieces(reply)[:1]
            return [_editing(piece, inline_message_id=query.inline_message_id) for piece in shown]
        message = query.message
        reply = await self._while_typing(message, _message(query.data, update))
        calls = sending(message.chat.id, _topic(message), shown := pieces(reply))
        if shown and _may_edit(query):
            edit = _editing(shown[0], chat_id=message.chat.id, message_id=message.message_id)
            calls[0] = {**edit, "otherwise": calls[0]}
        return calls

    async def _membership(self, change: telegram.ChatMemberUpdated) -> None:
        blocked = change.new_chat_member.status == ChatMemberStatus.BANNED
        if change.chat.type == ChatType.PRIVATE and blocked:
            await self.forget(str(change.chat.id))

    async def _while_typing(self, to: MaybeInaccessibleMessage, message: Message) -> Reply:
        """The answer; where it takes longer, the chat says that it is being written."""
        answering = asyncio.ensure_future(self.answer(message))
        try:
            pause = self.patience
            while not (await asyncio.wait({answering}, timeout=pause))[0]:
                pause = max(self.patience, _TYPING_SECONDS) if self.patience >= 1 else self.patience
                with suppress(TelegramError):
                    await self.bot.send_chat_action(
                        to.chat.id, ChatAction.TYPING, message_thread_id=_topic(to)
                    )
            return await answering
        finally:
            answering.cancel()


def sending(
    chat: int, topic: int | None, shown: Sequence[TelegramMessage], quoted: int | None = None
) -> list[Call]:
    """The calls that send pieces to a chat and topic, the first as a reply to the message `quoted`."""
    calls = []
    for piece in shown:
        data: dict[str, Any] = {"chat_id": chat, **piece.data()}
        if topic is not None:
            data["message_thread_id"] = topic
        if quoted is not None:
            data["reply_parameters"] = {"message_id": quoted, "allow_sending_without_reply": True}
        calls.append({"method": "sendMessage", "data": data})
        quoted = None
    return calls


def _editing(piece: TelegramMessage, **which: Any) -> Call:
    return {"method": "editMessageText", "data": {**which, **piece.data()}}


def _message(text: str, update: Update) -> Message:
    sender = update.effective_sender
    person = str(sender.id) if sender else ""
    return Message(text, _session(update), CHANNEL, person, str(update.update_id))


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


async def _acknowledge(query: CallbackQuery) -> None:
    """Stop the key's hour-glass; a press that waited too long for us can no longer be acknowledged."""
    try:
        await query.answer()
    except TelegramError as error:
        log.info("a press was not acknowledged: %s", redact(str(error)))


def _may_edit(query: CallbackQuery) -> bool:
    """Not what is too old, nor what answers somebody else: they may still be reading it."""
    message = query.message
    if not (isinstance(message, telegram.Message) and message.is_accessible):
        return False
    asked = message.reply_to_message
    return asked is None or asked.from_user == query.from_user
