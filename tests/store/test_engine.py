"""SQLite engines side by side: nobody is kept out for long."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.store import engine as engines
from bot.store.engine import create_engine, operator_errors, reading, sqlite_url, wipe, writing

pytestmark = pytest.mark.anyio


async def test_a_checkpoint_that_waits_for_a_backup_keeps_no_writer_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The checkpoint waits for a second: so does this test."""
    url = sqlite_url(tmp_path / "x.sqlite")
    service, backup = create_engine(url), create_engine(url)
    monkeypatch.setattr(engines, "_BUSY_SECONDS", 3)
    staff = create_engine(url)
    try:
        async with writing(service) as connection:
            await connection.execute(text("create table t (x)"))
        async with reading(backup).connect() as reader:
            await reader.execute(text("select * from t"))
            async with writing(service) as connection:
                await connection.execute(text("insert into t values (1)"))
            checkpoint = asyncio.create_task(wipe(service))
            await asyncio.sleep(0)
            async with operator_errors("x"), writing(staff) as connection:
                await connection.execute(text("insert into t values (2)"))
            await checkpoint
    finally:
        for engine in (service, backup, staff):
            await engine.dispose()
