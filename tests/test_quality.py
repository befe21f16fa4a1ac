"""How right 甬问 is on its own example questions, and that what misses is known to miss."""

from pathlib import Path

import pytest

from bot import config
from bot.conversation.knowledge import Knowledge
from bot.staff import known
from bot.staff.cases import first_turns, read_cases
from bot.staff.evaluation import Evaluation, evaluate
from bot.staff.measures import measure
from bot.staff.perturbation import CLASSES, robustness

FOLDER: Path = config.load({}).knowledge
FEWEST = 2000
EVERY_NTH, EVERY_FEW = 2, 2
MOST_CHANGED = 0.03


@pytest.fixture(scope="session")
def evaluation(knowledge: Knowledge) -> Evaluation:
    return evaluate(read_cases([FOLDER / "examples"]), knowledge)


def listed(failures: known.Failures) -> set[str]:
    return {f"{wanted}: {question}" for wanted, questions in failures.items() for question in questions}


def test_there_are_examples_of_every_service(evaluation: Evaluation, knowledge: Knowledge) -> None:
    assert len(evaluation.results) >= FEWEST
    expected = {name for result in evaluation.results for group in result.case.expect for name in group}
    assert expected == set(knowledge.lookup.services)


def test_in_scope_the_right_service_comes_first(evaluation: Evaluation) -> None:
    assert measure(evaluation)["right"]["in scope"] >= 0.97


def test_outside_the_plan_few_are_answered(evaluation: Evaluation) -> None:
    assert measure(evaluation)["outside"]["wrongly_answered"] <= 0.06


def test_outside_the_plan_the_topic_named_is_the_one_meant(evaluation: Evaluation) -> None:
    topics = measure(evaluation)["topics"]
    assert topics["n"] >= 1000
    assert topics["right"] >= 0.75
    assert topics["wrong"] <= 0.08


def test_no_style_falls_behind(evaluation: Evaluation) -> None:
    styles = measure(evaluation)["by_style"]
    assert len(styles) >= 10
    assert not {style: row for style, row in styles.items() if row["right"] < 0.92}


def test_what_is_listed_as_failing_still_fails(evaluation: Evaluation) -> None:
    right_now = listed(known.read(FOLDER / known.FILE)) - listed(known.failures(evaluation))
    assert not right_now, "no longer missed, delete the line (or run scripts/known)"


def test_nothing_fails_that_is_not_listed(evaluation: Evaluation) -> None:
    new = listed(known.failures(evaluation)) - listed(known.read(FOLDER / known.FILE))
    assert not new, "missed and not listed in knowledge/known_failures.yaml: mend it"


def test_small_changes_make_few_right_answers_wrong(knowledge: Knowledge) -> None:
    rows = robustness(first_turns(read_cases([FOLDER / "examples"]))[::EVERY_FEW], knowledge)
    assert set(rows) == set(CLASSES)
    assert all(
        row["n"] >= 300 and set(row["by_sort"]) >= {"outside", "several", "urgent"} for row in rows.values()
    )
    lost = {name: row["lost"] / row["n"] for name, row in rows.items()}
    assert not {name: share for name, share in lost.items() if share > MOST_CHANGED}


def test_small_changes_leave_the_answers_in_scope(knowledge: Knowledge) -> None:
    firsts = first_turns(read_cases([FOLDER / "examples"]))
    rows = robustness([case for case in firsts if case.sort == "in scope"][::EVERY_NTH], knowledge)
    assert set(rows) == set(CLASSES)
    assert all(row["n"] >= 100 for row in rows.values())
    changed = {name: row["share"] for name, row in rows.items()}
    assert not {name: c for name, c in changed.items() if c > MOST_CHANGED}
