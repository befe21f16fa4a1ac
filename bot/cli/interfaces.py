"""Commands about the ways into the service: mcp, api-key, channel."""

import argparse
import sys
from typing import Any

from bot import app, config
from bot.cli.output import moment
from bot.store.switches import Off


def add_to(commands: Any) -> None:
    """Declare the commands."""
    mcp = commands.add_parser("mcp", help="serve an assistant with the catalogue as tools (MCP over stdio)")
    mcp.set_defaults(run=_mcp)
    key = commands.add_parser(
        "api-key", help="make a key for the API; prints the key and the line that lets it in"
    )
    key.add_argument("name", help="whose key it is")
    key.add_argument("--quota", default="1000/hour", help="how often it may call (default: 1000/hour)")
    key.set_defaults(run=_api_key)
    channel = commands.add_parser("channel", help="switch a channel off and on, in running services too")
    channel.add_argument("action", choices=("list", "off", "on"))
    channel.add_argument("name", nargs="?", default="", help="the channel: web, api, telegram …")
    channel.add_argument("--why", default="", help="the reason to switch it off, for whoever looks later")
    channel.set_defaults(run=_channel)


async def _mcp(_arguments: argparse.Namespace, settings: config.Settings) -> int:
    await app.assist(settings)
    return 0


async def _api_key(arguments: argparse.Namespace, _settings: config.Settings) -> int:
    from bot.channels.api_keys import new_key

    key, line = new_key(arguments.name, arguments.quota)
    print(f"the key, shown this once: {key}", file=sys.stderr)
    print(line)
    return 0


async def _channel(arguments: argparse.Namespace, settings: config.Settings) -> int:
    if arguments.action != "list":
        why = arguments.why if arguments.action == "off" else None
        await app.switch_channel(settings, arguments.name, why)
    off = await app.switched_off(settings)
    for name in app.CHANNELS:
        print(f"{name}\t{_state(off[name])}" if name in off else f"{name}\ton")
    return 0


def _state(off: Off) -> str:
    return f"off since {moment(off.since)}, by {off.account}: {off.why}"
