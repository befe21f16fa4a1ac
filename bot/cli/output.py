"""What every command needs to print, and to be stopped."""

import signal
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from bot.catalogue.documents import Fault
from bot.errors import InputError, KnowledgeError
from bot.staff.faults import as_line
from bot.store.replacing import replacing


def print_json(line: str) -> None:
    """One line in UTF-8 whatever the terminal's encoding, at once."""
    sys.stdout.buffer.write(f"{line}\n".encode())
    sys.stdout.buffer.flush()


def moment(seconds: float) -> str:
    """A time in seconds since 1970 in the machine's time zone, which is told with it."""
    return datetime.fromtimestamp(seconds).astimezone().isoformat(" ", "seconds")


class Complaints:
    """Tells of each line of input that cannot be read, while the others go on."""

    def __init__(self) -> None:
        self._told = False

    def __call__(self, message: str) -> None:
        """Tell of one."""
        self._told = True
        print(f"yongwen: {message}", file=sys.stderr)

    @property
    def exit_code(self) -> int:
        """What the command returns in the end."""
        return InputError.exit_code if self._told else 0


def interruptible() -> None:
    """Let Ctrl-C end a command that waits for a line; asyncio's own handler would wait with it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def progress(done: int, total: int) -> None:
    """Show how far a long work has come, where a person watches."""
    if sys.stderr.isatty():
        print(f"\r{done}/{total}", end="\n" if done == total else "", file=sys.stderr, flush=True)


def print_faults(found: Sequence[Fault]) -> int:
    """Tell of the faults that block a release, and how many records are past their date; the exit code."""
    blocking = [as_line(fault) for fault in found if fault.blocks]
    for line in blocking:
        print(line)
    overdue = len(found) - len(blocking)
    told = f"; {overdue} records are past their date, which keeps nothing from being released"
    print(f"{len(blocking)} faults{told if overdue else ''}", file=sys.stderr)
    return KnowledgeError.exit_code if blocking else 0


def write(path: Path, text: str) -> None:
    """Write a file, making its folder. InputError where it cannot be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as fresh:
            fresh.write_bytes(text.encode())
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
