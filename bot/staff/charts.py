"""Charts as SVG text, drawn on the server: pure functions from figures to markup.

Every chart carries a title and a description for screen readers and takes its colours from the
page's style sheet by class (`series-0` …), so it follows light and dark. Lengths are in SVG units
of a drawing 360 wide, which a phone shows one to one.
"""

from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

WIDTH = 360
_LEFT, _TOP, _PLOT, _BELOW = 34, 8, 150, 24
_ROW, _BAR = 44, 14
_VALUE_ROOM = 44
_MOST_DAY_LABELS = 7
_STEPS = (1, 2, 5)


class ChartColumn(NamedTuple):
    """A column of a stacked chart: what stands below it, and one count for each series."""

    label: str
    counts: tuple[int, ...]


class Bar(NamedTuple):
    """A row of a bar chart."""

    label: str
    number: int


def stacked(columns: Sequence[ChartColumn], series: Sequence[str], name: str, title: str, about: str) -> str:
    """Columns stacked by series, lowest first; `name` is a prefix for element ids, unique in the page."""
    top = _ceiling(max((sum(c.counts) for c in columns), default=0))
    step = (WIDTH - _LEFT) / max(1, len(columns))
    body = [*_grid(top), *_columns(columns, series, top, step), *_day_labels(columns, step)]
    return _svg(_TOP + _PLOT + _BELOW, body, name, title, about)


def bars(rows: Sequence[Bar], name: str, title: str, about: str) -> str:
    """Horizontal bars with their labels above them, so that long names fit a phone."""
    most = max((row.number for row in rows), default=0) or 1
    body: list[str] = []
    for i, row in enumerate(rows):
        length = (WIDTH - _VALUE_ROOM) * row.number / most
        y = i * _ROW
        body.append(_text(0, y + 17, row.label, "label"))
        body.append(_rect(0, y + 24, max(length, 1.0), "series-0", f"{row.label}: {row.number}", _BAR))
        body.append(_text(length + 6, y + 37, str(row.number), "value"))
    return _svg(max(1, len(rows)) * _ROW, body, name, title, about)


def _columns(columns: Sequence[ChartColumn], series: Sequence[str], top: int, step: float) -> Iterator[str]:
    for i, column in enumerate(columns):
        below = 0
        for number, (count, label) in enumerate(zip(column.counts, series, strict=True)):
            if count:
                height = _PLOT * count / top
                y = _TOP + _PLOT - _PLOT * below / top - height
                said = f"{column.label} {label}: {count}"
                x = _LEFT + i * step + step * 0.15
                yield _rect(x, y, step * 0.7, f"series-{number}", said, height)
            below += count


def _grid(top: int) -> Iterator[str]:
    for share in (0, 1, 2):
        y = _TOP + _PLOT - _PLOT * share / 2
        yield f'<line x1="{_LEFT}" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}" class="grid"/>'
        value = top * share / 2
        if value == int(value):
            yield _text(_LEFT - 6, y + 4, str(int(value)), "axis end")


def _day_labels(columns: Sequence[ChartColumn], step: float) -> Iterator[str]:
    """Every label where they fit, else every nth, the last always among them."""
    every = -(-len(columns) // _MOST_DAY_LABELS) if columns else 1
    for i, column in enumerate(columns):
        if (len(columns) - 1 - i) % every == 0:
            x = min(_LEFT + (i + 0.5) * step, WIDTH - 16)
            yield _text(x, _TOP + _PLOT + 18, column.label, "axis middle")


def _ceiling(most: int) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50 … that reaches over the highest column."""
    scale = 1
    while True:
        for step in _STEPS:
            if step * scale >= most:
                return step * scale
        scale *= 10


def _rect(x: float, y: float, width: float, kind: str, said: str, height: float) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" class="{kind}">'
        f"<title>{escape(said)}</title></rect>"
    )


def _text(x: float, y: float, text: str, kind: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}">{escape(text)}</text>'


def _svg(height: float, body: Sequence[str], name: str, title: str, about: str) -> str:
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height:.0f}" role="img" '
        f'aria-labelledby="{name}-title {name}-about" xmlns="http://www.w3.org/2000/svg">'
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-about">{escape(about)}</desc>'
        f"{''.join(body)}</svg>"
    )
