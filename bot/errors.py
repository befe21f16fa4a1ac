"""Everything that can go wrong, in one tree.

    YongwenError
    ├── SettingsError      a setting is unknown or ill-typed: names the key
    ├── KnowledgeError     knowledge files cannot make a catalogue: carries the faults
    ├── StoreError         a database is missing, damaged, locked or read-only
    ├── InputError         what a caller handed in cannot be read
    └── ChannelError       a channel cannot start or was refused: token, port, network

`str(error)` is for an operator. A resident reads only what knowledge/replies.yaml says.
"""

from collections.abc import Sequence


class YongwenError(Exception):
    """Base of all our errors; `exit_code` is what the command line returns."""

    exit_code = 1


class SettingsError(YongwenError):
    """A setting is unknown or ill-typed."""

    exit_code = 3


class KnowledgeError(YongwenError):
    """The knowledge has faults; `faults` holds one printable line each."""

    exit_code = 4

    def __init__(self, message: str, faults: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.faults = tuple(faults)


class StoreError(YongwenError):
    """A database cannot be read or written."""

    exit_code = 5


class InputError(YongwenError):
    """Input that cannot be read: a file, a line, an argument."""

    exit_code = 6


class ChannelError(YongwenError):
    """A channel cannot start or was refused by the other side."""

    exit_code = 7
