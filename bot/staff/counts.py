"""How often residents asked what, from the question log, as the charts show it. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from bot.staff.charts import Bar, ChartColumn
from bot.staff.clusters import SIGNPOST

SERIES = ("answered", "clarify", "elsewhere", "unanswered")
"""What a chart tells apart, in the order of its series; small talk is no question.

`elsewhere`: not answered, but recognised, with a signpost to whoever knows.
"""
MOST_BARS = 10


def per_day(rows: Iterable[tuple[Any, ...]], last: date, days: int) -> list[ChartColumn]:
    """Rows (ISO day, status, topic, count) as one column for each of so many days up to the last."""
    counts: Counter[tuple[str, str]] = Counter()
    for day, status, topic, count in rows:
        counts[day, _series(status, topic)] += count
    shown = [last - timedelta(days=back) for back in reversed(range(days))]
    return [
        ChartColumn(f"{day.month}/{day.day}", tuple(counts[day.isoformat(), s] for s in SERIES))
        for day in shown
    ]


def _series(status: str, topic: str) -> str:
    if status == "unanswered" and topic.startswith(SIGNPOST):
        return "elsewhere"
    return "answered" if status == "emergency" else status


def ranked(rows: Iterable[tuple[Any, ...]], names: Mapping[Any, str], most: int = MOST_BARS) -> list[Bar]:
    """Rows (key, count) as bars, the longest first; keys without a name are left out."""
    named = [Bar(names[key], count) for key, count in rows if key in names]
    return sorted(named, key=lambda b: (-b.number, b.label))[:most]


def totals(columns: Iterable[ChartColumn]) -> tuple[int, ...]:
    """The sum of each series."""
    return tuple(map(sum, zip(*(c.counts for c in columns), strict=True))) or (0,) * len(SERIES)
