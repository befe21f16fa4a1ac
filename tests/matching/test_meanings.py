from pathlib import Path

import numpy as np
import pytest

from bot.matching.index import Utterance
from bot.matching.meanings import table
from bot.matching.ranking import build
from scripts.dictionaries import sources


def likeness(one: str, other: str) -> float:
    """The cosine of two words' directions."""
    a, b = (table().directions[table().rows[word]].astype(float) for word in (one, other))
    return float(a @ b / np.sqrt((a @ a) * (b @ b)))


@pytest.mark.parametrize(
    ("word", "near", "far"),
    [
        ("退款", "refund", "图书馆"),
        ("补助", "津贴", "天气"),
        ("怎么", "为何", "发票"),
        ("repay", "refund", "bicycle"),
        ("鼻塞", "感冒", "发票"),
        ("三包", "保修", "图书馆"),
    ],
)
def test_what_is_explained_alike_lies_nearer(word: str, near: str, far: str) -> None:
    assert likeness(word, near) > likeness(word, far) + 0.2


@pytest.mark.parametrize(
    ("word", "near"), [("粽子", "端午"), ("牙医", "蛀牙"), ("猫", "兽医"), ("导航", "地图")]
)
def test_what_belongs_together_lies_near_though_nobody_wrote_so(word: str, near: str) -> None:
    groups = sources.everyday(Path(sources.__file__).with_name("everyday.txt"))
    assert not any({word, near} <= set(words) for _, words in groups)
    assert likeness(word, near) > likeness(word, "发票") + 0.15


def test_a_stem_stands_for_the_shortest_word_that_has_it(tmp_path: Path) -> None:
    for name in ("noun", "verb", "adj", "adv"):
        (tmp_path / f"data.{name}").write_text("")
    line = "00000001 29 v {:02x} {} 000 | a gloss\n"
    words = "activates 0 activated 0 acts 0 act 0 Mrs. 0 go_on 0"
    (tmp_path / "data.verb").write_text("  1 a licence\n" + line.format(6, words))
    assert sources.whole(tmp_path) == {"activat": "activated", "act": "act"}


def test_texts_are_cut_into_known_words_each_once() -> None:
    names = list(table().rows)
    cut = lambda text: [names[row] for row in table().words(text)]  # noqa: E731
    assert cut("怎么申请退款") == ["怎么", "申请", "退款"]
    assert cut("退款退款 refunds") == ["退款", "refund"]
    assert cut("zzzz 123 !") == []


def test_the_table_holds_what_people_say_every_day() -> None:
    groups = sources.everyday(Path(sources.__file__).with_name("everyday.txt"))
    assert {same for same, _ in groups} == {True, False}
    assert {word for _, words in groups for word in words} <= table().rows.keys()
    alike = [likeness(words[0], other) for same, words in groups if same for other in words[1:]]
    assert np.mean(alike) > 0.5


def test_the_table_is_whole() -> None:
    rows, costs, directions, _, _ = table()
    assert len(rows) == len(costs) == len(directions) > 40_000
    assert directions.any(axis=1).all()


@pytest.mark.parametrize(
    ("asked", "intent"),
    [("想把钱要回来", "refund"), ("refunding", "refund"), ("电话号码换了", "phone")],
)
def test_words_the_faq_does_not_hold_find_their_intent(asked: str, intent: str) -> None:
    faq = {
        "refund": ["怎么申请退款", "退钱"],
        "phone": ["更改手机号", "手机换号"],
        "hours": ["几点开门", "营业时间"],
    }
    ranking = build(Utterance(name, text) for name, texts in faq.items() for text in texts)
    assert ranking.rank(asked)[0].intent == intent


def test_how_the_phrasings_of_an_intent_differ_tells_intents_less_apart() -> None:
    asked = {"猫": "cat", "狗": "dog", "鱼": "fish", "鸟": "bird"}
    ways = ("怎么养{}", "{}多少钱", "哪里卖{}", "{}吃什么")
    faq = [Utterance(intent, way.format(pet)) for pet, intent in asked.items() for way in ways]
    turned = build(faq).meanings
    words = table().words
    kept = [float(turned.places[n] @ turned.place(words(pet))) for n, pet in enumerate(asked)]
    plain = [float(turned.places[n] @ turned.place(words("多少钱"))) for n in range(len(asked))]
    assert min(kept) > max(plain) + 0.2


def test_an_intent_lies_where_its_phrasings_lie_each_by_itself() -> None:
    asked = ["退款", "怎么申请退款", "买贵了能不能把差价退给我", "几点开门", "refund"]
    faq = [Utterance(f"{n}", text) for n, text in enumerate(asked)]
    pairs = [Utterance(f"{n}+{m}", text) for n in range(5) for m in range(n) for text in (asked[n], asked[m])]
    known = build([*faq, *pairs]).meanings
    places = np.array([known.place(table().words(text)) for text in asked])
    cosines = [places[n] @ places[m] for n in range(5) for m in range(n)]
    assert known.places[:5] == pytest.approx(places, abs=1e-5)
    assert known.narrow[:5] == pytest.approx(0, abs=1e-5)
    assert known.narrow[5:] == pytest.approx(np.array(cosines), abs=1e-5)
    assert np.ptp(cosines) > 0.1


def test_very_many_intents_are_found_by_their_writing_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.matching.ranking._MEANT_INTENTS", 1)
    ranking = build([Utterance("refund", "怎么申请退款"), Utterance("hours", "几点开门")])
    assert [r.intent for r in ranking.rank("申请退钱")] == ["refund"]
    assert ranking.rank("repayment") == []
