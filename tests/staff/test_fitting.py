import math
from pathlib import Path
from random import Random

import pytest
import toy
from made_up import case
from ruamel.yaml import YAML

from bot.errors import InputError
from bot.matching.matcher import probability
from bot.staff.fitting import cries, cuts, fit, leanings, namings, observations, refit, unmarked_cuts
from bot.staff.weights import Observation, weights_of_choices

LIMITS = toy.CATALOGUE.confidence


def observed(weight: float, count: int = 2000) -> list[Observation]:
    """Evidence of which `lead` speaks for being right with a weight, and `noise` for nothing."""
    chance = Random(7)
    truth = LIMITS.model_copy(update={"intercept": -1.0, "weights": {"lead": weight}})
    found = []
    for _ in range(count):
        evidence = {"lead": chance.uniform(-1, 2), "noise": chance.uniform(-1, 1)}
        found.append(Observation(evidence, chance.random() < probability(evidence, truth)))
    return found


@pytest.mark.parametrize("weight", [-2.0, 0.0, 3.0])
def test_fitting_finds_the_weights_the_evidence_has(weight: float) -> None:
    fitted = fit(observed(weight), LIMITS)
    assert fitted.weights["lead"] == pytest.approx(weight, abs=0.4)
    assert fitted.weights["noise"] == pytest.approx(0.0, abs=0.4)
    assert fitted.intercept == pytest.approx(-1.0, abs=0.4)


def test_a_fitted_confidence_is_the_share_of_right_answers() -> None:
    some = observed(3.0)
    fitted = fit(some, LIMITS)
    stated = sum(probability(o.evidence, fitted) for o in some) / len(some)
    assert stated == pytest.approx(sum(o.right for o in some) / len(some), abs=0.01)


def test_the_limits_stay() -> None:
    fitted = fit(observed(1.0, 50), LIMITS)
    assert fitted.model_dump(exclude={"intercept", "weights"}) == LIMITS.model_dump(
        exclude={"intercept", "weights"}
    )


@pytest.mark.parametrize("right", [True, False])
def test_evidence_that_never_differs_does_not_run_away(right: bool) -> None:
    fitted = fit([Observation({"lead": 1.0}, right)] * 100, LIMITS)
    assert (probability({"lead": 1.0}, fitted) > 0.9) is right


def test_fitting_twice_gives_the_same() -> None:
    assert fit(observed(1.0), LIMITS) == fit(observed(1.0), LIMITS)


def choices(count: int = 1500) -> list[list[Observation]]:
    """Some possibilities each time, of which at most one is right: the likelier, the higher its `lead`."""
    chance, found = Random(11), []
    for _ in range(count):
        leads = [chance.uniform(-2, 2) for _ in range(chance.randint(1, 4))]
        picked = chance.choices(range(len(leads) + 1), [*(math.exp(2 * lead - 1) for lead in leads), 1.0])[0]
        found.append([Observation({"lead": lead}, i == picked) for i, lead in enumerate(leads)])
    return found


def test_choosing_finds_the_weights_by_which_one_of_several_wins() -> None:
    assert weights_of_choices(choices()) == pytest.approx({"intercept": -1.0, "lead": 2.0}, abs=0.25)


def test_of_two_that_are_right_either_may_win() -> None:
    both = [[Observation({"lead": 2.0}, True), Observation({"lead": -2.0}, True)]] * 50
    neither = [[Observation({"lead": -2.0}, False)]] * 50
    assert weights_of_choices([*both, *neither])["lead"] > 1.0


def test_each_turn_after_another_is_observed_with_all_it_may_be_about() -> None:
    conversation = [
        case("canteen", q="老年食堂在哪里"),
        case("canteen", q="我妈可以吗", first=False),
        case(q="身份证丢了怎么补", first=False),
        case("dibao", q="低保多少钱", first=False),
        case("canteen", q="前面那个", first=False),
        case(q="着火了", numbers="119", first=False),
    ]
    found = list(leanings([conversation], toy.knowledge()))
    held = [[one.evidence for one in choice if one.right] for choice in found]
    assert [[sorted({"topic", "earlier"} & evidence.keys()) for evidence in right] for right in held] == [
        [["topic"]],
        [],
        [[]],
        [["earlier"]],
    ]
    assert held[2][0]["own"] > 0.6


def test_a_near_miss_is_observed_after_what_it_comes_near_to() -> None:
    asked = [
        case("dibao", q="低保一年给多少"),
        *(case(q=f"公积金怎么提取{n}", style="near") for n in range(9)),
    ]
    found = list(leanings([(one,) for one in asked], toy.knowledge()))
    assert found
    for choice in found:
        assert choice[0].evidence["topic"] == 1.0
        assert not any(one.right for one in choice)


def test_another_pair_that_leaves_the_plan_moves_no_other_in_or_out() -> None:
    pairs = [
        (case(service.id, q=opening), case(q=outside, first=False))
        for service in toy.CATALOGUE.services
        for opening in service.phrasings[:5]
        for outside in ("身份证丢了怎么补", "公积金怎么提取")
    ]
    new = (case("dibao", q="吃低保"), case(q="珠穆朗玛", first=False))
    alone = list(leanings(pairs, toy.knowledge()))
    beside = list(leanings([new, *pairs], toy.knowledge()))
    assert 0 < len(alone) < len(pairs)
    assert beside[-len(alone) :] == alone


