"""Any FAQ by the line: phrasings in, then for each question its ranked intents, in order."""

import itertools
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from bot.bodies import LineDecoder, check_length, json_fault, lines_of
from bot.errors import InputError
from bot.matching.index import Utterance
from bot.matching.ranking import Ranking
from bot.messages import as_json


def read(path: Path) -> list[Utterance]:
    """The phrasings of a file of lines {"intent", "text"}; blank lines are passed over.

    InputError names the file that cannot be read or is empty, or the line that is no phrasing.
    """
    try:
        with path.open("rb") as source:
            lines, decoded = enumerate(lines_of(source), 1), LineDecoder()
            found = [_utterance(path, number, line, decoded) for number, line in lines if line.strip()]
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
    if not found:
        raise InputError(f'{path}: empty; one line {{"intent": "…", "text": "…"}} for each phrasing')
    return found


def answers(lines: Iterable[bytes], ranking: Ranking, complain: Callable[[str], None]) -> Iterator[str]:
    """A JSON line for each line of input; a line that cannot be read, an empty one too, yields its error."""
    decoded = LineDecoder()
    for number, line in zip(itertools.count(1), lines, strict=False):
        try:
            (question,) = _strings(f"line {number}", line, number, decoded, "q")
        except InputError as error:
            complain(str(error))
            yield as_json({"error": str(error)})
            continue
        yield as_json({"ranked": ranking.rank(question)})


def _utterance(path: Path, number: int, line: bytes, decoded: LineDecoder) -> Utterance:
    intent, text = _strings(f"{path}:{number}", line, number, decoded, "intent", "text")
    return Utterance(intent, text)


def _strings(place: str, line: bytes, number: int, decoded: LineDecoder, *names: str) -> list[str]:
    """The named strings of a JSON object; an error says the place."""
    check_length(line, place)
    text = decoded(line, number, place).rstrip("\r\n")
    if not text.strip():
        raise InputError(f"{place}: empty, but must be an object with {_named(names)}")
    try:
        row: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{place}: not JSON: {json_fault(error)}") from error
    values = map(row.get, names) if isinstance(row, dict) else ()
    found = [value for value in values if isinstance(value, str)]
    if len(found) < len(names):
        raise InputError(f"{place}: must be an object with {_named(names)}")
    return found


def _named(names: Iterable[str]) -> str:
    return " and ".join(f'a string "{name}"' for name in names)
