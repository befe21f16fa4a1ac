"""Databases of one SQLite file side by side: nobody is kept out for long."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.store import database as databases
from bot.store.database import open_database, operator_errors, sqlite_url

pytestmark = pytest.mark.anyio


async def test_a_checkpoint_that_waits_for_a_backup_keeps_no_writer_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The checkpoint waits for a second: so does this test."""
    url = sqlite_url(tmp_path / "x.sqlite")
    service, backup = open_database(url), open_database(url)
    monkeypatch.setattr(databases, "_BUSY_SECONDS", 3)
    staff = open_database(url)
    try:
        async with service.write() as connection:
            await connection.execute(text("create table t (x)"))
        async with backup.read() as reader:
            await reader.execute(text("select * from t"))
            async with service.write() as connection:
                await connection.execute(text("insert into t values (1)"))
            checkpoint = asyncio.create_task(service.wipe())
            await asyncio.sleep(0)
            async with operator_errors("x"), staff.write() as connection:
                await connection.execute(text("insert into t values (2)"))
            await checkpoint
    finally:
        for database in (service, backup, staff):
            await database.dispose()
