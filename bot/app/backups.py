"""Backup of both databases to one file while the service runs, and back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from bot.app.databases import catalogue_database, prepare_empty, second_database, upgrade_second
from bot.config import Settings
from bot.store import backup
from bot.store.backup import BackupSummary
from bot.store.database import Database, operator_errors
from bot.store.migrate import migrate


async def back_up(settings: Settings, path: Path) -> BackupSummary:
    """Write a backup. StoreError where a database cannot be read, InputError where the file cannot be."""
    async with _both(settings, makes=False) as databases:
        return await backup.back_up(databases, path, datetime.now(UTC).isoformat(timespec="seconds"))


async def restore(settings: Settings, path: Path) -> BackupSummary:
    """Put a backup in the place of what is there; running bots go over to its newest release."""
    backup.read_summary(path)
    await prepare_empty(settings)
    async with _both(settings) as databases:
        return await backup.restore(databases, path)


@asynccontextmanager
async def _both(settings: Settings, *, makes: bool = True) -> AsyncIterator[dict[str, Database]]:
    databases = {
        "catalogue": catalogue_database(settings, writes=True),
        "residents": second_database(settings, durable=True, makes=makes),
    }
    try:
        async with operator_errors(str(settings.catalogue)):
            await migrate(databases["catalogue"], "catalogue")
        await upgrade_second(databases["residents"], settings)
        yield databases
    finally:
        for database in databases.values():
            await database.dispose()
