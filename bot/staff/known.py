"""The example questions known to miss: each must still miss, or its line goes."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.staff.cases import Case
from bot.staff.evaluation import Evaluation
from bot.staff.files import read_document, round_trip
from bot.store.replacing import replacing

FILE = "known_failures.yaml"

Failures = Mapping[str, Sequence[str]]


def failures(evaluation: Evaluation) -> dict[str, list[str]]:
    """What the questions that went wrong should have come to → the questions, in a fixed order."""
    found: dict[str, set[str]] = defaultdict(set)
    for result in evaluation.wrong:
        found[result.case.wanted].add(_asked(result.case))
    return {wanted: sorted(found[wanted]) for wanted in sorted(found)}


def _asked(case: Case) -> str:
    return f"{case.after} → {case.q}" if case.after else case.q


def read(path: Path) -> Failures:
    """The known failures of a file; none where there is no file or nothing in it."""
    if not path.exists():
        return {}
    return read_document(path, path.name).data or {}


def write(path: Path, found: Failures) -> None:
    """Write the known failures below the file's remarks; the same failures give the same file."""
    lines = path.read_text("utf-8").splitlines(keepends=True) if path.exists() else []
    with replacing(path) as fresh, fresh.open("w", encoding="utf-8") as out:
        out.writelines(line for line in lines if line.startswith("#"))
        round_trip().dump(dict(found), out)
