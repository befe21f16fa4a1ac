"""What WeChat Official Accounts and WeCom share: an XML message in, one text out within five seconds."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.channels.base import START, ForgetPerson, plain
from bot.channels.inbox import Inbox
from bot.channels.push_replies import PushReplies
from bot.channels.splitting import byte_count, split
from bot.channels.webhook import PushRefusedError
from bot.channels.xml import write_xml
from bot.messages import Answer, Message, Reply

MOST_BYTES = 2048


@dataclass(frozen=True)
class Words:
    """What the channel itself says: that more follows, and what asks for it."""

    more: str
    ask_more: tuple[str, ...]


def pages(reply: Reply, more: str) -> list[str]:
    """The reply in texts of at most 2048 bytes; all but the last end with what tells that more follows.

    `<` before a letter would make a link or vanish, so it becomes its full-width twin.
    """
    whole = _harmless(plain(reply))
    if byte_count(whole) <= MOST_BYTES:
        return [whole]
    parts = split(whole, MOST_BYTES - byte_count(more) - 1)
    return [f"{part}\n{more}" for part in parts[:-1]] + parts[-1:]


def _harmless(text: str) -> str:
    return text.replace("<", "\uff1c").replace(">", "\uff1e")


class TencentConversation:
    """Answers the messages of one account, whatever envelope they came in; `words` as they are now."""

    def __init__(
        self,
        channel: str,
        answer: Answer,
        inbox: Inbox,
        forget: ForgetPerson,
        words: Callable[[], Words],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._channel = channel
        self._answer = answer
        self._forget = forget
        self._words = words
        self._clock = clock
        self._replies = PushReplies(inbox, channel, clock)

    async def reply(self, message: Mapping[str, str]) -> str:
        """The XML that answers a message; empty where nothing is to be said."""
        person, account = message.get("FromUserName", ""), message.get("ToUserName", "")
        if not person:
            raise PushRefusedError(400, "from nobody")
        text = heard(message)
        if text is None:
            if message.get("Event", "").lower() == "unsubscribe":
                await self._forget(person)
            return ""
        said = await self._replies.once(
            _key(message), lambda: self._say(text, person, message.get("MsgId", ""))
        )
        fields: dict[str, str | int] = {
            "ToUserName": person,
            "FromUserName": account,
            "CreateTime": int(self._clock()),
            "MsgType": "text",
            "Content": said,
        }
        return write_xml(fields)

    async def drop_pages(self, channel: str, person: str) -> None:
        """Forget what of a person's last reply was not asked for yet."""
        if channel == self._channel:
            await self._replies.keep(person, ())

    async def _say(self, text: str, person: str, key: str) -> str:
        words = self._words()
        if text.strip() in words.ask_more and (kept := await self._replies.kept(person)):
            first, *rest = kept
        else:
            reply = await self._answer(Message(text, person, self._channel, person, key))
            first, *rest = pages(reply, words.more)
        await self._replies.keep(person, rest)
        return first


def heard(message: Mapping[str, str]) -> str | None:
    """What a message says; empty for a picture or a place, None where nothing is said to us."""
    kind = message.get("MsgType", "").lower()
    if kind == "text":
        return message.get("Content", "")
    if kind != "event":
        return message.get("Recognition", "")
    event = message.get("Event", "").lower()
    if event == "subscribe":
        return START
    return message.get("EventKey", "") if event == "click" else None


def _key(message: Mapping[str, str]) -> str:
    """What a repeated push has in common with the first."""
    names = ("FromUserName", "MsgId") if message.get("MsgId") else ("FromUserName", "CreateTime", "Event")
    return "\0".join((*(message.get(name, "") for name in names), message.get("EventKey", "")))
