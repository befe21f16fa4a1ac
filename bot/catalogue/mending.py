"""What does not fit the model replaced for the while, so that the rules see all the rest too. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

_GONE = object()
_HERE = object()
_DATES = ("date_parsing", "date_type", "date_from_datetime_parsing", "date_from_datetime_inexact")


def mended(data: Any, errors: Iterable[Mapping[str, Any]], today: date) -> Any:
    """A copy with a stand-in at the place of each of pydantic's errors; it may still not fit."""
    puts: dict[Any, Any] = {}
    for number, error in enumerate(errors):
        inner = puts
        for part in error["loc"]:
            inner = inner.setdefault(part, {})
        inner[_HERE] = _stand_in(error, number, today)
    return _put(data, puts)


def _stand_in(error: Mapping[str, Any], number: int, today: date) -> Any:
    kind, value, place = error["type"], error["input"], error["loc"]
    if kind in _DATES:
        return today
    if place and isinstance(place[-1], int):
        return f"x{number}"  # a line like another, and an id like another; the other places stay
    if isinstance(value, str):
        fitting = " ".join(value.split())[: error.get("ctx", {}).get("max_length", len(value))]
        return fitting if fitting != value else _GONE
    return _GONE


def _put(data: Any, puts: Mapping[Any, Any]) -> Any:
    """A copy of data with what is put in it, all at once; `puts`: by key or index, _HERE for all of it."""
    if _HERE in puts:
        return puts[_HERE]
    if isinstance(data, dict):
        put = {k: _put(v, puts[k]) if k in puts else v for k, v in data.items()}
        return {k: v for k, v in put.items() if v is not _GONE}
    if isinstance(data, list):
        return [_put(v, puts[i]) if i in puts else v for i, v in enumerate(data)]
    return data
