"""What is kept of conversations: where, under whose names, for how long."""

import logging
import secrets
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.app.remembering import MOST
from bot.conversation.state import EXPIRES_AFTER_SECONDS
from bot.errors import StoreError
from bot.messages import Message
from bot.text.pseudonyms import Pseudonyms

log = logging.getLogger("yongwen")


class States(Protocol):
    """Where the states of conversations are kept."""

    async def load(self, key: str, now: float) -> dict[str, Any]:
        """The state under a key, or an empty one."""

    async def save(self, key: str, state: dict[str, Any], expires_at: float, person: str = "") -> None:
        """Keep a person's state under a key until a time."""

    async def forget(self, person: str) -> None:
        """Delete the states of a person."""


def _random() -> Pseudonyms:
    return Pseudonyms(secrets.token_bytes(32))


@dataclass(frozen=True)
class Memory:
    """The states of conversations, under pseudonyms: without a key of one's own they end with the process.

    Questions are kept for `days`, the state of a conversation for `seconds`; of the last turns of all
    residents so many as `turns` are remembered, with 0 each is worked out anew.
    """

    states: States
    pseudonyms: Pseudonyms = field(default_factory=_random)
    days: int = 90
    seconds: int = EXPIRES_AFTER_SECONDS
    turns: int = MOST

    def key(self, message: Message) -> str:
        """What a message's conversation is kept under; empty where it belongs to none."""
        return self.pseudonyms.conversation(message.channel, message.session) if message.session else ""

    def person(self, message: Message) -> str:
        """What whoever speaks is called here."""
        return self.pseudonyms.person(message.channel, message.speaker)

    async def load(self, key: str, now: float) -> dict[str, Any]:
        """The state under a key. Where it cannot be read, the answer does without."""
        try:
            return await self.states.load(key, now)
        except StoreError as error:
            log.error("conversation not read, answering without it: %s", error)
            return {}

    async def save(self, message: Message, data: dict[str, Any], now: float) -> None:
        """Keep the state of a message's conversation. Where it cannot be written, the answer stands."""
        try:
            await self.states.save(self.key(message), data, now + self.seconds, self.person(message))
        except StoreError as error:
            log.error("conversation not saved: %s", error)
