"""Which channels are switched off, for every replica alike."""

from typing import NamedTuple

from sqlalchemy import delete, select

from bot.errors import InputError
from bot.store.access import Access
from bot.store.database import Database
from bot.store.schema_gate import LONGEST_WHY, ChannelOffRow
from bot.store.trail import Entry, note


class Off(NamedTuple):
    """A channel that is switched off: since when (seconds since 1970), why, and by whom."""

    channel: str
    since: float
    why: str
    account: str


class Switches:
    """The switches in the residents' database."""

    def __init__(self, database: Database) -> None:
        self._database = Access(database, "channel switches")

    async def off(self, channel: str, why: str, account: str, now: float) -> None:
        """Switch a channel off; one that is off already gets the new reason. The audit trail tells of it.

        InputError without a reason, or with one too long to be kept.
        """
        why = why.strip()
        if not 0 < len(why) <= LONGEST_WHY:
            raise InputError(f"say why, in up to {LONGEST_WHY} characters", "no-why", longest=LONGEST_WHY)
        why_off = {"since": now, "why": why, "account": account}
        query = self._database.insert(ChannelOffRow).values(channel=channel, **why_off)
        async with self._database.write() as connection:
            await connection.execute(query.on_conflict_do_update(index_elements=["channel"], set_=why_off))
            await note(connection, Entry(now, account, "channel-off", channel, {"why": why}))

    async def on(self, channel: str, account: str, now: float) -> bool:
        """Switch a channel on. False where it was on, and nothing is to be told."""
        query = delete(ChannelOffRow).where(ChannelOffRow.channel == channel)
        async with self._database.write() as connection:
            was_off = bool((await connection.execute(query)).rowcount)
            if was_off:
                await note(connection, Entry(now, account, "channel-on", channel, {}))
        return was_off

    async def all(self) -> dict[str, Off]:
        """The channels that are off, by name."""
        columns = (ChannelOffRow.channel, ChannelOffRow.since, ChannelOffRow.why, ChannelOffRow.account)
        query = select(*columns).order_by(ChannelOffRow.channel)
        async with self._database.read() as connection:
            return {row[0]: Off(*row) for row in await connection.execute(query)}
