"""How often someone came: counted in the database, so that all replicas share one count."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from sqlalchemy import case, delete

from bot.messages import Rate
from bot.store.access import Access
from bot.store.batching import Batched
from bot.store.database import Database
from bot.store.schema_gate import QuotaRow


class _Hit(NamedTuple):
    key: str
    rate: Rate
    now: float


class Quotas:
    """Fixed windows, one row a key. Those who come at the same time are counted up by one statement.

    `hidden` makes a keyed hash of a key, which may name an address.
    """

    def __init__(self, database: Database, hidden: Callable[[str], str]) -> None:
        self._database = Access(database, "quotas")
        self._hidden = hidden
        self._hit = Batched(self._counted)

    async def hit(self, key: str, rate: Rate, now: float) -> int:
        """Count one more; 0 where that is within the rate, else the seconds to wait."""
        return await self._hit(_Hit(self._hidden(key), rate, now))

    async def _counted(self, hits: Sequence[_Hit]) -> list[int]:
        times = Counter(hit.key for hit in hits)
        last = {hit.key: hit for hit in hits}
        rows = [
            {"key": key, "used": times[key], "expires_at": last[key].now + last[key].rate.seconds}
            for key in sorted(last)  # one order everywhere: replicas must not wait for each other in turn
        ]
        query = self._database.insert(QuotaRow)
        over, fresh = QuotaRow.expires_at <= max(hit.now for hit in hits), query.excluded
        query = query.on_conflict_do_update(
            index_elements=["key"],
            set_={
                "used": case((over, fresh.used), else_=QuotaRow.used + fresh.used),
                "expires_at": case((over, fresh.expires_at), else_=QuotaRow.expires_at),
            },
        ).returning(QuotaRow.key, QuotaRow.used, QuotaRow.expires_at)
        async with self._database.write() as connection:
            found = {key: (used, until) for key, used, until in await connection.execute(query, rows)}
        return [_wait(hit, *found[hit.key], times) for hit in hits]

    async def forget(self, key: str) -> None:
        """Drop the count of a key."""
        async with self._database.write() as connection:
            await connection.execute(delete(QuotaRow).where(QuotaRow.key == self._hidden(key)))

    async def forget_expired(self, now: float) -> None:
        """Drop the counts of windows that are over."""
        async with self._database.write() as connection:
            await connection.execute(delete(QuotaRow).where(QuotaRow.expires_at <= now))


def _wait(hit: _Hit, used: int, until: float, left: Counter[str]) -> int:
    """The seconds to wait for one of those counted together; `left` of its key are not yet told."""
    left[hit.key] -= 1
    if used - left[hit.key] <= hit.rate.times:
        return 0
    return max(1, min(math.ceil(until - hit.now), hit.rate.seconds))  # clocks of replicas differ a little
