"""What residents may ask about themselves, in every channel alike: /forget, /privacy, /feedback."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import lru_cache
from typing import Protocol

from bot.catalogue.lookup import Lookup
from bot.catalogue.sentences import FALLBACK
from bot.channels.base import unrecorded
from bot.conversation import outcome
from bot.conversation.knowledge import Knowledge
from bot.conversation.state import State
from bot.errors import StoreError
from bot.messages import Button, Message, Reply, Verdict, command_word, first_word
from bot.text.normalise import normalise

log = logging.getLogger("yongwen")

FORGET, PRIVACY, FEEDBACK = "/forget", "/privacy", "/feedback"
_TOPIC = "command/"
_NOT_FORGOTTEN = f"{_TOPIC}not-forgotten"
ANSWER_ID_LENGTH = 12
_LONGEST_WORDS = 10  # characters of a command that is spelt out, as its menu says it
GREETINGS = ("/start", "/help")
_VERDICTS: tuple[Verdict, ...] = ("right", "wrong")


class Keeper(Protocol):
    """Whoever keeps residents' records, as the commands need it: 甬问 itself, but for tests."""

    @property
    def knowledge(self) -> Knowledge:
        """The sentences."""

    @property
    def records(self) -> bool:
        """Whether questions are kept at all."""

    @property
    def kept_days(self) -> int:
        """For how many days questions are kept."""

    async def forget_speaker(self, message: Message) -> None:
        """Erase all that is kept of whoever speaks. StoreError where it fails."""

    async def feedback(self, answer_id: str, verdict: Verdict, comment: str = "") -> bool:
        """Mark an answer."""

    async def newest_answer(self, message: Message) -> str:
        """The id of the newest answer whoever speaks was given."""


Command = Callable[[Keeper, Message, str], Awaitable[Reply]]


async def command_reply(keeper: Keeper, message: Message) -> Reply | None:
    """The reply to a command about oneself; None where the message is none.

    The topic is `command/…`: a channel that keeps words itself drops them on `command/forget`, which is only
    said where all else is gone. What a link brings erases and judges nothing: it is told of the records, with
    a button to erase them.
    """
    named = _named(keeper, message.text)
    if named is None:
        return None
    name, rest = (PRIVACY, "") if message.linked else named
    reply = await _COMMANDS[name](keeper, message, rest)
    return reply if reply.topic else replace(reply, topic=f"command{name}")


def is_command(reply: Reply) -> bool:
    """Whether a reply is one to a command about oneself."""
    return reply.topic.startswith(_TOPIC)


def with_notice(keeper: Keeper, message: Message, reply: Reply) -> Reply:
    """The greeting with one line on privacy under it, where anything is kept; other replies as they are."""
    if command_word(message.text) not in GREETINGS or not keeper.records:
        return reply
    lookup = keeper.knowledge.lookup
    line = lookup.say("privacy-line") if "privacy-line" in lookup.replies else ""
    return replace(reply, text=f"{reply.text}\n{line}".rstrip())


def _named(keeper: Keeper, text: str) -> tuple[str, str] | None:
    """(command, what follows it), or None. Its menu's words, typed as a whole message, are a command too."""
    if (name := command_word(text)) in _COMMANDS:
        return name, first_word(text)[1]
    if len(text) > _LONGEST_WORDS:
        return None
    replies = keeper.knowledge.lookup.replies  # an old release may lack these sentences
    words = {_folded(replies.get(f"command-{name[1:]}", name)): name for name in (FORGET, PRIVACY)}
    return (words[found], "") if (found := normalise(text)) in words else None


@lru_cache(maxsize=32)
def _folded(sentence: str) -> str:
    return normalise(sentence)


async def _forget(keeper: Keeper, message: Message, _rest: str) -> Reply:
    try:
        await keeper.forget_speaker(message)
    except StoreError as error:
        log.error("a person could not be forgotten: %s", error)
        return replace(said("error", keeper.knowledge.lookup), topic=_NOT_FORGOTTEN)
    return said("forget-done", keeper.knowledge.lookup)


async def _privacy(keeper: Keeper, _message: Message, _rest: str) -> Reply:
    if not keeper.records:
        return _unrecorded("privacy")
    text = keeper.knowledge.lookup.say("privacy-notice", days=str(keeper.kept_days))
    button = Button(keeper.knowledge.lookup.say("command-forget"), FORGET)
    return Reply(text, "smalltalk", buttons=(button,))


async def _feedback(keeper: Keeper, message: Message, rest: str) -> Reply:
    """`/feedback`, `/feedback right|wrong [answer id] [words]`, or just words, which means wrong."""
    if not keeper.records:
        return _unrecorded("feedback")
    verdict, answer, words = _read_verdict(rest)
    answer = answer or await keeper.newest_answer(message)
    if not verdict and not words:
        say = keeper.knowledge.lookup.say
        buttons = tuple(Button(say(f"verdict-{v}"), f"{FEEDBACK} {v} {answer}".strip()) for v in _VERDICTS)
        return replace(said("feedback-ask", keeper.knowledge.lookup), buttons=buttons)
    stored = bool(answer) and await keeper.feedback(answer, verdict or "wrong", words)
    lookup = keeper.knowledge.lookup
    return said("feedback-noted", lookup) if stored else said("feedback-none", lookup)


def _unrecorded(about: str) -> Reply:
    text = unrecorded(about, FALLBACK)
    return Reply(text, "smalltalk", phones=(FALLBACK,) if FALLBACK in text else ())


def _read_verdict(rest: str) -> tuple[Verdict | None, str, str]:
    """(verdict, answer id, words) of what follows the command; what is missing is empty."""
    first, more = first_word(rest)
    verdict = next((v for v in _VERDICTS if v == first.lower()), None)
    if verdict is None:
        return None, "", rest
    answer, words = first_word(more)
    if len(answer) == ANSWER_ID_LENGTH and answer.isascii():
        return verdict, answer, words
    return verdict, "", more


def said(key: str, lookup: Lookup) -> Reply:
    """A fixed sentence as a reply; the one for trouble where an older release does not have it yet."""
    return outcome.said(key if key in lookup.replies else "error", "smalltalk", State(), lookup).reply


_COMMANDS: dict[str, Command] = {FORGET: _forget, PRIVACY: _privacy, FEEDBACK: _feedback}
