"""Who may come in: channels switched off, and how much a key has used of its quota."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.schema import LONGEST_ACCOUNT, ResidentsBase

LONGEST_WHY = 400


class ChannelOffRow(ResidentsBase):
    """A channel that is switched off. No row: it is on."""

    __tablename__ = "channel_off"
    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    since: Mapped[float]
    why: Mapped[str] = mapped_column(String(LONGEST_WHY))
    account: Mapped[str] = mapped_column(String(LONGEST_ACCOUNT))


class QuotaRow(ResidentsBase):
    """How often a person, an address or an API key came in the window that ends at `expires_at`.

    `key` is a keyed hash of whichever it is.
    """

    __tablename__ = "quota"
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    used: Mapped[int]
    expires_at: Mapped[float] = mapped_column(index=True)
