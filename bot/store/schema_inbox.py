"""The table of what came in from messengers and is not yet answered for certain."""

from typing import Any

from sqlalchemy import JSON, BigInteger, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.schema import ResidentsBase

_ROW_NUMBER = BigInteger().with_variant(Integer, "sqlite")


class IncomingRow(ResidentsBase):
    """One update of a messenger. Once answered only its key is left, so that it is known when it comes again.

    `lane` is a keyed hash of the chat, in which updates are answered in the order of `number`; `person` one
    of whoever speaks. `calls` is what the answer asks of the messenger, of which the first `made` are done.
    The times are seconds since 1970: nobody may touch the row before `due_at`, nobody but `owner` before
    `lease_until`.
    """

    __tablename__ = "incoming"
    __table_args__ = (
        Index("ix_incoming_channel_key", "channel", "key", unique=True),
        Index("ix_incoming_channel_lane", "channel", "lane", "number"),
        Index("ix_incoming_person", "person"),
        Index("ix_incoming_channel_answered_at", "channel", "answered_at", "due_at"),
    )
    id: Mapped[int] = mapped_column(_ROW_NUMBER, primary_key=True, autoincrement=True)
    channel: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(80))
    lane: Mapped[str] = mapped_column(String(40))
    person: Mapped[str] = mapped_column(String(40), default="")
    number: Mapped[int] = mapped_column(BigInteger)
    payload: Mapped[dict[str, Any] | None]
    calls: Mapped[list[Any] | None] = mapped_column(JSON)
    made: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    owner: Mapped[str] = mapped_column(String(40), default="")
    due_at: Mapped[float] = mapped_column(default=0.0)
    lease_until: Mapped[float] = mapped_column(default=0.0)
    received_at: Mapped[float]
    answered_at: Mapped[float | None]
