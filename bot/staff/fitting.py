"""Fit the confidence on the examples: what share was right where the evidence looked like this."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.catalogue.model import Catalogue, Confidence
from bot.conversation.knowledge import Knowledge, prepare
from bot.matching.features import parse
from bot.matching.matcher import judge
from bot.staff.evaluation import Case, read_cases
from bot.staff.files import round_trip

_PAUSE = re.compile(r"[\s,，。;；!！?？、]+")
_STEPS = 50
_PENALTY = 1.0


EXAMPLES, CONFIDENCE = "examples", "confidence.yaml"


class Observation(NamedTuple):
    """The evidence for the best candidate of a question, and whether that candidate was right."""

    evidence: Mapping[str, float]
    right: bool


def observations(cases: Sequence[Case], knowledge: Knowledge) -> Iterator[Observation]:
    """One for each question that some service is the best candidate for, and for each piece of it."""
    for case in cases:
        for text in dict.fromkeys((case.q, *_PAUSE.split(case.q))):
            judgement = judge(parse(text, knowledge.topics.lexicon), knowledge.topics, knowledge.confidence)
            kind, _, name = judgement.best.partition("/")
            if kind == "service":
                yield Observation(judgement.evidence, any(name in group for group in case.expect))


def fit(observed: Sequence[Observation], limits: Confidence) -> Confidence:
    """The logistic weights that best tell right from wrong (Newton's method, a small ridge)."""
    names = sorted(observed[0].evidence)
    rows = np.array([[1.0, *(o.evidence[n] for n in names)] for o in observed])
    right = np.array([o.right for o in observed], float)
    weights = _newton(rows, right)
    fitted = {n: round(float(w), 2) for n, w in zip(names, weights[1:], strict=True)}
    return limits.model_copy(update={"intercept": round(float(weights[0]), 2), "weights": fitted})


def _newton(rows: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    weights = np.zeros(rows.shape[1])
    ridge = np.eye(rows.shape[1]) * _PENALTY
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-(rows @ weights)))
        slope = rows.T @ (right - chance) - ridge @ weights
        bend = (rows * (chance * (1 - chance))[:, None]).T @ rows + ridge
        weights = weights + np.linalg.solve(bend, slope)
    return weights


def refit(catalogue: Catalogue, folder: Path) -> str:
    """Fit on the examples of a knowledge folder and write its confidence.yaml; returns a summary."""
    cases = [case for conversation in read_cases([folder / EXAMPLES]) for case in conversation]
    observed = list(observations(cases, prepare(catalogue)))
    fitted = fit(observed, catalogue.confidence)
    path = folder / CONFIDENCE
    yaml = round_trip()
    data = yaml.load(path.read_text("utf-8"))
    data["intercept"] = fitted.intercept
    data["weights"].clear()
    data["weights"].update(fitted.weights)
    with path.open("w", encoding="utf-8") as out:
        yaml.dump(data, out)
    return f"{path}: fitted on {len(observed)} observations"
