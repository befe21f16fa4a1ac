"""Questions asked in vain, put together by what they ask, with the services they probably mean."""

import itertools
import random

import pytest
from toy import knowledge

from bot.conversation.knowledge import Knowledge
from bot.staff.clusters import clusters, left_open, subject, suggestions
from bot.store.questions import AskedWording

TOPICS = {
    "护照": ("护照怎么办", "办护照要什么材料", "我想办个护照", "护照去哪里办"),
    "地铁": ("宁波地铁几点关门", "地铁末班车几点"),
    "狗": ("养狗证去哪里办", "养狗要办证吗"),
    "公积金": ("公积金怎么提", "公积金提取", "提公积金要什么"),
    "居住证": ("居住证怎么办", "居住证办理地点", "办居住证"),
    "充电桩": ("充电桩安装", "小区装充电桩", "电动车充电桩怎么装"),
    "学区": ("学区怎么划分", "学区房怎么查"),
    "彩票": ("彩票去哪里买",),
}


def wordings() -> list[AskedWording]:
    texts = itertools.chain(*TOPICS.values())
    return [AskedWording(text, 1 + i % 3, float(i), (f"a{i}",)) for i, text in enumerate(texts)]


def groups(found: list[AskedWording], known: Knowledge) -> set[frozenset[str]]:
    return {frozenset(w.text for w in c.wordings) for c in clusters(found, known)}


def test_with_the_real_catalogue_each_topic_is_one_group(knowledge: Knowledge) -> None:
    assert groups(wordings(), knowledge) == {frozenset(texts) for texts in TOPICS.values()}


def test_the_order_in_which_they_come_does_not_matter() -> None:
    known, asked = knowledge(), wordings()
    expected = clusters(asked, known)
    for seed in range(5):
        random.Random(seed).shuffle(asked)
        assert clusters(asked, known) == expected


def test_the_most_asked_group_comes_first_and_counts_every_wording() -> None:
    asked = [
        AskedWording("地铁末班车几点", 2, 50.0, ("a", "b")),
        AskedWording("护照怎么办", 3, 10.0, ("c",)),
        AskedWording("护照怎么办？", 1, 90.0, ("d",)),
        AskedWording("办护照", 1, 20.0, ("e",)),
    ]
    first, second = clusters(asked, knowledge())
    assert (first.text, first.times, first.last_asked_at) == ("护照怎么办", 5, 90.0)
    assert [(w.text, w.times, w.ids) for w in first.wordings] == [
        ("护照怎么办", 4, ("c", "d")),
        ("办护照", 1, ("e",)),
    ]
    assert (second.text, second.times) == ("地铁末班车几点", 2)


def test_nothing_asked_is_no_group() -> None:
    assert clusters([], knowledge()) == []


@pytest.mark.parametrize("text", ["", "怎么办", "???", "多少钱呢"])
def test_words_that_only_ask_break_nothing(text: str) -> None:
    found = clusters(
        [AskedWording(text, 1, 0.0, ("a",)), AskedWording("护照怎么办", 1, 0.0, ("b",))], knowledge()
    )
    assert len(found) == 2


def test_the_likely_service_is_suggested_first_with_its_score() -> None:
    (found,) = clusters([AskedWording("食堂里老人的饭", 2, 0.0, ("a",))], knowledge())
    suggested = suggestions(found, knowledge()).services
    assert (suggested[0].id, suggested[0].name) == ("canteen", "老年食堂")
    assert 0 < suggested[0].score <= 1
    assert [s.score for s in suggested] == sorted((s.score for s in suggested), reverse=True)


def test_the_likely_signpost_is_suggested_too() -> None:
    (found,) = clusters([AskedWording("身份照片", 1, 0.0, ("a",))], knowledge())
    suggested = suggestions(found, knowledge()).signposts
    assert (suggested[0].id, suggested[0].name) == ("id-card", "身份证")
    assert 0 < suggested[0].score <= 1


@pytest.mark.parametrize(
    ("question", "about"), [("护照在哪", "护照"), ("请问护照怎么办呢", "护照"), ("多少钱", "多少钱")]
)
def test_a_question_is_about_what_its_question_words_leave(question: str, about: str) -> None:
    assert subject(question, knowledge()) == about


def test_what_is_answered_by_now_falls_out() -> None:
    assert left_open("低保多少钱", knowledge()) is None
    assert left_open("量子色动力学", knowledge()) == ""
