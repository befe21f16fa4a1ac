"""Which channels are switched off, for every replica alike."""

from typing import NamedTuple

from sqlalchemy import delete, insert, select

from bot.store.access import Access
from bot.store.database import Database
from bot.store.schema_gate import ChannelOffRow


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
        """Switch a channel off; one that is off already gets the new reason."""
        row = {"channel": channel, "since": now, "why": why, "account": account}
        async with self._database.write() as connection:
            await connection.execute(delete(ChannelOffRow).where(ChannelOffRow.channel == channel))
            await connection.execute(insert(ChannelOffRow).values(row))

    async def on(self, channel: str) -> bool:
        """Switch a channel on. False where it was on."""
        query = delete(ChannelOffRow).where(ChannelOffRow.channel == channel)
        async with self._database.write() as connection:
            return bool((await connection.execute(query)).rowcount)

    async def all(self) -> dict[str, Off]:
        """The channels that are off, by name."""
        columns = (ChannelOffRow.channel, ChannelOffRow.since, ChannelOffRow.why, ChannelOffRow.account)
        query = select(*columns).order_by(ChannelOffRow.channel)
        async with self._database.read() as connection:
            return {row[0]: Off(*row) for row in await connection.execute(query)}
