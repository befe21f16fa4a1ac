import pytest
from made_up import answered, case, reply

from bot.staff.evaluation import Evaluation, Result
from bot.staff.measures import measure

RESULTS = [
    answered("a", "a", 0.99, style="plain", kind="cost"),
    answered("a", "a", 0.95, style="plain", kind="how"),
    answered("a", "b", 0.5, style="typo", kind="how"),
    Result(case("a", style="typo"), reply("clarify", "b", "a", confidence=0.3)),
    Result(case(style="far"), reply("unanswered", confidence=0.1, topic="signpost/x")),
    Result(case(style="far", topics="none"), reply("unanswered", confidence=0.2)),
    Result(case(style="near", topics="x"), reply("clarify", "a", confidence=0.25)),
    Result(case(style="near", topics="x"), reply("answered", "a", confidence=0.6)),
]
FIGURES = measure(Evaluation(RESULTS))


def test_shares_right() -> None:
    assert FIGURES["cases"] == 8
    assert FIGURES["right"] == {"in scope": 0.5, "outside": 0.75}


def test_in_scope() -> None:
    assert FIGURES["in_scope"] == {
        "hit@1": 0.5,
        "hit@3": 0.75,
        "mrr": 0.625,
        "answered": 0.75,
        "answered_right": 0.5,
        "answered_wrong": 0.25,
    }


def test_outside() -> None:
    assert FIGURES["outside"] == {
        "wrongly_answered": 0.25,
        "offered": 0.25,
        "recognised": 0.25,
    }
    assert FIGURES["topics"] == {"n": 3, "right": 0.3333, "wrong": 0.0}
    assert FIGURES["outside_by_group"] == {"far": {"n": 2, "right": 1.0}, "near": {"n": 2, "right": 0.5}}


@pytest.mark.parametrize(
    ("label", "right", "wrong"), [("x", 1, 0), ("x|y", 1, 0), ("y", 0, 1), ("none", 0, 1)]
)
def test_the_topic_named(label: str, right: float, wrong: float) -> None:
    named = Result(case(topics=label), reply("unanswered", topic="signpost/x"))
    assert measure(Evaluation([named]))["topics"] == {"n": 1, "right": right, "wrong": wrong}


def test_by_style_and_kind() -> None:
    assert FIGURES["by_style"] == {"plain": {"n": 2, "right": 1.0}, "typo": {"n": 2, "right": 0.0}}
    assert FIGURES["by_kind"]["—"] == {"n": 1, "right": 0.0}
    assert FIGURES["by_kind"]["how"] == {"n": 2, "right": 0.5}


def test_confusions() -> None:
    assert FIGURES["confusions"] == [{"expected": "a", "got": "b", "n": 2}]


def test_a_right_service_with_another_beside_it_is_confused_with_both() -> None:
    beside = Result(case("a"), reply("answered", "a", "b"))
    figures = measure(Evaluation([beside]))
    assert figures["confusions"] == [{"expected": "a", "got": "a + b", "n": 1}]


def test_reliability_puts_every_named_service_in_one_bin() -> None:
    rows = FIGURES["reliability"]
    assert sum(row["n"] for row in rows) == 4
    assert rows[-1] == {"from": 0.95, "to": 1.0, "n": 2, "stated": 0.97, "right": 1.0}


def test_full_confidence_has_its_place() -> None:
    (row,) = measure(Evaluation([answered("a", "a", 1.0)]))["reliability"]
    assert (row["from"], row["n"]) == (0.95, 1)


def test_risk_grows_with_coverage() -> None:
    rows = {row["coverage"]: row["risk"] for row in FIGURES["coverage_risk"]}
    assert rows[0.5] == 0.0
    assert rows[1.0] == 0.5
    assert list(rows.values()) == sorted(rows.values())


def test_refusal() -> None:
    assert 0.5 < FIGURES["refusal"]["auroc"] < 1
    sure = [answered("a", "a", 0.9), Result(case(), reply("unanswered", confidence=0.9))]
    assert measure(Evaluation(sure))["refusal"] == {"auroc": 1.0, "recall_at_95": 1.0}
    blind = [answered("a", "a", 0.9), Result(case(), reply("answered", "a", confidence=0.9))]
    assert measure(Evaluation(blind))["refusal"] == {"auroc": 0.5, "recall_at_95": 0.0}


def test_latency() -> None:
    timed = [
        Result(r.case, r.reply.timed(t), t // 10) for r, t in zip(RESULTS, range(0, 800, 100), strict=True)
    ]
    figures = measure(Evaluation(timed))
    assert figures["latency_us"] == {"p50": 350.0, "p95": 665.0, "p99": 693.0}
    assert figures["matching_us"] == {"p50": 35.0, "p95": 66.5, "p99": 69.3}


@pytest.mark.parametrize(
    "results",
    [
        [Result(case(numbers="119"), reply("emergency", phones="119"))],
        [Result(case("a", "b"), reply("answered", "a", "b"))],
        [Result(case(), reply("unanswered"))],
        [answered("a", "a")],
    ],
)
def test_one_sort_alone_can_be_measured(results: list[Result]) -> None:
    assert list(measure(Evaluation(results))["right"].values()) == [1.0]


def test_there_may_be_nothing_to_measure() -> None:
    assert not any(measure(Evaluation([])).values())
