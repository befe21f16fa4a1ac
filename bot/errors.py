"""Everything that can go wrong, in one tree.

    YongwenError
    ├── SettingsError      a setting is unknown or ill-typed: names the key
    ├── KnowledgeError     knowledge files cannot make a catalogue: carries the faults
    ├── StoreError         a database is missing, damaged, locked or read-only
    ├── InputError         what a caller handed in cannot be read
    ├── ChannelError       a channel cannot start or was refused: token, port, network
    ├── AccessError        a member of staff may not do this: role, sign-in, four eyes
    ├── ConflictError      someone else changed it meanwhile: carries both versions
    ├── GateError          a release would lose what the one before knew: carries the questions
    ├── WorkerError        a process that worked for us died: memory, a signal
    └── OutputError        what is printed cannot be written: a full disk

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
    """A database cannot be read or written; `outdated` where its tables may be those of an older version."""

    exit_code = 5

    def __init__(self, message: str, *, outdated: bool = False) -> None:
        super().__init__(message)
        self.outdated = outdated


class InputError(YongwenError):
    """Input that cannot be read: a file, a line, an argument.

    `code` names the reason for a page to put into words, with `blanks` to fill in; empty: it has none.
    """

    exit_code = 6

    def __init__(self, message: str, code: str = "", **blanks: object) -> None:
        super().__init__(message)
        self.code = code
        self.blanks = blanks


class ChannelError(YongwenError):
    """A channel cannot start or was refused by the other side."""

    exit_code = 7


class AccessError(YongwenError):
    """A member of staff may not do this; `code` and `blanks` as InputError's."""

    exit_code = 8

    def __init__(self, message: str, code: str = "denied", **blanks: object) -> None:
        super().__init__(message)
        self.code = code
        self.blanks = blanks


class ConflictError(YongwenError):
    """Someone else changed the same thing meanwhile; `conflict` holds both versions where there are two."""

    exit_code = 9

    def __init__(self, message: str, conflict: object = None) -> None:
        super().__init__(message)
        self.conflict = conflict


class GateError(YongwenError):
    """A release would lose what the one before knew; `faults` holds one printable line each.

    `lost` holds the same as data, for a page to put into words.
    """

    exit_code = 10

    def __init__(self, message: str, faults: Sequence[str] = (), lost: Sequence[object] = ()) -> None:
        super().__init__(message)
        self.faults = tuple(faults)
        self.lost = tuple(lost)


class WorkerError(YongwenError):
    """A process that worked for us died before it was done."""

    exit_code = 11


class OutputError(YongwenError):
    """What a command prints cannot be written: a full disk, a device that is gone."""

    exit_code = 12
