"""An evaluation to read: a table in the terminal, or a page with plots."""

from collections.abc import Iterable, Sequence
from typing import Any

from bot.rendering import templates
from bot.staff.cases import SORTS
from bot.staff.evaluation import Evaluation, Result

_MOST_WRONG = 200


def as_text(figures: dict[str, Any]) -> str:
    """The figures as lines of a table."""
    lines = [f"{figures['cases']} turns"]
    lines += _section("right", figures["right"])
    lines += _section("in scope", figures["in_scope"])
    for title, key in (
        ("by style", "by_style"),
        ("by kind", "by_kind"),
        ("outside by group", "outside_by_group"),
    ):
        lines += _section(title, {k: f"{v['right']:.3f}  n={v['n']}" for k, v in figures[key].items()})
    lines += _section("outside", figures["outside"])
    lines += _section("topic outside the plan", figures["topics"])
    lines += _section("refusal", figures["refusal"])
    lines += ["", "reliability: stated confidence → share right"]
    lines += [f"  {r['stated']:.3f} → {r['right']:.3f}  n={r['n']}" for r in figures["reliability"]]
    lines += ["", "answering only the surest: coverage → risk"]
    lines += [f"  {r['coverage']:.2f} → {r['risk']:.4f}" for r in figures["coverage_risk"]]
    lines += ["", "most confused: expected → got"]
    lines += [f"  {c['n']:3}  {c['expected']} → {c['got']}" for c in figures["confusions"]]
    lines += _section("microseconds of matching", figures["matching_us"])
    lines += _section("microseconds a turn", figures["latency_us"])
    return "\n".join(lines)


def _section(title: str, values: dict[str, Any]) -> list[str]:
    if not values:
        return []
    shown = [f"  {k:24} {v:.4f}" if isinstance(v, float) else f"  {k:24} {v}" for k, v in values.items()]
    return ["", title, *shown]


def wrong_as_text(wrong: Sequence[Result]) -> str:
    """What went wrong, a line each."""
    return "\n".join(map(_as_line, wrong))


def _as_line(result: Result) -> str:
    case, reply = result.case, result.reply
    landed = ",".join(m.service for m in reply.matches[:3]) or reply.topic
    return f"  {case.q}  [{case.wanted}] → {reply.status} {landed}"


def perturbed_as_text(rows: dict[str, dict[str, Any]], examples: bool = False) -> str:
    """How often each class of small change changed the answer, as lines of a table."""
    sorts = [sort for sort in SORTS if any(sort in row["by_sort"] for row in rows.values())]
    lines = ["class                         n  changed   share  right → wrong" + _columns(sorts)]
    for name, row in rows.items():
        by_sort = (f"{row['by_sort'][sort]:.2%}" if sort in row["by_sort"] else "–" for sort in sorts)
        told = f"{name:24} {row['n']:6} {row['changed']:8} {row['share']:7.2%} {row['lost']:14}"
        lines.append(told + _columns(by_sort))
        lines += [f"  {example}" for example in row["examples"] if examples]
    return "\n".join(lines)


def _columns(texts: Iterable[str]) -> str:
    return "".join(f"{text:>10}" for text in texts)


def as_html(figures: dict[str, Any], evaluation: Evaluation) -> str:
    """A page of its own with the figures, two plots and what went wrong."""
    wrong = evaluation.wrong[:_MOST_WRONG]
    return templates().get_template("evaluation.html").render(figures=figures, wrong=wrong)
