"""Questions by the line, one JSON object out for each, in order: for programs."""

import itertools
import json
from collections.abc import AsyncIterator, Callable, Iterable

from bot.bodies import LineDecoder, check_length, json_fault
from bot.errors import InputError
from bot.messages import VERSION, Answer, Message, as_data, as_json


def parse(line: str, number: int) -> tuple[str, Message]:
    """(id, message) of a line: a plain question or {"id","session","text"}. InputError says why not."""
    if not line.lstrip().startswith("{"):
        return str(number), Message(line)
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"line {number}: not JSON: {json_fault(error)}") from error
    if not isinstance(row.get("text"), str):
        raise InputError(f'line {number}: "text" must be a string')
    id_ = row.get("id")
    return str(number if id_ is None else id_), Message(row["text"], str(row.get("session") or ""))


async def answers(
    lines: Iterable[bytes], answer: Answer, complain: Callable[[str], None]
) -> AsyncIterator[str]:
    """A JSON line for each line of input; a line that cannot be read yields its error.

    Of a broken letter, as where a text was cut short, the rest of its line is still answered.
    """
    decoded = LineDecoder("replace")
    for number, raw in zip(itertools.count(1), lines, strict=False):
        try:
            check_length(raw, f"line {number}")
            text = decoded(raw, number, f"line {number}").rstrip("\r\n")
            id_, message = parse(text, number)
        except InputError as error:
            complain(str(error))
            yield as_json({"version": VERSION, "id": str(number), "error": str(error)})
            continue
        yield as_json(as_data(message.text, await answer(message), id_))
