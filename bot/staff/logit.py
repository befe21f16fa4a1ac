"""Weights that best tell which of several things holds, from what was observed (a conditional logit)."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_STEPS = 50
_PENALTY = 1.0
_STILL = 1e-6


class Choice(NamedTuple):
    """The evidence for each of several things of which one held, and which (its place)."""

    options: Sequence[Mapping[str, float]]
    right: int


def weights_of(choices: Sequence[Choice]) -> dict[str, float]:
    """The weight of each name of evidence (Newton's method, a small ridge), to two places."""
    names = sorted({name for choice in choices for option in choice.options for name in option})
    rows, there = _table(choices, names)
    right = rows[np.arange(len(choices)), [choice.right for choice in choices]].sum(axis=0)
    weights = np.zeros(len(names))
    for _ in range(_STEPS):
        step = _step(rows, there, right, weights)
        weights = weights + step
        if np.abs(step).max() < _STILL:
            break
    return {name: round(float(weight), 2) for name, weight in zip(names, weights, strict=True)}


def _table(choices: Sequence[Choice], names: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Choice × option × name, and which options there are: some choices have fewer than others."""
    most = max(len(choice.options) for choice in choices)
    place = {name: i for i, name in enumerate(names)}
    rows = np.zeros((len(choices), most, len(names)))
    there = np.zeros((len(choices), most), bool)
    for number, choice in enumerate(choices):
        there[number, : len(choice.options)] = True
        for option, evidence in enumerate(choice.options):
            for name, value in evidence.items():
                rows[number, option, place[name]] = value
    return rows, there


def _step(
    rows: NDArray[np.float64],
    there: NDArray[np.bool_],
    right: NDArray[np.float64],
    weights: NDArray[np.float64],
) -> NDArray[np.float64]:
    sums = np.where(there, rows @ weights, -np.inf)
    grown = np.exp(sums - sums.max(axis=1, keepdims=True))
    shares = grown / grown.sum(axis=1, keepdims=True)
    weighed = rows * shares[:, :, None]
    expected = weighed.sum(axis=1)
    slope = right - expected.sum(axis=0) - _PENALTY * weights
    names = len(weights)
    bend = rows.reshape(-1, names).T @ weighed.reshape(-1, names) - expected.T @ expected
    step: NDArray[np.float64] = np.linalg.solve(bend + _PENALTY * np.eye(names), slope)
    return step
