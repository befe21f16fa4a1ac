"""Turns remembered: many residents ask the same, and a turn depends on its words and the state alone."""

import hashlib

from bot.conversation.knowledge import Knowledge
from bot.conversation.outcome import Outcome
from bot.conversation.state import State
from bot.conversation.turn import turn
from bot.messages import Message
from bot.text.masking import personal

MOST = 1000
_LONGEST = 100


class Turns:
    """The last turns taken from one release. What is long or personal is not kept, and nobody's name."""

    def __init__(self, knowledge: Knowledge, most: int | None = None) -> None:
        self.knowledge = knowledge
        self._most = MOST if most is None else most
        self._kept: dict[bytes, Outcome] = {}

    def take(self, message: Message, state: State) -> Outcome:
        """The reply to a message and the state after it, as `turn` gives them."""
        key = _key(message.text, state)
        found = self._kept.pop(key, None)
        if found is None:
            found = turn(message, state, self.knowledge)
            if len(message.text) > _LONGEST or personal(message.text):
                return found
        self._kept[key] = found
        if len(self._kept) > self._most:
            del self._kept[next(iter(self._kept))]
        return found


def _key(text: str, state: State) -> bytes:
    return hashlib.blake2b(f"{text}\0{state}".encode("utf-8", "surrogatepass"), digest_size=16).digest()
