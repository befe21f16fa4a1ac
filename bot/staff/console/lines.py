"""Lists of a record as the lines of a text area, and back. Pure.

What cannot be read stays as typed, for the check to name.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

MARK = "|"
AND = "、"
NONE = "无"
"""Said of a turn that must raise no alarm."""


class Grammar(NamedTuple):
    """How a list stands in a text area, and how what stands there is read."""

    show: Callable[[Any], str]
    read: Callable[[str], Any]


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else [value]


def _lines(text: str) -> list[str]:
    return [line for raw in text.splitlines() if (line := raw.strip())]


def _parts(line: str, number: int) -> list[str]:
    parts = [p.strip() for p in line.replace("\uff5c", MARK).split(MARK, number - 1)]
    return parts + [""] * (number - len(parts))


def _line(*parts: Any) -> str:
    """The parts with marks between them, without empty ones at the end."""
    texts = [AND.join(map(str, p)) if isinstance(p, list | tuple) else str(p) for p in parts]
    while len(texts) > 1 and not texts[-1]:
        texts.pop()
    return f" {MARK} ".join(texts)


def _names(text: str) -> list[str]:
    return [name for part in text.replace(",", AND).split(AND) if (name := part.strip())]


def _by_line(
    names: Sequence[str], read: Callable[[str], Any], show: Callable[[Any], str] | None = None
) -> Grammar:
    """One record a line: these fields of it, in this order."""

    def shown(one: Any) -> str:
        return _line(*(one.get(n, "") for n in names)) if isinstance(one, Mapping) else str(one)

    return Grammar(
        lambda value: "\n".join(map(show or shown, _listed(value))),
        lambda text: [read(line) for line in _lines(text)],
    )


def _example(line: str) -> dict[str, Any]:
    question, style, kind = _parts(line, 3)
    return {"q": question, "style": style or "plain", "kind": kind or "policy"}


def _landing(line: str) -> dict[str, Any]:
    question, lands = _parts(line, 2)
    return {"q": question, "lands": lands or "outside"}


def _near_miss(line: str) -> dict[str, Any]:
    question, lands, topics = _parts(line, 3)
    return {"q": question, "lands": lands or "outside"} | ({"topics": _names(topics)} if topics else {})


def _saying(line: str) -> str | dict[str, Any]:
    return _said(*_parts(line, 2))


def _said(question: str, topics: str) -> str | dict[str, Any]:
    return {"q": question, "topics": _names(topics)} if topics else question


def _several(line: str) -> dict[str, Any]:
    question, lands = _parts(line, 2)
    return {"q": question, "lands": _names(lands)}


def _turn(line: str) -> dict[str, Any]:
    question, lands, kind, numbers = _parts(line, 4)
    turn: dict[str, Any] = {"q": question}
    turn |= {name: said for name, said in (("lands", lands), ("kind", kind)) if said}
    return turn if not numbers else turn | {"numbers": [] if numbers == NONE else _names(numbers)}


def _shown_turn(turn: Any) -> str:
    if not isinstance(turn, Mapping):
        return str(turn)
    numbers = turn.get("numbers")
    return _line(*(turn.get(n, "") for n in ("q", "lands", "kind")), NONE if numbers == [] else numbers or "")


def _shown_dialogues(value: Any) -> str:
    return "\n\n".join("\n".join(map(_shown_turn, _listed(turns))) for turns in _listed(value))


def _dialogues(text: str) -> list[list[dict[str, Any]]]:
    lines = (line.strip() for line in text.splitlines())
    return [[_turn(line) for line in block] for full, block in groupby(lines, bool) if full]


def _shown_urgent(value: Any) -> str:
    groups = (g if isinstance(g, Mapping) else {"said": [g]} for g in _listed(value))
    said = ((one, group.get("numbers", ())) for group in groups for one in _listed(group.get("said", group)))
    return "\n".join(
        _line(one.get("q", ""), numbers, one.get("topics", ()))
        if isinstance(one, Mapping)
        else _line(one, numbers)
        for one, numbers in said
    )


def _urgent(text: str) -> list[dict[str, Any]]:
    """Sayings under the numbers that would be right: one group while the numbers stay the same."""
    parted = (_parts(line, 3) for line in _lines(text))
    return [
        {
            "numbers": _names(numbers),
            "said": [_said(question, topics) for question, _, topics in group],
        }
        for numbers, group in groupby(parted, itemgetter(1))
    ]


GRAMMARS: Mapping[str, Grammar] = {
    "lines": _by_line((), str, str),
    "examples": _by_line(("q", "style", "kind"), _example),
    "near_misses": _by_line(("q", "lands", "topics"), _near_miss),
    "openings": _by_line(("q", "lands"), _landing),
    "sayings": _by_line(("q", "topics"), _saying),
    "several": _by_line(("q", "lands"), _several),
    "urgent": Grammar(_shown_urgent, _urgent),
    "dialogues": Grammar(_shown_dialogues, _dialogues),
}
"""By the shape of the field."""


def as_text(value: Any, shape: str) -> str:
    """A list as its text area shows it."""
    return GRAMMARS[shape].show(value)
