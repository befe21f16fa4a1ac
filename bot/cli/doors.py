"""Commands about the doors that programs come in by: mcp, api-key."""

import argparse
import sys
from typing import Any

from bot import app, config


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


async def _mcp(_arguments: argparse.Namespace, settings: config.Settings) -> int:
    await app.assist(settings)
    return 0


async def _api_key(arguments: argparse.Namespace, _settings: config.Settings) -> int:
    from bot.channels.api_keys import new_key

    key, line = new_key(arguments.name, arguments.quota)
    print(f"the key, shown this once: {key}", file=sys.stderr)
    print(line)
    return 0
