"""What a check costs grows as the knowledge does: counted in steps of Python, not in seconds."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pytest
from tiny_knowledge import TODAY, documents, tiny

from bot.catalogue.check import check

KITCHEN = "services/elderly/kitchen.yaml"
FEW, MANY = 500, 2_000


def _figure(number: int, comparator: str) -> dict[str, Any]:
    metric = f"食堂{number}家的座位"
    return {"metric": metric, "comparator": comparator, "value": number, "unit": "个", "year": 2025}


GROWING: dict[str, tuple[str, Callable[[int], Any]]] = {
    "figures": ("figures", lambda n: _figure(n, "=")),
    "figures with a fault each": ("figures", lambda n: _figure(n, "大于")),
    "phrasings": ("phrasings", lambda n: f"食堂有没有第{n}家"),
    "phrasings with a fault each": ("phrasings", lambda n: f"食堂有没有第{n}家" * 100),
    "steps with numbers nobody listed": ("steps", lambda n: f"到{n + 3000}号窗口"),
    "steps on several lines": ("steps", lambda n: f"到窗口\n{n}"),
}


@contextmanager
def counted() -> Iterator[list[int]]:
    """How many lines are run, every turn of a loop or of a comprehension included."""
    steps, before = [0], sys.gettrace()

    def trace(_frame: FrameType, event: str, _argument: Any) -> Any:
        steps[0] += event == "line"
        return trace

    sys.settrace(trace)
    try:
        yield steps
    finally:
        sys.settrace(before)


def steps_of_a_check(field: str, line: Callable[[int], Any], number: int) -> tuple[int, int]:
    """What it costs to check a service with so many lines in a field, and how many faults there are."""
    others = [d for d in documents(tiny()) if d.path != KITCHEN]
    (kitchen,) = (d for d in documents(tiny()) if d.path == KITCHEN)
    data = {**kitchen.data, field: [*kitchen.data.get(field, ()), *map(line, range(number))]}
    with counted() as steps:
        found = check([*others, kitchen._replace(data=data, line_of=lambda _: 1)], TODAY)
    return steps[0], len(found.faults)


@pytest.mark.parametrize(("field", "line"), GROWING.values(), ids=GROWING)
def test_four_times_as_much_costs_four_times_as_much(field: str, line: Callable[[int], Any]) -> None:
    few, _ = steps_of_a_check(field, line, FEW)
    many, faults = steps_of_a_check(field, line, MANY)
    assert many > MANY
    assert many / few < 1.25 * MANY / FEW
    assert faults in (0, MANY)
