"""Questions by the line, one JSON object out for each, in order: the machine's door."""

import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import asdict
from typing import Any

from bot.errors import InputError
from bot.messages import Message, Reply

VERSION = 1
Answer = Callable[[Message], Awaitable[Reply]]


def as_data(question: str, reply: Reply, id_: str | None = None) -> dict[str, Any]:
    """A reply as the documented JSON object."""
    data: dict[str, Any] = {"version": VERSION} if id_ is None else {"version": VERSION, "id": id_}
    return data | {
        "question": question,
        "status": reply.status,
        "confidence": round(reply.confidence, 4),
        "reply": reply.text,
        "topic": reply.topic,
        "matches": [asdict(match) for match in reply.matches],
        "elapsed_us": reply.elapsed_us,
    }


def as_json(data: dict[str, Any]) -> str:
    """One line of JSON; characters that cannot be encoded are replaced."""
    return json.dumps(data, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")


def parse(line: str, number: int) -> tuple[str, Message]:
    """(id, message) of a line: a plain question or {"id","session","text"}. InputError says why not."""
    if not line.lstrip().startswith("{"):
        return str(number), Message(line)
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"line {number}: not JSON: {error}") from error
    if not isinstance(row.get("text"), str):
        raise InputError(f'line {number}: "text" must be a string')
    id_ = row.get("id")
    return str(number if id_ is None else id_), Message(row["text"], str(row.get("session") or ""))


async def answers(
    lines: Iterable[bytes], answer: Answer, complain: Callable[[str], None]
) -> AsyncIterator[str]:
    """A JSON line for each line of input; a line that cannot be read yields its error."""
    for number, raw in zip(itertools.count(1), lines, strict=False):
        text = raw.decode("utf-8-sig" if number == 1 else "utf-8", "replace").rstrip("\r\n")
        try:
            id_, message = parse(text, number)
        except InputError as error:
            complain(str(error))
            yield as_json({"version": VERSION, "id": str(number), "error": str(error)})
            continue
        yield as_json(as_data(message.text, await answer(message), id_))
