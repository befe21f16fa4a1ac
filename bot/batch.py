"""Questions by the line, one JSON object out for each, in order: for programs."""

import itertools
import json
import math
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

from bot.bodies import LineDecoder, check_length, json_fault
from bot.errors import InputError
from bot.messages import VERSION, Answer, Message, as_data, as_json


async def answers(
    lines: Iterable[bytes], answer: Answer, complain: Callable[[str], None]
) -> AsyncIterator[str]:
    """A JSON line for each line of input; a line that cannot be read yields its error.

    Each has the number of its line, and the id that the line gave, as it gave it; else that number as text.
    """
    decoded = LineDecoder()
    for number, raw in zip(itertools.count(1), lines, strict=False):
        told = {"version": VERSION, "id": str(number), "line": number}
        try:
            check_length(raw, f"line {number}")
            row = _row(decoded(raw, number, f"line {number}").rstrip("\r\n"), number)
            if row.get("id") is not None:
                told["id"] = row["id"]
            message = _message(row, number)
        except InputError as error:
            complain(str(error))
            yield as_json(told | {"error": str(error)})
            continue
        yield as_json(told | as_data(message.text, await answer(message)))


def _row(line: str, number: int) -> dict[str, Any]:
    """What a line says: a plain question, or {"id","session","text"}. InputError where it is neither."""
    if not line.lstrip().startswith("{"):
        return {"text": line}
    try:
        row: dict[str, Any] = json.loads(line, parse_float=_finite, parse_constant=_finite)
    except (ValueError, RecursionError) as error:
        raise InputError(f"line {number}: not JSON: {json_fault(error)}") from error
    return row


def _finite(text: str) -> float:
    """A number that can be given back. Python reads and writes NaN and Infinity too, which JSON has not."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is no number")
    return number


def _message(row: dict[str, Any], number: int) -> Message:
    if not isinstance(row.get("text"), str):
        raise InputError(f'line {number}: "text" must be a string')
    return Message(row["text"], str(row.get("session") or ""))
