"""What does not fit the model replaced for the while, so that the rules see all the rest too. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

_GONE = object()
_DATES = ("date_parsing", "date_type", "date_from_datetime_parsing", "date_from_datetime_inexact")


def mended(data: Any, errors: Iterable[Mapping[str, Any]], today: date) -> Any:
    """A copy with a stand-in at the place of each of pydantic's errors; it may still not fit."""
    for number, error in enumerate(errors):
        data = _put(data, error["loc"], _stand_in(error, number, today))
    return data


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


def _put(data: Any, place: Sequence[int | str], value: Any) -> Any:
    if not place:
        return value
    first, rest = place[0], place[1:]
    if isinstance(data, dict) and (first in data):
        kept = {k: v for k, v in data.items() if k != first or rest or value is not _GONE}
        return {k: _put(v, rest, value) if k == first else v for k, v in kept.items()}
    if isinstance(data, list) and isinstance(first, int) and first < len(data):
        return [_put(v, rest, value) if i == first else v for i, v in enumerate(data)]
    return data
