"""Figures as a resident reads them, and which of a service's figures a question asks for."""

from decimal import Decimal

from bot.catalogue.model import Figure, Service
from bot.text.numerals import plain

_MYRIAD = Decimal(10_000)
_MONEY = "元"


def shown_value(figure: Figure) -> str:
    """A figure in words: 60%以上, 2.5万人, 14000元/年, 约2.8万户."""
    value, unit = figure.value, figure.unit
    if value >= _MYRIAD and not unit.startswith(_MONEY):
        shown = f"{plain(float(value / _MYRIAD))}万{unit}"
    else:
        shown = f"{plain(float(value))}{unit}"
    if figure.comparator == "≥":
        return f"{shown}以上" if unit == "%" or value >= _MYRIAD else f"至少{shown}"
    return {"=": shown, "≤": f"最多{shown}", "约": f"约{shown}"}[figure.comparator]


def chosen_figure(service: Service, question: str) -> Figure | None:
    """The figure whose metric shares most with the question; the first where none stands out."""
    if not service.figures:
        return None
    return max(service.figures, key=lambda f: _overlap(f.metric + f.unit, question))


def _overlap(metric: str, question: str) -> int:
    pairs = {a + b for a, b in zip(metric, metric[1:], strict=False)}
    return sum(pair in question for pair in pairs)
