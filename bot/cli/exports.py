"""The command that takes the FAQ out: export."""

import argparse
import sys
from pathlib import Path
from typing import Any

from bot import app, config
from bot.staff.exports.folder import write_into
from bot.staff.exports.formats import FORMATS


def add_to(commands: Any) -> None:
    """Declare the command."""
    export = commands.add_parser("export", help="write the FAQ of a release for people, tools and web sites")
    export.add_argument("--format", choices=tuple(FORMATS), required=True, help="what to write")
    export.add_argument(
        "--to", metavar="PATH", type=Path, default=Path(), help="the folder to write into; default: this one"
    )
    export.add_argument("--release", metavar="N", type=int, help="an older release; default: the newest")
    export.set_defaults(run=_export)


async def _export(arguments: argparse.Namespace, settings: config.Settings) -> int:
    files = await app.export(settings, arguments.format, arguments.release)
    came_to = write_into(arguments.to, arguments.format, files)
    print(f"{len(files)} files in {arguments.to.resolve()}", file=sys.stderr)
    for path in came_to.removed:
        print(f"no longer in the release, deleted: {path}", file=sys.stderr)
    for path in came_to.strange:
        print(f"not of this export, left alone: {path}", file=sys.stderr)
    return 0
