"""Bring a database to the newest schema, from our own start-up code."""

import logging
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from bot.errors import StoreError
from bot.store.database import Database

_HERE = Path(__file__).parent / "migrations"
_LOCK = 20211228  # any number, as long as nothing else in the database locks it


def _upgrade(connection: Connection, name: str) -> None:
    # Alembic takes as long to import as everything else of ours; a question needs none of it.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", str(_HERE / name))
    config.attributes["connection"] = connection
    if connection.dialect.name == "sqlite":
        config.attributes["version_table"] = "alembic_version"
    else:  # both schemas share one database, and replicas may start together
        config.attributes["version_table"] = f"alembic_version_{name}"
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    try:
        command.upgrade(config, "head")
    except CommandError as error:  # a version of its tables that this program has never heard of
        where = connection.engine.url.database
        raise StoreError(
            f"{where}: a newer version of 甬问 has used it; run that one, or restore a backup"
        ) from error


async def migrate(database: Database, name: str) -> None:
    """Upgrade `catalogue` or `residents` to head, in one transaction.

    StoreError where a newer program was there before.
    """
    async with database.write() as connection:
        await connection.run_sync(_upgrade, name)


async def is_ours(database: Database) -> bool:
    """Whether a SQLite file holds our tables, of whatever version: another's must not be changed."""
    async with database.read() as connection:
        return await connection.run_sync(lambda bare: inspect(bare).has_table("alembic_version"))
