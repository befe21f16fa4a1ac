"""Fits logistic regressions: how much each piece of evidence counts for something being so."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.matching.matcher import INTERCEPT

_STEPS = 50  # of Newton's method
_PENALTY = 1.0  # the ridge: keeps weights small that the examples say little about


class Observation(NamedTuple):
    """Evidence for something, and whether it held."""

    evidence: Mapping[str, float]
    right: bool


def weights_of(observed: Sequence[Observation]) -> dict[str, float]:
    """The weights that best tell right from wrong."""
    return weights_of_choices([[one] for one in observed])


def weights_of_choices(choices: Sequence[Sequence[Observation]]) -> dict[str, float]:
    """The weights of a softmax over each choice's possibilities and "none of them", whose score is 0.

    They make the right ones likeliest; in a choice without a right one, none.
    """
    observed = [one for choice in choices for one in choice]
    names = sorted({name for one in observed for name in one.evidence})
    rows = np.array([[1.0, *(o.evidence.get(n, 0.0) for n in names)] for o in observed])
    right = np.array([o.right for o in observed], float)
    choice = np.repeat(np.arange(len(choices)), [len(possible) for possible in choices])
    weights = newton(rows, right, choice, np.full(rows.shape[1], _PENALTY))
    return {n: round(float(w), 2) for n, w in zip((INTERCEPT, *names), weights, strict=True)}


def newton(
    rows: NDArray[np.float64],
    right: NDArray[np.float64],
    choice: NDArray[np.int64],
    penalty: NDArray[np.float64],
    share: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """The weights, one for each column of `rows` (possibilities × weights), by Newton's method with a ridge.

    `right`: 1 for each row that held, else 0. `choice`: the number of the choice each row belongs to, from 0
    and ascending; where every row is a choice by itself, this is logistic regression. `penalty`: the ridge of
    each weight, 0 for none. `share`: how much each choice counts, 1 where it is None.
    """
    weights = np.zeros(rows.shape[1])
    ridge = np.diag(penalty)
    counts = np.ones(choice[-1] + 1) if share is None else share
    for _ in range(_STEPS):
        score = np.exp(np.clip(rows @ weights, -30, 30))
        chance = score / (1 + np.bincount(choice, score))[choice]
        among = np.bincount(choice, chance * right)[choice]
        wanted = chance * right / np.where(among > 0, among, 1)
        means = np.zeros((len(counts), rows.shape[1]))
        np.add.at(means, choice, rows * chance[:, None])
        slope = rows.T @ (counts[choice] * (wanted - chance)) - ridge @ weights
        spread = (rows * (counts[choice] * chance)[:, None]).T @ rows
        bend = spread - (means * counts[:, None]).T @ means + ridge
        weights = weights + np.linalg.solve(bend, slope)
    return weights
