"""Commands for safe keeping: backup, restore."""

import argparse
import sys
from pathlib import Path
from typing import Any

from bot import config
from bot.app import backups
from bot.store.backup import BackupSummary


def add_to(commands: Any) -> None:
    """Declare the commands."""
    backup = commands.add_parser("backup", help="write both databases to one file, also while 甬问 runs")
    backup.add_argument("file", type=Path)
    backup.set_defaults(run=_backup)
    restore = commands.add_parser("restore", help="put a backup in the place of what the databases hold")
    restore.add_argument("file", type=Path)
    restore.set_defaults(run=_restore)


async def _backup(arguments: argparse.Namespace, settings: config.Settings) -> int:
    _tell(f"{arguments.file}: backed up", await backups.back_up(settings, arguments.file))
    return 0


async def _restore(arguments: argparse.Namespace, settings: config.Settings) -> int:
    _tell(f"{arguments.file}: restored and read back", await backups.restore(settings, arguments.file))
    return 0


def _tell(what: str, summary: BackupSummary) -> None:
    print(f"{what}: {sum(summary.rows.values())} rows in {len(summary.rows)} tables", file=sys.stderr)
