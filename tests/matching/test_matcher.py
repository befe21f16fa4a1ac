import pytest
import toy

from bot.matching.features import parse
from bot.matching.matcher import Judgement, blended, judge, probability, zone

LIMITS = toy.CATALOGUE.confidence
PHRASINGS = [(f"service/{s.id}", p) for s in toy.CATALOGUE.services for p in s.phrasings]


def judged(text: str) -> Judgement:
    index = toy.knowledge().topics
    return judge(parse(text, index.lexicon), index, LIMITS)


@pytest.mark.parametrize(("intent", "text"), PHRASINGS)
def test_a_phrasing_is_understood(intent: str, text: str) -> None:
    assert judged(text).best == intent


@pytest.mark.parametrize(
    ("intent", "text"),
    [
        ("service/dibao", "低保一个月拿多少"),
        ("service/dibao", "di bao"),
        ("service/dibao", "底保多少前"),
        ("service/canteen", "爷爷中午吃饭怎么办"),
        ("service/library", "哪里能借书"),
        ("service/library", "圖書館"),
        ("service/school", "幼兒園"),
        ("signpost/id-card", "我的身份证不见了"),
        ("smalltalk/thanks", "谢谢啦"),
    ],
)
def test_other_words_for_the_same_are_understood(intent: str, text: str) -> None:
    assert judged(text).best == intent


@pytest.mark.parametrize("text", ["珠穆朗玛", "???", "", "qqqq"])
def test_unknown_text_has_no_candidates(text: str) -> None:
    candidates, evidence, confidence, scores = judged(text)
    assert (candidates, evidence, confidence) == ((), {}, 0.0)
    assert not scores.any()
    assert judged(text).best == ""


def test_candidates_come_best_first_and_each_once() -> None:
    found = judged("老人看书的地方").candidates
    assert [c.score for c in found] == sorted((c.score for c in found), reverse=True)
    assert len({c.intent for c in found}) == len(found) > 1


@pytest.mark.parametrize("text", [p for _, p in PHRASINGS])
def test_what_was_learnt_is_surer_than_what_is_about_two_things_or_none(text: str) -> None:
    assert judged(text).confidence > max(judged(other).confidence for other in ("看书吃饭", "火箭"))


def test_confidence_rises_with_the_lead() -> None:
    found = [probability({"lead": lead}, LIMITS) for lead in (-1000.0, 0.0, 0.1, 0.5, 1.0, 2.0, 1000.0)]
    assert found == sorted(found)
    assert 0 <= found[0] < found[-1] <= 1


def test_evidence_without_a_weight_counts_for_nothing() -> None:
    assert probability({"lead": 1.0, "weather": 9.0}, LIMITS) == probability({"lead": 1.0}, LIMITS)


@pytest.mark.parametrize(
    ("confidence", "found"),
    [(0.0, "unknown"), (0.29, "unknown"), (0.3, "offer"), (0.59, "offer"), (0.6, "answer"), (1.0, "answer")],
)
def test_three_zones(confidence: float, found: str) -> None:
    assert zone(confidence, LIMITS) == found


def blend(*weighed: tuple[float, str]) -> Judgement:
    found = [(weight, judged(text)) for weight, text in weighed]
    return blended(found, toy.knowledge().topics, toy.knowledge().confidence)


def test_a_judgement_blended_with_nothing_stays_as_it_is() -> None:
    assert blend((0.5, "低保多少钱")).candidates == judged("低保多少钱").candidates


def test_of_several_meanings_the_weightier_comes_first() -> None:
    one, other = "低保多少钱", "图书馆借书要钱吗"
    assert blend((5.0, one), (1.0, other)).best == judged(one).best
    assert blend((1.0, one), (5.0, other)).best == judged(other).best


def test_what_means_different_things_is_less_sure_than_each() -> None:
    one, other = "低保多少钱", "图书馆借书要钱吗"
    assert blend((1.0, one), (1.0, other)).confidence < min(judged(one).confidence, judged(other).confidence)


def test_of_several_meanings_the_surer_counts_for_more() -> None:
    sure, doubtful = "低保多少钱", "多少钱"
    assert judged(doubtful).confidence < judged(sure).confidence
    assert blend((1.0, sure), (1.0, doubtful)).best == judged(sure).best
