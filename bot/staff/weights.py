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
    weights = _newton(rows, right, choice)
    return {n: round(float(w), 2) for n, w in zip((INTERCEPT, *names), weights, strict=True)}


def _newton(
    rows: NDArray[np.float64], right: NDArray[np.float64], choice: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Newton's method with a ridge. `rows`: possibilities × weights; `choice`: the choice each belongs to."""
    weights = np.zeros(rows.shape[1])
    ridge = np.eye(rows.shape[1]) * _PENALTY
    for _ in range(_STEPS):
        score = np.exp(np.clip(rows @ weights, -30, 30))
        chance = score / (1 + np.bincount(choice, score))[choice]
        among = np.bincount(choice, chance * right)[choice]
        wanted = chance * right / np.where(among > 0, among, 1)
        means = np.zeros((choice[-1] + 1, rows.shape[1]))
        np.add.at(means, choice, rows * chance[:, None])
        slope = rows.T @ (wanted - chance) - ridge @ weights
        bend = (rows * chance[:, None]).T @ rows - means.T @ means + ridge
        weights = weights + np.linalg.solve(bend, slope)
    return weights
