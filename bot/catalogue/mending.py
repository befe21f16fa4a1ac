"""What does not fit the model replaced for the while, so that the rules see all the rest too. Pure."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import count
from typing import Any

_GONE = object()
_HERE = object()
_DATES = ("date_parsing", "date_type", "date_from_datetime_parsing", "date_from_datetime_inexact")
_NUMBERS = ("int_parsing", "int_type", "float_parsing", "float_type", "decimal_parsing", "decimal_type")
_LISTS = ("tuple_type", "list_type")
_PARTS = ("model_type", "model_attributes_type", "dict_type")
_LIMITS = {"greater_than_equal": "ge", "less_than_equal": "le"}
_CHOICE = "literal_error"
_KEY = "[key]"  # ends the place of a name that may not stand there
_NAMING = ("id", "service", "number", "section")
"""Fields that others refer to: a stand-in there would make faults of its own elsewhere."""


class Mender:
    """Puts stand-ins. A field that is lacking gets a word first; if that does not fit either, the next time
    what does: a number, a day, a list, one of those there are to choose from.
    """

    def __init__(self, today: date) -> None:
        self._today = today
        self._numbers = count()

    def mended(self, data: Any, errors: Iterable[Mapping[str, Any]]) -> Any:
        """A copy with a stand-in at the place of each of pydantic's errors; it may still not fit."""
        puts: dict[Any, Any] = {}
        for error in errors:
            inner = puts
            for part in error["loc"]:
                inner = inner if part == _KEY else inner.setdefault(part, {})
            inner[_HERE] = self._stand_in(error)
        return _put(data, puts)

    def _stand_in(self, error: Mapping[str, Any]) -> Any:
        kind, place = error["type"], error["loc"]
        if place[-1:] == (_KEY,):
            return _GONE
        if kind in ("missing", _CHOICE, *_LIMITS, *_NUMBERS) and place[-1] in _NAMING:
            return _GONE
        if kind in _DATES:
            return self._today
        if kind in _NUMBERS:
            return 1
        if kind in _LISTS:
            return [self._line()]
        if (known := _named_by(error)) is not None:
            return known
        if kind == "missing" or (place and isinstance(place[-1], int)):
            return {} if kind in _PARTS else self._line()
        return _shortened(error)

    def _line(self) -> str:
        """A line, name or id like another: others stay where they are."""
        return f"x{next(self._numbers)}"


def _named_by(error: Mapping[str, Any]) -> Any:
    """What fits by what the error says: a choice or a limit; None where it names none."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == _CHOICE:
        return re.findall(r"'([^']*)'", context["expected"])[0]
    return context[_LIMITS[kind]] if kind in _LIMITS else None


def _shortened(error: Mapping[str, Any]) -> Any:
    value = error["input"]
    if isinstance(value, str):
        fitting = " ".join(value.split())[: error.get("ctx", {}).get("max_length", len(value))]
        return fitting if fitting != value else _GONE
    return _GONE


def _put(data: Any, puts: Mapping[Any, Any]) -> Any:
    """A copy of data with what is put in it, all at once; `puts`: by key or index, _HERE for all of it."""
    if _HERE in puts:
        return puts[_HERE]
    if isinstance(data, dict):
        lacking = {k: put for k, put in puts.items() if k not in data}
        put = {k: _put(v, puts[k]) if k in puts else v for k, v in data.items()}
        put |= {k: _put({}, put) for k, put in lacking.items()}
        return {k: v for k, v in put.items() if v is not _GONE}
    if isinstance(data, list):
        return [_put(v, puts[i]) if i in puts else v for i, v in enumerate(data)]
    return data
