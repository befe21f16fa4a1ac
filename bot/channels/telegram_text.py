"""Telegram's text, both ways: what was said to the bot, and how a reply is shown."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any, NamedTuple

import telegram
from telegram import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity
from telegram.constants import ChatType, InlineKeyboardButtonLimit, MessageLimit, ParseMode

from bot.channels.base import with_phones
from bot.channels.splitting import split
from bot.messages import Button, Reply

_NAMING: list[str | None] = [MessageEntity.MENTION, MessageEntity.BOT_COMMAND]
_LONGEST = int(MessageLimit.MAX_TEXT_LENGTH)
_NARROW_LABEL = 9  # characters of the longest label of which two fit side by side on a phone


class TelegramMessage(NamedTuple):
    """One Telegram message of a reply: HTML of at most 4096 shown characters, and the buttons under it."""

    html: str
    markup: InlineKeyboardMarkup | None

    def data(self) -> dict[str, Any]:
        """What the Bot API takes, of a message sent as of one edited."""
        data: dict[str, Any] = {
            "text": self.html,
            "parse_mode": ParseMode.HTML,
            "link_preview_options": {"is_disabled": True},
        }
        return {**data, "reply_markup": self.markup.to_dict()} if self.markup else data


def heard(message: telegram.Message) -> str | None:
    """What a message says to the bot, the bot's name left out; None where it speaks to others.

    In a private chat all is said to the bot; in a group what mentions it, commands it by name or answers it.
    """
    bot = message.get_bot()
    text = message.text or message.caption or ""
    at = f"@{bot.username}".lower()
    named = [part for part in _namings(message) if part.lower().endswith(at)]
    if not (message.chat.type == ChatType.PRIVATE or named or _answers(message, bot.id)):
        return None
    for part in named:
        text = text.replace(part, part[: -len(at)], 1)
    return text.strip()


def _namings(message: telegram.Message) -> Iterator[str]:
    if message.text:
        yield from message.parse_entities(_NAMING).values()
    elif message.caption:
        yield from message.parse_caption_entities(_NAMING).values()


def _answers(message: telegram.Message, bot_id: int) -> bool:
    replied = message.reply_to_message
    if replied is None or replied.from_user is None:
        return False
    # Every message in a topic formally answers the one that opened the topic.
    return replied.from_user.id == bot_id and replied.forum_topic_created is None


def pieces(reply: Reply) -> list[TelegramMessage]:
    """The reply as messages Telegram takes, at least one unless it is empty; the last bears the buttons."""
    texts = [_html(text, reply.phones) for text in split(reply.text, _LONGEST, _units)]
    markups = [None] * (len(texts) - 1) + [_keyboard(reply.buttons)]
    return [TelegramMessage(*both) for both in zip(texts, markups, strict=False)]


def _html(text: str, phones: tuple[str, ...]) -> str:
    """Escaped, with numbers that a touch copies: Telegram drops tel: links and leaves short numbers bare."""
    return "".join(
        f"<code>{escape(piece, quote=False)}</code>" if is_phone else escape(piece, quote=False)
        for piece, is_phone in with_phones(text, phones)
    )


def _units(text: str) -> int:
    """Length as Telegram counts it: in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def _keyboard(buttons: Sequence[Button]) -> InlineKeyboardMarkup | None:
    if not buttons:
        return None
    narrow = all(len(button.label) <= _NARROW_LABEL for button in buttons)
    width = 2 if narrow else 1
    keys = [_key(button) for button in buttons]
    return InlineKeyboardMarkup([keys[i : i + width] for i in range(0, len(keys), width)])


def _key(button: Button) -> InlineKeyboardButton:
    """A key that says the button's text. What Telegram cannot carry, pressing copies, to be pasted.

    The text itself travels in the key, so that keys of old messages outlive a restart.
    """
    if len(button.text.encode()) <= InlineKeyboardButtonLimit.MAX_CALLBACK_DATA:
        return InlineKeyboardButton(button.label, callback_data=button.text)
    copied = CopyTextButton(button.text[: int(InlineKeyboardButtonLimit.MAX_COPY_TEXT)])
    return InlineKeyboardButton(button.label, copy_text=copied)
