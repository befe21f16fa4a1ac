"""How often someone came: counted in the database, so that all replicas share one count."""

import math

from sqlalchemy import case, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.messages import Rate
from bot.store.engine import operator_errors, writing
from bot.store.schema_gate import QuotaRow

_NAME = "quotas"


class Quotas:
    """Fixed windows, one row a key, counted up by a single statement."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def hit(self, key: str, rate: Rate, now: float) -> int:
        """Count one more; 0 where that is within the rate, else the seconds to wait."""
        insert = postgresql.insert if self._engine.dialect.name == "postgresql" else sqlite.insert
        over = QuotaRow.expires_at <= now
        query = (
            insert(QuotaRow)
            .values(key=key, used=1, expires_at=now + rate.seconds)
            .on_conflict_do_update(
                index_elements=["key"],
                set_={
                    "used": case((over, 1), else_=QuotaRow.used + 1),
                    "expires_at": case((over, now + rate.seconds), else_=QuotaRow.expires_at),
                },
            )
            .returning(QuotaRow.used, QuotaRow.expires_at)
        )
        async with operator_errors(_NAME), writing(self._engine) as connection:
            used, expires_at = (await connection.execute(query)).one()
        return 0 if used <= rate.times else max(1, math.ceil(expires_at - now))

    async def forget(self, key: str) -> None:
        """Drop the count of a key."""
        async with operator_errors(_NAME), writing(self._engine) as connection:
            await connection.execute(delete(QuotaRow).where(QuotaRow.key == key))

    async def forget_expired(self, now: float) -> None:
        """Drop the counts of windows that are over."""
        async with operator_errors(_NAME), writing(self._engine) as connection:
            await connection.execute(delete(QuotaRow).where(QuotaRow.expires_at <= now))
