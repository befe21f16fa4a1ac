"""Figures from an evaluation: hit rates, reliability, coverage and risk, refusal, latency."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bot.catalogue.examples import NO_TOPIC
from bot.staff.cases import SORTS
from bot.staff.evaluation import Evaluation, Result

_BINS = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 1.0)  # of confidence
_ACCEPTED = 0.95  # share of the questions in scope that a limit must let through
_MOST_PAIRS = 15


def measure(evaluation: Evaluation) -> dict[str, Any]:
    """All figures as plain data; shares are 0–1, times are microseconds."""
    scoped, outside = evaluation.of("in scope"), evaluation.of("outside")
    return {
        "cases": len(evaluation.results),
        "right": {s: _share(evaluation.of(s), lambda r: r.right) for s in SORTS if evaluation.of(s)},
        "in_scope": _scoped(scoped),
        "by_style": _grouped(scoped, lambda r: r.case.style),
        "by_kind": _grouped(scoped, lambda r: r.case.kind),
        "outside": _outside(outside),
        "topics": _topics(evaluation.results),
        "outside_by_group": _grouped(outside, lambda r: r.case.style),
        "confusions": _confusions(scoped),
        "reliability": _reliability(scoped),
        "coverage_risk": _coverage_risk(scoped),
        "refusal": _refusal(scoped, outside),
        "matching_us": _percentiles([r.matching_us for r in evaluation.results]),
        "latency_us": _percentiles([r.reply.elapsed_us for r in evaluation.results]),
    }


def _share(results: Sequence[Result], holds: Callable[[Result], bool]) -> float:
    return round(sum(map(holds, results)) / len(results), 4) if results else 0.0


def _rank(result: Result) -> int:
    """The place (from 1) of the first right service among those named; 0 where none is."""
    expected = result.case.expect[0]
    places = (i for i, m in enumerate(result.reply.matches, 1) if m.service in expected)
    return next(places, 0)


def _scoped(results: Sequence[Result]) -> dict[str, float]:
    if not results:
        return {}
    return {
        "hit@1": _share(results, lambda r: _rank(r) == 1),
        "hit@3": _share(results, lambda r: 1 <= _rank(r) <= 3),
        "mrr": round(sum(1 / _rank(r) for r in results if _rank(r)) / len(results), 4),
        "answered": _share(results, lambda r: r.reply.status == "answered"),
        "answered_right": _share(results, lambda r: r.right and r.reply.status == "answered"),
        "answered_wrong": _share(results, lambda r: not r.right and r.reply.status == "answered"),
    }


def _grouped(results: Sequence[Result], key: Callable[[Result], str]) -> dict[str, dict[str, float]]:
    groups: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        groups[key(result) or "—"].append(result)
    return {k: {"n": len(g), "right": _share(g, lambda r: r.right)} for k, g in sorted(groups.items())}


def _outside(results: Sequence[Result]) -> dict[str, float]:
    if not results:
        return {}
    return {
        "wrongly_answered": _share(results, lambda r: r.reply.status == "answered"),
        "offered": _share(results, lambda r: r.reply.status == "clarify"),
        "recognised": _share(results, lambda r: r.topic != NO_TOPIC),
    }


def _topics(results: Sequence[Result]) -> dict[str, float]:
    """What topic outside the plan is named, of what is labelled with one."""
    labelled = [r for r in results if r.case.topics and r.case.first]
    if not labelled:
        return {}
    return {
        "n": len(labelled),
        "right": _share(labelled, lambda r: r.topic in r.case.topics),
        "wrong": _share(labelled, lambda r: r.topic not in r.case.topics | {NO_TOPIC}),
    }


def _confusions(results: Sequence[Result]) -> list[dict[str, Any]]:
    pairs = Counter((min(r.case.expect[0]), _got(r)) for r in results if not r.right)
    return [{"expected": a, "got": b, "n": n} for (a, b), n in pairs.most_common(_MOST_PAIRS)]


def _got(result: Result) -> str:
    """What came instead; where the right service came first, all that was answered beside it."""
    if result.first in result.case.expect[0]:
        return " + ".join(result.answers)
    return result.first or result.reply.status


def _reliability(results: Sequence[Result]) -> list[dict[str, float]]:
    named = [r for r in results if r.first]
    rows = []
    for low, high in zip(_BINS, _BINS[1:], strict=False):
        inside = [r for r in named if low <= r.reply.confidence < high]
        if high == _BINS[-1]:  # the last one holds its upper end too
            inside += [r for r in named if r.reply.confidence == high]
        if inside:
            stated = sum(r.reply.confidence for r in inside) / len(inside)
            right = _share(inside, lambda r: r.right)
            rows.append(
                {"from": low, "to": high, "n": len(inside), "stated": round(stated, 3), "right": right}
            )
    return rows


def _coverage_risk(results: Sequence[Result]) -> list[dict[str, float]]:
    """Answering only the surest share of the questions: what share of those would be wrong."""
    ranked = sorted(results, key=lambda r: -r.reply.confidence)
    rows = []
    for coverage in (0.5, 0.7, 0.8, 0.9, 0.95, 1.0):
        kept = ranked[: max(1, round(coverage * len(ranked)))]
        if results:
            rows.append({"coverage": coverage, "risk": _share(kept, lambda r: not r.right)})
    return rows


def _acceptance(result: Result) -> float:
    """How ready 甬问 was to answer: the confidence where a service came first, else its opposite."""
    return result.reply.confidence if result.first else -result.reply.confidence


def _refusal(scoped: Sequence[Result], outside: Sequence[Result]) -> dict[str, float]:
    if not scoped or not outside:
        return {}
    inner = np.array([_acceptance(r) for r in scoped])
    outer = np.array([_acceptance(r) for r in outside])
    above = (inner[:, None] > outer[None, :]).mean() + 0.5 * (inner[:, None] == outer[None, :]).mean()
    limit = np.quantile(inner, 1 - _ACCEPTED)
    return {"auroc": round(float(above), 4), "recall_at_95": round(float((outer < limit).mean()), 4)}


def _percentiles(times: Sequence[int]) -> dict[str, float]:
    return {f"p{p}": round(float(np.percentile(times, p)), 1) for p in (50, 95, 99) if times}
