"""Questions go into the question log in the background: no answer waits for it."""

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import NamedTuple, Protocol

from bot.app.background import every, repeating
from bot.errors import StoreError
from bot.local_time import day_of
from bot.messages import Message, Reply, Verdict
from bot.store.questions import Asked, Questions
from bot.text.masking import masked
from bot.text.normalise import visible
from bot.text.pseudonyms import Pseudonyms

log = logging.getLogger("yongwen")

LONGEST_KEPT = 600
"""Characters of a question or comment."""
_MARGIN = 100  # characters: longer than anything that is masked
_MOST_WAITING = 10_000  # exchanges; with more the oldest are lost
_MOST_AT_ONCE = 100  # rows in a transaction
_PAUSE_SECONDS = 0.2
_MOST_REMEMBERED = 2000  # texts that needed no mask


class AnsweredMessage(NamedTuple):
    """A message and its reply at a time, as answered from a release. Lives in memory only."""

    message: Message
    reply: Reply
    now: float
    release: int


def answer_id() -> str:
    """A name for an answer that nobody guesses, short enough for a button of any channel."""
    return secrets.token_urlsafe(9)


def kept(text: str, public: Collection[str]) -> str:
    """As much of a text as is stored, masked; `public` telephone numbers stay."""
    # Cut twice: masking a whole book would take long, and half a number would not be recognised.
    return masked(visible(text[: LONGEST_KEPT + _MARGIN]), public)[:LONGEST_KEPT]


class StoredTexts:
    """Texts as they are stored, with their keys. Many ask the same: what needed no mask is remembered."""

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self._pseudonyms = pseudonyms
        self._plain: dict[str, str] = {}
        self._public: Collection[str] = ()

    def stored(self, text: str, public: Collection[str]) -> tuple[str, str]:
        """The masked text and its key; `public` telephone numbers stay."""
        if public != self._public or len(self._plain) > _MOST_REMEMBERED:
            self._public, self._plain = public, {}
        if (key := self._plain.get(text)) is not None:
            return text, key
        found = kept(text, public)
        key = self._pseudonyms.wording(found)
        if found == text:
            self._plain[text] = key
        return found, key


def asked(exchange: AnsweredMessage, pseudonyms: Pseudonyms, text: str, text_key: str) -> Asked:
    """An exchange as it is stored: its text masked, and the people in it hashed."""
    message, reply, now, release = exchange
    answers = [m for m in reply.matches if m.role == "answer"]
    return Asked(
        id=reply.answer_id,
        asked_at=now,
        day=day_of(now).isoformat(),
        person=pseudonyms.person(message.channel, message.speaker),
        channel=message.channel,
        text=text,
        text_key=text_key,
        status=reply.status,
        topic=reply.topic,
        confidence=reply.confidence,
        service=answers[0].service if answers else "",
        domain=answers[0].domain if answers else 0,
        services=tuple(m.service for m in answers or reply.matches),
        release=release,
        elapsed_us=reply.elapsed_us,
    )


class Recorder:
    """A queue in front of the question log: `put` only appends, a task in the background writes."""

    def __init__(
        self,
        questions: Questions,
        pseudonyms: Pseudonyms,
        public: Callable[[], Collection[str]] = tuple,
    ) -> None:
        """`public` gives the telephone numbers that masking leaves alone."""
        self.questions = questions
        self._pseudonyms = pseudonyms
        self._public = public
        self._texts = StoredTexts(pseudonyms)
        self._waiting: deque[AnsweredMessage] = deque(maxlen=_MOST_WAITING)
        self._writing = asyncio.Lock()

    def put(self, message: Message, reply: Reply, now: float, release: int) -> Reply:
        """Queue an exchange; returns the reply with an id. A full queue loses its oldest."""
        named = replace(reply, answer_id=answer_id())
        self._waiting.append(AnsweredMessage(message, named, now, release))
        return named

    async def flush(self) -> None:
        """Write all that waits. Where the database fails, it goes on waiting and the log says so."""
        async with self._writing:
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), _MOST_AT_ONCE))]
                try:
                    await self.questions.record(await asyncio.to_thread(self._rows, batch))
                except StoreError as error:
                    log.error("questions not recorded, trying again: %s", error)
                    self._put_back(batch)
                    return

    def _put_back(self, batch: list[AnsweredMessage]) -> None:
        """Before what came meanwhile, as far as there is room: of a full queue the oldest is lost."""
        room = _MOST_WAITING - len(self._waiting)
        self._waiting.extendleft(reversed(batch[max(0, len(batch) - room) :]))

    def _rows(self, batch: list[AnsweredMessage]) -> list[Asked]:
        public = self._public()
        stored = (self._texts.stored(exchange.message.text, public) for exchange in batch)
        return [asked(one, self._pseudonyms, *text) for one, text in zip(batch, stored, strict=True)]

    @property
    def waiting(self) -> int:
        """How many exchanges are not yet written."""
        return len(self._waiting)

    async def feedback(self, answer: str, verdict: Verdict, comment: str, now: float) -> bool:
        """Mark an answer right or wrong. False where there is no such answer, or it cannot be stored."""
        await self.flush()
        try:
            return await self.questions.feedback(answer, verdict, kept(comment, self._public()), now)
        except StoreError as error:
            log.error("feedback not stored: %s", error)
            return False

    async def forget(self, channel: str, person: str) -> None:
        """Erase all rows of a person, also those that only wait to be written. StoreError where it fails."""
        theirs = self._pseudonyms.person(channel, person)
        async with self._writing:
            others = [e for e in self._waiting if self._of(e) != theirs]
            self._waiting.clear()
            self._waiting.extend(others)
            await self.questions.forget(theirs)

    async def newest_answer(self, message: Message) -> str:
        """The id of the newest answer whoever speaks was given; empty where there is none."""
        await self.flush()
        theirs = self._pseudonyms.person(message.channel, message.speaker)
        try:
            return await self.questions.newest_of(theirs, message.channel)
        except StoreError as error:
            log.error("the newest answer was not read: %s", error)
            return ""

    def _of(self, exchange: AnsweredMessage) -> str:
        message = exchange.message
        return self._pseudonyms.person(message.channel, message.speaker)


class Buffered(Protocol):
    """Something that gathers what is to be written."""

    async def flush(self) -> None:
        """Write all that waits."""


@asynccontextmanager
async def flushing(buffered: Buffered) -> AsyncIterator[None]:
    """Write what gathers in the background as long as the context is open, and the rest at its end."""
    try:
        async with repeating(buffered.flush, every(_PAUSE_SECONDS)):
            yield
    finally:
        await buffered.flush()
