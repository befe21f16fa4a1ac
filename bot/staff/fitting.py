"""Fit the confidence on the examples: what share was right where the evidence looked like this."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from bot.catalogue.model import Catalogue, Confidence
from bot.conversation.followup import leaning_after, question_after
from bot.conversation.knowledge import Knowledge
from bot.conversation.leaning import Option, options
from bot.conversation.learning import prepare
from bot.conversation.pauses import cut_message
from bot.conversation.several import Reading, readings, unmarked_readings
from bot.conversation.state import State
from bot.conversation.understanding import at_a_glance
from bot.conversation.urgent import danger
from bot.errors import InputError
from bot.matching.matcher import INTERCEPT, Judgement
from bot.staff import grid
from bot.staff.cases import NEAR, Case, Conversation, first_turns, read_cases
from bot.staff.files import round_trip
from bot.staff.weights import Observation, weights_of, weights_of_choices
from bot.store.replacing import replacing
from bot.text.lot import lot, one_in

# Made-up changes of topic: every fourth example, followed by another of them.
_EVERY_NTH = 4
_PAIR = 2  # turns
_EVERY_NTH_LEAVING = 3
_EVERY_NTH_OF_THE_GRID = 2  # the rest of it is for `bot danger` to try what was fitted


EXAMPLES, CONFIDENCE = "examples", "confidence.yaml"


def observations(cases: Sequence[Case], knowledge: Knowledge) -> Iterator[Observation]:
    """One for each question that some service is the best candidate for.

    Cries for help tell nothing: they are answered before.
    """
    for case in cases:
        if case.numbers:
            continue
        judgement = _judged(case.q, knowledge)
        kind, _, name = judgement.best.partition("/")
        if kind == "service":
            yield Observation(judgement.evidence, any(name in group for group in case.expect))


def namings(cases: Sequence[Case], knowledge: Knowledge) -> Iterator[Observation]:
    """One for each question labelled with its topic that some signpost is the best candidate for."""
    for case in cases:
        judgement = _judged(case.q, knowledge) if case.topics else None
        kind, _, name = judgement.best.partition("/") if judgement else ("", "", "")
        if judgement and kind == "signpost":
            yield Observation(judgement.evidence, name in case.topics)


def _judged(text: str, knowledge: Knowledge) -> Judgement:
    return at_a_glance(text, knowledge).judgement


def cuts(cases: Sequence[Case], knowledge: Knowledge) -> Iterator[list[Observation]]:
    """For each question, every way to cut it into several, and whether that is what it asks.

    A message that asks several things but is never cut right is left out: reading it as one is as wrong.
    """
    for case in cases:
        if case.numbers is None:
            found = readings(*cut_message(case.q), at_a_glance(case.q, knowledge), knowledge)
            yield from _taught_by(found, case, knowledge)


def unmarked_cuts(cases: Sequence[Case], knowledge: Knowledge) -> Iterator[list[Observation]]:
    """The same for questions without a pause, and for two made one by leaving out the pause between them."""
    for case in cases:
        joined = _joined(case) if len(case.expect) > 1 else case
        if joined is None or case.numbers is not None or len(cut_message(joined.q)[0]) > 1:
            continue
        found = unmarked_readings(at_a_glance(joined.q, knowledge), knowledge)
        yield from _taught_by(found, joined, knowledge)


def _taught_by(found: Iterable[Reading], case: Case, knowledge: Knowledge) -> Iterator[list[Observation]]:
    """The choice between these readings, unless there is none or none of several questions is read right."""
    choice = [Observation(r.evidence, _reads(r, case, knowledge)) for r in found]
    if choice and (len(case.expect) < 2 or any(possible.right for possible in choice)):
        yield choice


def _joined(case: Case) -> Case | None:
    """Two questions without the pause between them; None where there are not just two."""
    texts, pauses = cut_message(case.q)
    if len(texts) != _PAIR or len(case.expect) != _PAIR or pauses == ["joint"]:
        return None
    return replace(case, q="".join(texts))


def _reads(reading: Reading, case: Case, knowledge: Knowledge) -> bool:
    """Whether a reading finds just what the message asks; topics outside the plan are not told apart."""
    if len(reading.meant) != len(case.expect):
        return False
    found = [knowledge.topics.intents[number].partition("/") for number in reading.meant]
    return case.is_met_by({name for kind, _, name in found if kind == "service"})


def leanings(conversations: Sequence[Conversation], knowledge: Knowledge) -> Iterator[list[Observation]]:
    """For each turn that follows another: everything it may be about, and which of it was meant."""
    for conversation in _as_people_talk([*conversations, *_switches(conversations)]):
        state = State()
        for case in conversation:
            if case.numbers is not None or len(case.expect) > 1:
                continue
            leaning = leaning_after(case.q, state, knowledge)
            meant = min(case.expect[0]) if case.expect else None
            if leaning is not None:
                found = options(leaning)
                if meant in [option.about and option.about.id for option in found]:
                    yield _beside_none(found, meant)
            if meant is not None:
                service = knowledge.lookup.services[meant]
                state = state.about(meant, "", question_after(leaning, service) if leaning else case.q)


def _as_people_talk(conversations: Sequence[Conversation]) -> Iterator[Conversation]:
    """The conversations, with only one in three of the pairs that leave the plan: after an answer people
    mostly go on about it.
    """
    for conversation in conversations:
        leaves = len(conversation) == _PAIR and not conversation[-1].expect
        if not leaves or one_in(_EVERY_NTH_LEAVING, "\n".join(case.q for case in conversation)):
            yield conversation


def cries(cases: Iterable[Case], knowledge: Knowledge) -> Iterator[Observation]:
    """One for each message by itself: whether it was a cry for help."""
    for case in dict.fromkeys(cases):
        parsed, meant, *_ = at_a_glance(case.q, knowledge)
        found = danger(case.q, parsed, meant, knowledge)
        if found is not None:
            yield Observation(found.evidence, bool(case.numbers))


def _beside_none(found: Sequence[Option], meant: str | None) -> list[Observation]:
    """For each service, the evidence for it against that for none of them, and whether it was meant."""
    *services, none = found
    against = {name: -value for name, value in none.evidence.items() if name != INTERCEPT}
    return [Observation(s.evidence | against, s.about is not None and s.about.id == meant) for s in services]


def _switches(conversations: Sequence[Conversation]) -> Iterator[Conversation]:
    """Some examples of single questions after that of another service, and near misses."""
    singles = [turns[0] for turns in conversations if len(turns) == 1 and turns[0].numbers is None]
    drawn = (case for case in singles if case.sort == "in scope" and one_in(_EVERY_NTH, case.q))
    mixed = sorted(drawn, key=lambda case: lot(case.q))
    pairs = [*itertools.pairwise(mixed), *_near(singles)]
    return (pair for pair in pairs if pair[0].expect != pair[1].expect)


def _near(singles: Sequence[Case]) -> Iterator[Conversation]:
    """Each near miss after the last example of the service it comes near to."""
    last = None
    for case in singles:
        if case.style != NEAR:
            last = case if case.sort == "in scope" else None
        elif last is not None:
            yield last, case


def fit(observed: Sequence[Observation], limits: Confidence) -> Confidence:
    """The confidence with weights fitted to what was observed. InputError where that is nothing."""
    if not observed:
        raise InputError("no example question is likeliest about a service: there is nothing to fit on")
    fitted = weights_of(observed)
    return limits.model_copy(update={"intercept": fitted.pop(INTERCEPT), "weights": fitted})


def refit(catalogue: Catalogue, folder: Path) -> str:
    """Fit on the examples of a knowledge folder and write its confidence.yaml; returns a summary."""
    conversations = read_cases([folder / EXAMPLES])
    knowledge = prepare(catalogue)
    firsts = first_turns(conversations)
    observed = list(observations(firsts, knowledge))
    fitted = fit(observed, catalogue.confidence)
    weights = _all_weights(firsts, conversations, _of_the_grid(folder), knowledge)
    path = folder / CONFIDENCE
    yaml = round_trip()
    data = yaml.load(path.read_text("utf-8"))
    data.update({"intercept": fitted.intercept, "weights": fitted.weights} | weights)
    with replacing(path) as fresh, fresh.open("w", encoding="utf-8") as out:
        yaml.dump(data, out)
    return f"{path}: fitted on {len(observed)} questions; also {', '.join(weights) or 'nothing'}"


def _of_the_grid(folder: Path) -> list[Case]:
    """One in two of the grid's cries and calm sayings; none where there is no grid."""
    path = folder / grid.FILE
    cases = grid.cases(grid.read(path)) if path.is_file() else ()
    return [case for case in cases if one_in(_EVERY_NTH_OF_THE_GRID, case.q)]


def _all_weights(
    firsts: Sequence[Case],
    conversations: Sequence[Conversation],
    of_the_grid: Sequence[Case],
    knowledge: Knowledge,
) -> dict[str, dict[str, float]]:
    """The other weights by their names in confidence.yaml; none where no example says anything of it."""
    named = list(namings(firsts, knowledge))
    asked = list(cuts(firsts, knowledge))
    unmarked = list(unmarked_cuts(firsts, knowledge))
    leaned = list(leanings(conversations, knowledge))
    said = [*itertools.chain(*conversations), *of_the_grid]
    cried = list(cries(said, knowledge)) if any(case.numbers for case in said) else []
    return {
        **({"naming": weights_of(named)} if named else {}),
        **({"pieces": weights_of_choices(asked)} if asked else {}),
        **({"unmarked": weights_of_choices(unmarked)} if unmarked else {}),
        **({"leaning": weights_of_choices(leaned)} if leaned else {}),
        **({"alarm": weights_of(cried)} if cried else {}),
    }
