"""Fit the confidence on the examples: what share was right where the evidence looked like this."""

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.catalogue.model import Catalogue, Confidence
from bot.conversation.knowledge import Knowledge, prepare
from bot.conversation.leaning import evidence, leaning_of
from bot.conversation.several import Reading, readings
from bot.conversation.urgent import danger
from bot.matching.features import parse
from bot.matching.matcher import INTERCEPT, Judgement, judge
from bot.staff.cases import Case, Conversation, first_turns, read_cases
from bot.staff.files import round_trip
from bot.staff.weights import Observation, weights_of, weights_of_choices

_EVERY_NTH = 4
_FAR = 500
_SAID_OUTRIGHT = frozenset({"follow-back", "follow-correction"})


EXAMPLES, CONFIDENCE = "examples", "confidence.yaml"


def observations(cases: Sequence[Case], knowledge: Knowledge) -> Iterator[Observation]:
    """One for each question that some service is the best candidate for."""
    for case in cases:
        judgement = _judged(case.q, knowledge)
        kind, _, name = judgement.best.partition("/")
        if kind == "service":
            yield Observation(judgement.evidence, any(name in group for group in case.expect))


def _judged(text: str, knowledge: Knowledge) -> Judgement:
    return judge(parse(text, knowledge.topics.lexicon), knowledge.topics, knowledge.confidence)


def cuts(cases: Sequence[Case], knowledge: Knowledge) -> Iterator[list[Observation]]:
    """For each question every way to cut it into several: whether those are what it asks.

    A question that none of them reads aright is left out: that it were one question is no better.
    """
    for case in cases:
        if case.numbers is None:
            found = readings(case.q, _judged(case.q, knowledge), knowledge)
            choice = [Observation(r.evidence, _reads(r, case, knowledge)) for r in found]
            if choice and (len(case.expect) < 2 or any(possible.right for possible in choice)):
                yield choice


def _reads(reading: Reading, case: Case, knowledge: Knowledge) -> bool:
    """Whether a message asks just what a reading finds in it; what is outside the plan is all one."""
    if len(reading.meant) != len(case.expect):
        return False
    found = [knowledge.topics.intents[number].partition("/") for number in reading.meant]
    inside = {name for kind, _, name in found if kind == "service"}
    asked = [group for group in case.expect if group]
    return len(inside) == len(asked) and all(inside & group for group in asked)


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


def cries(conversations: Sequence[Conversation], knowledge: Knowledge) -> Iterator[Observation]:
    """One for each turn, by itself: whether it was a cry for help."""
    for case in dict.fromkeys(itertools.chain(*conversations)):
        parsed = parse(case.q, knowledge.topics.lexicon)
        meant = judge(parsed, knowledge.topics, knowledge.confidence)
        found = danger(case.q, parsed, meant, knowledge)
        if found is not None:
            yield Observation(found.evidence, bool(case.numbers))


def _switches(conversations: Sequence[Conversation]) -> Iterator[tuple[Case, Case]]:
    """Some examples of single questions, each after that of another service."""
    singles = [turns[0] for turns in conversations if len(turns) == 1 and turns[0].sort == "in scope"]
    pairs = zip(singles[::_EVERY_NTH], singles[_FAR::_EVERY_NTH], strict=False)
    return (pair for pair in pairs if pair[0].expect != pair[1].expect)


def fit(observed: Sequence[Observation], limits: Confidence) -> Confidence:
    """The confidence with weights fitted to what was observed."""
    fitted = weights_of(observed)
    return limits.model_copy(update={"intercept": fitted.pop(INTERCEPT), "weights": fitted})


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
        data["pieces"] = weights_of_choices(observed_cuts)
    if leaned:
        data["leaning"] = weights_of(leaned)
    if any(case.numbers for case in firsts):
        data["alarm"] = weights_of(list(cries(conversations, knowledge)))
    with path.open("w", encoding="utf-8") as out:
        yaml.dump(data, out)
    return f"{path}: fitted on {len(observed)} observations, and {len(leaned)} of follow-ups"
