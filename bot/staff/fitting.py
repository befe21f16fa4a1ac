"""Fit the confidence on the examples: what share was right where the evidence looked like this."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.catalogue.model import Catalogue, Confidence
from bot.conversation.knowledge import Knowledge, prepare
from bot.conversation.leaning import evidence, leaning_of
from bot.conversation.several import readings
from bot.matching.features import parse
from bot.matching.matcher import INTERCEPT, judge
from bot.staff.cases import Case, Conversation, first_turns, read_cases
from bot.staff.files import round_trip

_STEPS = 50
_PENALTY = 1.0
_EVERY_NTH = 4
_FAR = 500
_SAID_OUTRIGHT = frozenset({"follow-back", "follow-correction"})


EXAMPLES, CONFIDENCE = "examples", "confidence.yaml"


class Observation(NamedTuple):
    """Evidence for something, and whether it held."""

    evidence: Mapping[str, float]
    right: bool


def observations(cases: Sequence[Case], knowledge: Knowledge) -> Iterator[Observation]:
    """One for each question that some service is the best candidate for."""
    for case in cases:
        judgement = judge(parse(case.q, knowledge.topics.lexicon), knowledge.topics, knowledge.confidence)
        kind, _, name = judgement.best.partition("/")
        if kind == "service":
            yield Observation(judgement.evidence, any(name in group for group in case.expect))


def cuts(cases: Sequence[Case], knowledge: Knowledge) -> Iterator[Observation]:
    """One for each way to cut a question into several: whether those are what it asks."""
    intents = knowledge.topics.intents
    for case in cases:
        if case.numbers is None:
            for reading in readings(case.q, parse(case.q, knowledge.topics.lexicon), knowledge):
                asked = {intents[service].partition("/")[2] for service in reading.services}
                right = len(asked) == len(case.expect) and all(asked & group for group in case.expect)
                yield Observation(reading.evidence, right)


def leanings(conversations: Sequence[Conversation], knowledge: Knowledge) -> Iterator[Observation]:
    """One for each turn after another: whether it went on about the service before.

    Turns that come to the same either way, by their own words or by the topic, tell nothing.
    """
    services = knowledge.lookup.services
    spoken = (pair for turns in conversations for pair in itertools.pairwise(turns))
    for before, case in itertools.chain(spoken, _switches(conversations)):
        if case.numbers is not None or len(before.expect) != 1:
            continue
        topic = min(before.expect[0])
        leaning = leaning_of(case.q, before.q, services[topic], knowledge)
        if leaning.judgement.best != f"service/{topic}" and not leaning.cued.shown & _SAID_OUTRIGHT:
            yield Observation(evidence(leaning), case.expect == before.expect)


def _switches(conversations: Sequence[Conversation]) -> Iterator[tuple[Case, Case]]:
    """Some examples of single questions, each after that of another service."""
    singles = [turns[0] for turns in conversations if len(turns) == 1 and turns[0].sort == "in scope"]
    pairs = zip(singles[::_EVERY_NTH], singles[_FAR::_EVERY_NTH], strict=False)
    return (pair for pair in pairs if pair[0].expect != pair[1].expect)


def weights_of(observed: Sequence[Observation]) -> dict[str, float]:
    """The logistic weights that best tell right from wrong (Newton's method, a small ridge)."""
    names = sorted(observed[0].evidence)
    rows = np.array([[1.0, *(o.evidence[n] for n in names)] for o in observed])
    right = np.array([o.right for o in observed], float)
    weights = _newton(rows, right)
    return {n: round(float(w), 2) for n, w in zip((INTERCEPT, *names), weights, strict=True)}


def fit(observed: Sequence[Observation], limits: Confidence) -> Confidence:
    """The confidence with weights fitted to what was observed."""
    fitted = weights_of(observed)
    return limits.model_copy(update={"intercept": fitted.pop(INTERCEPT), "weights": fitted})


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
    conversations = read_cases([folder / EXAMPLES])
    knowledge = prepare(catalogue)
    firsts = first_turns(conversations)
    observed = list(observations(firsts, knowledge))
    leaned = list(leanings(conversations, knowledge))
    fitted = fit(observed, catalogue.confidence)
    path = folder / CONFIDENCE
    yaml = round_trip()
    data = yaml.load(path.read_text("utf-8"))
    data["intercept"] = fitted.intercept
    data["weights"].clear()
    data["weights"].update(fitted.weights)
    observed_cuts = list(cuts(firsts, knowledge))
    if observed_cuts:
        data["pieces"] = weights_of(observed_cuts)
    if leaned:
        data["leaning"] = weights_of(leaned)
    with path.open("w", encoding="utf-8") as out:
        yaml.dump(data, out)
    return f"{path}: fitted on {len(observed)} observations, and {len(leaned)} of follow-ups"
