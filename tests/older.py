"""Databases as an older version of 甬问 left them."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from bot.store import migrate

SCRIPTS = Path(migrate.__file__).parent / "migrations"


def downgrade(connection: Connection, name: str, revision: str) -> None:
    """Take `catalogue` or `residents` back to an older schema, with all that it holds."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS / name))
    config.attributes.update(connection=connection, version_table="alembic_version")
    command.downgrade(config, revision)
