"""The tables of what residents asked: masked words, no names, gone after the retention."""

from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.schema import LONGEST_ACCOUNT, ResidentsBase


class QuestionRow(ResidentsBase):
    """One message answered. `id` is the answer's; `person` and `text_key` are keyed hashes.

    `day` is the day in Ningbo, `service` and `domain` are those of the first service answered (or empty, 0).
    """

    __tablename__ = "question"
    __table_args__ = (Index("ix_question_status_day", "status", "day"),)
    id: Mapped[str] = mapped_column(String(24), primary_key=True)
    asked_at: Mapped[float] = mapped_column(index=True)
    day: Mapped[str] = mapped_column(String(10), index=True)
    person: Mapped[str] = mapped_column(String(64), index=True)
    channel: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    text_key: Mapped[str] = mapped_column(String(64), index=True)
    status: Mapped[str] = mapped_column(String(20))
    topic: Mapped[str] = mapped_column(String(120))
    confidence: Mapped[float]
    service: Mapped[str] = mapped_column(String(60))
    domain: Mapped[int]
    services: Mapped[list[Any]]
    release: Mapped[int]
    elapsed_us: Mapped[int]


class FeedbackRow(ResidentsBase):
    """What a resident thought of an answer: `verdict` right or wrong; `settled_at` once staff saw to it."""

    __tablename__ = "feedback"
    answer: Mapped[str] = mapped_column(String(24), primary_key=True)
    verdict: Mapped[str] = mapped_column(String(8))
    comment: Mapped[str] = mapped_column(Text)
    given_at: Mapped[float] = mapped_column(index=True)
    settled_at: Mapped[float | None]


class DismissedRow(ResidentsBase):
    """A wording staff need not see again among the questions asked in vain: its hash, not its words."""

    __tablename__ = "dismissed"
    text_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    account: Mapped[str] = mapped_column(String(LONGEST_ACCOUNT))
    dismissed_at: Mapped[float] = mapped_column(index=True)
