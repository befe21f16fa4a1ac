"""What is remembered of turns: the last ones of all residents, and of a conversation its state before that.

Many residents ask the same, and a turn depends on its words and the state alone: its outcome can be reused. A
message whose reply was lost on the way is answered again from the state before it, and so in the same way.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from bot.app.impersonal import impersonal, tells_who
from bot.conversation.knowledge import Knowledge
from bot.conversation.outcome import Outcome
from bot.conversation.state import State, from_data
from bot.conversation.turn import alarm, turn
from bot.messages import Message

MOST = 5000
"""Turns, of some two thousand bytes each."""
_LONGEST = 100  # characters: what is longer hardly comes twice


class Turns:
    """The last turns taken from one release. What is long or personal is not kept, and nobody's name.

    The states after them hold nothing personal either.
    """

    def __init__(self, knowledge: Knowledge, most: int = MOST) -> None:
        self.knowledge = knowledge
        self._most = most
        self._kept: dict[bytes, Outcome] = {}

    def remembered(self, key: bytes) -> Outcome | None:
        """What `take` gives where nothing has to be worked out for it; else None. `key` as of `key_of`."""
        found = self._kept.pop(key, None)
        if found is not None:
            self._kept[key] = found
        return found

    def take(self, message: Message, state: State, key: bytes = b"") -> Outcome:
        """The reply to a message and the state to keep after it, by `turn`; `key` where it is known."""
        key = key or key_of(message.text, state)
        return self.remembered(key) or self._worked_out(message, state, key)

    def glance(self, message: Message, state: State) -> Outcome:
        """The same for what is still being typed: nothing of it is kept."""
        return self.remembered(key_of(message.text, state)) or turn(message, state, self.knowledge)

    def alarm(self, message: Message) -> Outcome | None:
        """The same for a cry for help by itself; None where the message is none."""
        found = self.remembered(key_of(message.text, State())) or alarm(message, self.knowledge)
        return found if found and found.reply.status == "emergency" else None

    def _worked_out(self, message: Message, state: State, key: bytes) -> Outcome:
        outcome, short = turn(message, state, self.knowledge), len(message.text) <= _LONGEST
        if (short or outcome.state != state) and tells_who(message.text):
            return outcome._replace(state=impersonal(outcome.state, message.text, state))
        if short:
            self._keep(key, outcome)
        return outcome

    def _keep(self, key: bytes, outcome: Outcome) -> None:
        self._kept[key] = outcome
        if len(self._kept) > self._most:
            del self._kept[next(iter(self._kept))]


def key_of(text: str, state: State) -> bytes:
    """What a turn is remembered by."""
    return hashlib.blake2b(f"{text}\0{state}".encode("utf-8", "surrogatepass"), digest_size=16).digest()


def with_turn(state: State, message: str, began: State) -> dict[str, Any]:
    """The data to keep of a conversation: its state, and the state `began` in which the turn of the message
    with this key was taken; where it has no key, the state alone.
    """
    data = state.as_data()
    return {**data, "turn": {"of": message, "began": began.as_data()}} if message else data


def began_from(data: Mapping[str, Any], message: str) -> State:
    """The state to answer a message in, from what `with_turn` kept: the same as before if it comes again."""
    turn = data.get("turn")
    if message and isinstance(turn, dict) and turn.get("of") == message:
        return from_data(turn.get("began") or {})
    return from_data(data)
