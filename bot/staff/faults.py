"""Faults of the knowledge in staff's words, which stand in bot/pages/faults.json."""

import json
from functools import cache
from typing import Any

from bot.catalogue.documents import Fault, Reason
from bot.rendering import PAGES

_OF_A_VALUE = frozenset(("bad-value", "unknown-field", "missing-field"))


@cache
def words() -> dict[str, Any]:
    """What the file says: a sentence for each reason's key under `reasons`, and how lists are joined."""
    loaded: dict[str, Any] = json.loads((PAGES / "faults.json").read_text("utf-8"))
    return loaded


def told(reason: Reason) -> str:
    """What is wrong and what to do, as one sentence. KeyError for a reason that has none."""
    blanks = {name: _listed(value) for name, value in reason.blanks.items()}
    return str(words()["reasons"][reason.key].format_map(blanks))


def as_line(fault: Fault) -> str:
    """A fault as a line by itself: `[code] path:line: what is wrong`, after the field where a value is."""
    field = ".".join(map(str, fault.place)) or words()["whole"]
    said = told(fault.reason)
    where = f"[{fault.code}] {fault.path}:{fault.line}: "
    return f"{where}{field}:{said}" if fault.code in _OF_A_VALUE else where + said


def _listed(value: object) -> object:
    if not isinstance(value, (list, tuple)):
        return value
    return words()["and"].join(map(str, value)) or words()["none"]
