"""The command line: arguments and exit codes only."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from contextlib import suppress

from bot import config
from bot.app import logs
from bot.cli import asking, backups, exports, interfaces, kb, knowledge, ranking, users
from bot.cli.output import flush, prepare_streams
from bot.errors import InputError, OutputError, YongwenError

EXIT_CODES = """exit codes: 0 done · 1 something of ours failed · 2 wrong arguments · 3 a setting is wrong ·
4 the knowledge has faults · 5 a database cannot be used · 6 input cannot be read · 7 a channel
cannot start · 8 not allowed · 9 changed by someone else meanwhile · 10 a release would lose what
the one before knew · 11 a process of ours died · 12 what is printed cannot be
written · 130 stopped by Ctrl-C"""


def parser() -> argparse.ArgumentParser:
    """Every command with its arguments."""
    made = argparse.ArgumentParser(
        prog="python -m bot",
        description="甬问: answers residents' questions about Ningbo's public services.",
        epilog=EXIT_CODES,
    )
    commands = made.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for group in (asking, knowledge, kb, users, exports, backups, ranking, interfaces):
        group.add_to(commands)
    return made


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit code."""
    prepare_streams()
    try:
        return _run(argv)
    except YongwenError as error:
        with suppress(OutputError):  # where there is nowhere to tell it, the exit code does
            for fault in getattr(error, "faults", ()):
                print(fault, file=sys.stderr)
            print(f"yongwen: {error}", file=sys.stderr)
        return error.exit_code
    except UnicodeEncodeError:  # bytes that stand for no character are kept apart, and cannot be stored
        print("yongwen: an argument, or what was typed, is not in UTF-8", file=sys.stderr)
        return InputError.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 0


def _run(argv: Sequence[str] | None) -> int:
    try:
        arguments = parser().parse_args(argv)
        settings = config.load()
        logs.set_up(settings.log_level, settings.log_format)
        return int(asyncio.run(arguments.run(arguments, settings)))
    finally:  # after --help as well
        flush()