def test_every_turn_is_observed_as_a_cry_for_help_or_none() -> None:
    turns = (case("dibao", q="低保多少钱"), case(q="着火了", numbers="119", first=False))
    found = list(cries([*turns, *turns, case(q="珠穆朗玛")], toy.knowledge()))
    assert [o.right for o in found] == [False, True]
    assert found[1].evidence["lead"] > found[0].evidence["lead"]


def test_there_must_be_something_to_fit_on() -> None:
    with pytest.raises(InputError, match="nothing to fit on"):
        fit([], LIMITS)


def test_a_question_is_observed_where_a_service_is_likeliest() -> None:
    cases = [case("dibao", q="低保多少钱,图书馆有多少书"), case(q="身份证丢了怎么补"), case(q="珠穆朗玛")]
    cry, calm = case(q="低保多少钱", numbers="119"), case(q="低保一年多少", numbers="")
    whole = list(observations([*cases, cry, calm], toy.knowledge()))
    assert [o.right for o in whole] == [False, False]


def test_a_topic_is_observed_where_a_signpost_is_likeliest() -> None:
    asked = "身份证丢了怎么补"
    cases = [case(q=asked, topics=t) for t in ("id-card", "none", "")] + [case(q="吃低保", topics="none")]
    assert [o.right for o in namings(cases, toy.knowledge())] == [True, False]


def test_each_way_to_cut_a_question_is_observed() -> None:
    cases = [
        case("dibao", "library", q="低保多少钱,图书馆有多少书"),
        case("dibao", q="低保多少钱,图书馆有多少书"),
        case(q="着火了,低保多少钱,图书馆有多少书", numbers="119"),
    ]
    (of_two,), (of_one,) = cuts(cases, toy.knowledge())
    assert (of_two.right, of_one.right) == (True, False)
    assert of_two.evidence == of_one.evidence


def test_two_questions_are_also_observed_without_the_pause_between_them() -> None:
    cases = [
        case("dibao", "library", q="低保多少钱,图书馆有多少书"),
        case("dibao", q="低保多少钱图书馆有多少书"),
    ]
    joined, single = unmarked_cuts(cases, toy.knowledge())
    assert any(o.right for o in joined)
    assert not any(o.right for o in single)
    assert [o.evidence for o in joined] == [o.evidence for o in single]


def test_a_part_outside_the_plan_is_observed_with_the_part_inside() -> None:
    (choice,) = cuts([case("dibao", "", q="低保多少钱,身份证丢了怎么补")], toy.knowledge())
    assert [o.evidence["outside"] for o in choice if o.right] == [1.0]


def test_a_message_that_no_cut_reads_aright_teaches_nothing() -> None:
    assert list(cuts([case("dibao", "school", q="低保多少钱,图书馆有多少书")], toy.knowledge())) == []


def test_refitting_writes_weights_and_keeps_all_else(tmp_path: Path) -> None:
    (tmp_path / "examples").mkdir()
    lines = [
        f"  - {{q: '{q}', style: plain, kind: policy}}" for q in ("低保一年给多少", "吃低保", "看书,吃低保")
    ]
    (tmp_path / "examples" / "dibao.yaml").write_text(
        "service: dibao\nexamples:\n" + "\n".join(lines), "utf-8"
    )
    talk = "outside: [{q: 身份证丢了怎么补, topics: [id-card]}, {q: 身份证真难看, topics: [none]}]\n"
    (tmp_path / "examples" / "talk.yaml").write_text(talk, "utf-8")
    path = tmp_path / "confidence.yaml"
    path.write_text("# 说明\nintercept: 0\nweights:\n  old: 1\nanswer_from: 0.45\n", "utf-8")
    assert "fitted on" in refit(toy.CATALOGUE, tmp_path)
    once = path.read_text("utf-8")
    data = YAML(typ="safe").load(once)
    assert once.startswith("# 说明\n")
    assert data["answer_from"] == 0.45
    assert "old" not in data["weights"]
    assert "lead" in data["weights"]
    assert "lead_on_average" in data["pieces"]
    assert "lead" in data["naming"]
    refit(toy.CATALOGUE, tmp_path)
    assert path.read_text("utf-8") == once


def test_half_of_the_grid_of_dangers_is_fitted_on_too(tmp_path: Path) -> None:
    (tmp_path / "examples/talk").mkdir(parents=True)
    (tmp_path / "examples/dibao.yaml").write_text(
        "service: dibao\nexamples:\n  - {q: 吃低保, style: plain, kind: policy}\n", "utf-8"
    )
    frames = "{happens: […, 快来人 …, …怎么办]}"
    (tmp_path / "examples/talk/danger.yaml").write_text(
        "outside: [今天天气真好]\n"
        f"grid:\n  least: {{cries: 0.5, calm: 0.5}}\n  cries: {frames}\n  calm: {{happens: [昨晚梦见…]}}\n"
        "  dangers:\n    - numbers: ['119']\n      said: {happens: [着火了, 楼上冒烟了, 厨房烧起来了]}\n",
        "utf-8",
    )
    path = tmp_path / "confidence.yaml"
    path.write_text("intercept: 0\nweights: {}\n", "utf-8")
    assert "alarm" in refit(toy.CATALOGUE, tmp_path)
    assert YAML(typ="safe").load(path.read_text("utf-8"))["alarm"]["lead"] > 0
