"""What every command needs to print, and to be stopped."""

import io
import signal
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.catalogue.documents import Fault
from bot.errors import InputError, KnowledgeError, OutputError
from bot.staff.faults import as_line
from bot.staff.files import write_file


class _Watched(io.FileIO):
    """Standard output or error: that it cannot be written is told once, as ours; what follows is dropped.

    Python would else try once more when it ends, and fail with a traceback.
    """

    def __init__(self, descriptor: int, what: str) -> None:
        super().__init__(descriptor, "wb", closefd=False)
        self._what = what
        self._lost = False

    def write(self, data: Any, /) -> int:
        """Write some bytes; how many were. OutputError where that fails, BrokenPipeError: the reader left."""
        if self._lost:
            return memoryview(data).nbytes
        try:
            return super().write(data)
        except OSError as error:
            self._lost = True
            if isinstance(error, BrokenPipeError):
                raise
            raise OutputError(f"{self._what}: {error.strerror}") from error


def prepare_streams() -> None:
    """Print a question mark for what a terminal's encoding lacks, raise OutputError where it cannot write."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    if sys.stdout is sys.__stdout__:
        sys.stdout = _watched(sys.stdout, "standard output")
    if sys.stderr is sys.__stderr__:
        sys.stderr = _watched(sys.stderr, "standard error")


def _watched(stream: Any, what: str) -> Any:
    """The stream over a watched file; one of a terminal, or that is closed, as it is."""
    if not isinstance(stream, io.TextIOWrapper) or stream.isatty():
        return stream
    return io.TextIOWrapper(
        io.BufferedWriter(_Watched(stream.fileno(), what)),
        stream.encoding,
        stream.errors,
        line_buffering=stream.line_buffering or stream.write_through,
    )


def flush() -> None:
    """Write what stands in a buffer still, as long as its failing can be told."""
    if sys.stdout and not sys.stdout.closed:
        sys.stdout.flush()


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
        write_file(path, text.encode())
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
