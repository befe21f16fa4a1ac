"""Commands for staff accounts: user add, passwd, disable, enable, list."""

import argparse
import sys
from typing import Any

from bot import config
from bot.app.editorial import open_editorial
from bot.cli.passwords import password
from bot.store.trail import COMMAND_LINE


def add_to(commands: Any) -> None:
    """Declare the commands."""
    user = commands.add_parser("user", help="staff accounts: add, passwd, disable, enable, list")
    actions = user.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="make an account; the password is typed or read from stdin")
    add.add_argument("name")
    role = add.add_mutually_exclusive_group()
    role.add_argument("--admin", dest="role", action="store_const", const="admin", help="may do everything")
    role.add_argument(
        "--reviewer", dest="role", action="store_const", const="reviewer", help="may edit, approve, release"
    )
    add.set_defaults(run=_add, role="editor")
    for action, run, text in (
        ("passwd", _passwd, "give an account another password; its sessions end"),
        ("disable", _disable, "shut an account out; its sessions end"),
        ("enable", _enable, "let a disabled account in again"),
    ):
        parser = actions.add_parser(action, help=text)
        parser.add_argument("name")
        parser.set_defaults(run=run)
    actions.add_parser("list", help="list the accounts").set_defaults(run=_list)


async def _add(arguments: argparse.Namespace, settings: config.Settings) -> int:
    async with open_editorial(settings) as editorial:
        typed = password(f"password of {arguments.name}", twice=True)
        made = await editorial.accounts.create(arguments.name, typed, arguments.role, by=COMMAND_LINE)
    print(f"{made.name}: {made.role}", file=sys.stderr)
    return 0


async def _passwd(arguments: argparse.Namespace, settings: config.Settings) -> int:
    async with open_editorial(settings, makes=False) as editorial:
        await editorial.accounts.find(arguments.name)
        typed = password(f"new password of {arguments.name}", twice=True)
        await editorial.accounts.set_password(arguments.name, typed, by=COMMAND_LINE)
    return 0


async def _disable(arguments: argparse.Namespace, settings: config.Settings) -> int:
    async with open_editorial(settings, makes=False) as editorial:
        await editorial.accounts.disable(arguments.name, by=COMMAND_LINE)
    return 0


async def _enable(arguments: argparse.Namespace, settings: config.Settings) -> int:
    async with open_editorial(settings, makes=False) as editorial:
        await editorial.accounts.enable(arguments.name, by=COMMAND_LINE)
    return 0


async def _list(_arguments: argparse.Namespace, settings: config.Settings) -> int:
    async with open_editorial(settings, makes=False) as editorial:
        for account in await editorial.accounts.all():
            print(account.name, account.role, *(["disabled"] if account.disabled else []), sep="\t")
    return 0
