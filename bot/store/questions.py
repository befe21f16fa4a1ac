"""What residents asked and how it went: the log that staff work from, masked and without names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Row, delete, func, insert, select, update

from bot.messages import Verdict
from bot.store.access import Access
from bot.store.database import Database
from bot.store.schema import ConversationRow
from bot.store.schema_questions import DismissedRow, FeedbackRow, QuestionRow

By = Literal["day", "status", "topic", "channel", "domain", "service", "release"]


@dataclass(frozen=True)
class Asked:
    """One message answered, as it is stored. `services` are the ids answered, or offered to choose from."""

    id: str
    asked_at: float
    day: str
    person: str
    channel: str
    text: str
    text_key: str
    status: str
    topic: str
    confidence: float
    service: str
    domain: int
    services: tuple[str, ...]
    release: int
    elapsed_us: int


class AskedWording(NamedTuple):
    """One wording asked in vain: how often, when last, and answer ids to dismiss it by.

    One id is enough: a wording that a thousand asked is not read a thousand times.
    """

    text: str
    times: int
    last_asked_at: float
    ids: tuple[str, ...]


class MarkedWrong(NamedTuple):
    """An answer a resident called wrong, newest first; `comment` is what they wrote, masked."""

    answer: str
    text: str
    status: str
    topic: str
    services: tuple[str, ...]
    release: int
    channel: str
    comment: str
    given_at: float


class Questions:
    """The question log in the residents' database. Times are seconds since 1970."""

    def __init__(self, database: Database) -> None:
        self._database = Access(database, "question log")

    async def record(self, asked: Sequence[Asked]) -> None:
        """Store what was asked, all of it or none."""
        rows = [vars(a) | {"services": list(a.services)} for a in asked]
        await self._database.write_at_once(lambda connection: connection.execute(insert(QuestionRow), rows))

    async def feedback(self, answer: str, verdict: Verdict, comment: str, now: float) -> bool:
        """Mark an answer; a later verdict replaces an earlier one. False where there is no such answer."""
        known = select(QuestionRow.id).where(QuestionRow.id == answer)
        given = {"verdict": verdict, "comment": comment, "given_at": now, "settled_at": None}
        query = self._database.insert(FeedbackRow).values(answer=answer, **given)
        async with self._database.write() as connection:
            if await connection.scalar(known) is None:
                return False
            await connection.execute(query.on_conflict_do_update(index_elements=["answer"], set_=given))
        return True

    async def newest_of(self, person: str, channel: str) -> str:
        """The id of the newest answer a person was given in a channel; empty where there is none."""
        newest = (
            select(QuestionRow.id)
            .where(QuestionRow.person == person, QuestionRow.channel == channel)
            .order_by(QuestionRow.asked_at.desc())
            .limit(1)
        )
        return str(await self._scalar(newest) or "")

    async def asked_in_vain(
        self, since: float, limit: int = 2000, *, elsewhere: bool = False
    ) -> list[AskedWording]:
        """Wordings nothing was known for and nobody dismissed, most frequent first.

        `elsewhere`: those that a signpost answered instead.
        """
        count, asked = func.count(), _in_vain(since, elsewhere)
        query = (
            select(QuestionRow.text_key, count, func.max(QuestionRow.asked_at))
            .where(*asked)
            .group_by(QuestionRow.text_key)
            .order_by(count.desc(), func.max(QuestionRow.asked_at).desc())
            .limit(limit)
        )
        groups = await self._rows(query)
        texts = await self._of_keys([key for key, *_ in groups], asked)
        # What was erased between the two reads is no longer anybody's question.
        return [
            AskedWording(texts[key][0], n, last, texts[key][1:]) for key, n, last in groups if key in texts
        ]

    async def _of_keys(
        self, keys: Sequence[str], asked: Sequence[ColumnElement[bool]]
    ) -> dict[str, tuple[str, str]]:
        """Text and id of the newest of each wording."""
        newest_first = QuestionRow.asked_at.desc(), QuestionRow.id
        place = func.row_number().over(partition_by=QuestionRow.text_key, order_by=newest_first)
        columns = QuestionRow.text_key, QuestionRow.text, QuestionRow.id, place.label("place")
        placed = select(*columns).where(*asked, QuestionRow.text_key.in_(keys)).subquery()
        newest = select(placed.c.text_key, placed.c.text, placed.c.id).where(placed.c.place == 1)
        return {key: (text, id_) for key, text, id_ in await self._rows(newest)}

    async def dismiss(self, ids: Iterable[str], account: str, now: float) -> None:
        """Take the wordings of these answers off the list of questions asked in vain, for good."""
        keys = select(QuestionRow.text_key).where(QuestionRow.id.in_(tuple(ids))).distinct()
        by = {"account": account, "dismissed_at": now}
        query = self._database.insert(DismissedRow)
        query = query.on_conflict_do_update(index_elements=["text_key"], set_=by)
        async with self._database.write() as connection:
            found = sorted(await connection.scalars(keys))  # in one order, so that nobody waits in turn
            if found:
                await connection.execute(query, [{"text_key": key, **by} for key in found])

    async def marked_wrong(self, since: float, limit: int = 500) -> list[MarkedWrong]:
        """Answers called wrong and not yet settled, newest first."""
        query = (
            select(
                QuestionRow.id,
                QuestionRow.text,
                QuestionRow.status,
                QuestionRow.topic,
                QuestionRow.services,
                QuestionRow.release,
                QuestionRow.channel,
                FeedbackRow.comment,
                FeedbackRow.given_at,
            )
            .join(FeedbackRow, FeedbackRow.answer == QuestionRow.id)
            .where(FeedbackRow.verdict == "wrong", FeedbackRow.settled_at.is_(None))
            .where(FeedbackRow.given_at >= since)
            .order_by(FeedbackRow.given_at.desc())
            .limit(limit)
        )
        return [
            MarkedWrong(answer, text, status, topic, tuple(services), *rest)
            for answer, text, status, topic, services, *rest in await self._rows(query)
        ]

    async def settle(self, answer: str, now: float) -> None:
        """Staff saw to an answer marked wrong."""
        query = update(FeedbackRow).where(FeedbackRow.answer == answer).values(settled_at=now)
        await self._write(query)

    async def counts(self, *by: By, since: float, until: float | None = None) -> list[tuple[Any, ...]]:
        """How many were asked, by these columns, in their order: `counts("day", "status", since=…)`.

        `day` is ISO text; `service` is the first one answered and "" where none was, `domain` then 0.
        """
        columns = [getattr(QuestionRow, name) for name in by]
        query = select(*columns, func.count()).where(QuestionRow.asked_at >= since)
        if until is not None:
            query = query.where(QuestionRow.asked_at < until)
        return [tuple(row) for row in await self._rows(query.group_by(*columns).order_by(*columns))]

    async def verdicts(self, since: float) -> dict[str, int]:
        """How often residents called an answer right and wrong."""
        query = select(FeedbackRow.verdict, func.count()).where(FeedbackRow.given_at >= since)
        return dict(map(tuple, await self._rows(query.group_by(FeedbackRow.verdict))))

    async def wordings(self, since: float, limit: int = 5000) -> list[tuple[str, str, str, int]]:
        """Different wordings asked: (text, status, topic, how often), most frequent first; for what-if."""
        key, count = QuestionRow.text_key, func.count()
        query = (
            select(func.max(QuestionRow.text), QuestionRow.status, QuestionRow.topic, count)
            .where(QuestionRow.asked_at >= since)
            .group_by(key, QuestionRow.status, QuestionRow.topic)
            .order_by(count.desc())
            .limit(limit)
        )
        return [tuple(row) for row in await self._rows(query)]

    async def forget(self, person: str) -> None:
        """Erase all rows of a person (a keyed hash): questions, feedback, conversations."""
        theirs = select(QuestionRow.id).where(QuestionRow.person == person)
        async with self._database.write() as connection:
            await connection.execute(delete(FeedbackRow).where(FeedbackRow.answer.in_(theirs)))
            await connection.execute(delete(QuestionRow).where(QuestionRow.person == person))
            await connection.execute(delete(ConversationRow).where(ConversationRow.person == person))
        await self.wipe()

    async def wipe(self) -> None:
        """See that what was deleted stands nowhere in the database's files any more."""
        await self._database.wipe()

    async def forget_before(self, when: float) -> None:
        """Delete questions, feedback and dismissals older than a time."""
        async with self._database.write() as connection:
            await connection.execute(delete(FeedbackRow).where(FeedbackRow.given_at < when))
            await connection.execute(delete(QuestionRow).where(QuestionRow.asked_at < when))
            await connection.execute(delete(DismissedRow).where(DismissedRow.dismissed_at < when))

    async def _rows(self, query: Any) -> Sequence[Row[*tuple[Any, ...]]]:
        async with self._database.read() as connection:
            return (await connection.execute(query)).all()

    async def _scalar(self, query: Any) -> Any:
        async with self._database.read() as connection:
            return await connection.scalar(query)

    async def _write(self, query: Any) -> None:
        async with self._database.write() as connection:
            await connection.execute(query)


def _in_vain(since: float, elsewhere: bool) -> tuple[ColumnElement[bool], ...]:
    dismissed = select(DismissedRow.text_key).where(DismissedRow.text_key == QuestionRow.text_key)
    return (
        QuestionRow.asked_at >= since,
        QuestionRow.status == "unanswered",
        QuestionRow.topic.startswith("signpost/") if elsewhere else QuestionRow.topic == "",
        QuestionRow.text != "",
        ~dismissed.exists(),
    )
