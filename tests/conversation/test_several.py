import pytest
import toy
from toy import talk

from bot.messages import Reply


def asked(text: str) -> list[str]:
    """The services a message is answered about."""
    reply = talk(text)[0].reply
    return [m.service for m in reply.matches] if reply.status == "answered" else []


@pytest.mark.parametrize(
    ("text", "services"),
    [
        ("老年食堂在哪里,图书馆借书要钱吗", ["canteen", "library"]),
        ("低保多少钱?另外公办幼儿园怎么报名", ["dibao", "school"]),
        ("低保多少钱 图书馆有多少书", ["dibao", "library"]),
        ("低保标准和老年食堂", ["dibao", "canteen"]),
        ("低保多少钱，图书馆有多少书，公办幼儿园怎么报名", ["dibao", "library", "school"]),
        ("老年食堂和图书馆借书要钱吗", ["canteen", "library"]),
    ],
)
def test_every_question_is_answered_in_the_order_asked(text: str, services: list[str]) -> None:
    assert asked(text) == services


BREATHLESS = {
    "intercept": -6.4,
    "gain": 2.4,
    "lead_on_average": 1.5,
    "support": 2.0,
    "backed": 1.9,
    "shortest": 1.6,
}


@pytest.mark.parametrize(
    ("text", "services"),
    [
        ("低保多少钱图书馆有多少书", ["dibao", "library"]),
        ("公办幼儿园怎么报名低保多少钱", ["school", "dibao"]),
        ("图书馆借书要钱吗", ["library"]),
        ("公办幼儿园怎么报名", ["school"]),
        ("低保多少钱", ["dibao"]),
    ],
)
def test_two_questions_in_one_breath_are_both_answered(text: str, services: list[str]) -> None:
    breathless = toy.knowledge_with(unmarked=BREATHLESS, unmarked_from=0.5)
    assert [m.service for m in talk(text, knowing=breathless)[0].reply.matches] == services


def test_a_release_that_never_learnt_to_cut_a_breath_answers_one_question() -> None:
    assert len(asked("低保多少钱图书馆有多少书")) == 1
    careful = toy.knowledge_with(unmarked=BREATHLESS, unmarked_from=1.0)
    assert len(talk("低保多少钱图书馆有多少书", knowing=careful)[0].reply.matches) == 1


def test_what_is_only_told_comes_after_what_the_message_speaks_for_most() -> None:
    assert asked("老年食堂人多，图书馆有多少书") == ["library", "canteen"]


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("低保多少钱,怎么申请", "dibao"),
        ("你好,请问,低保多少钱", "dibao"),
        ("低保多少钱,低保怎么申请", "dibao"),
        ("谢谢,图书馆晚上开吗", "library"),
        ("图书馆有多少书" + ",那天下着雨我走了很远的路" * 20, "library"),
    ],
)
def test_one_question_in_pieces_stays_one(text: str, service: str) -> None:
    assert asked(text) == [service]


def reply() -> Reply:
    return talk("老年食堂在哪里,低保多少钱")[0].reply


def test_each_answer_stands_under_its_heading_with_its_contact() -> None:
    first, second = reply().text.split("\n\n")
    assert first.split("\n")[:2] == ["【老年食堂】", "where=各社区"]
    assert "12333" in first
    assert second.split("\n")[0] == "【低保标准】"
    assert "14000元/年" in second.split("\n")[1]
    assert reply().phones == ("12333", "12345")


def test_the_last_answered_is_spoken_of_next() -> None:
    outcomes = talk("老年食堂在哪里,低保多少钱", "我妈可以吗", "前面那个")
    assert [o.reply.topic for o in outcomes[1:]] == ["service/dibao", "service/canteen"]


def test_a_bare_question_after_several_answers_is_asked_of_each() -> None:
    both, phones, brief = talk("老年食堂在哪里,低保多少钱", "电话呢", "太长了")
    for outcome in (both, phones, brief):
        assert [m.service for m in outcome.reply.matches] == ["canteen", "dibao"]
    assert phones.reply.text.count("请打") >= 2


def test_what_may_be_asked_too_is_offered_beside_the_answer() -> None:
    hesitant = toy.knowledge_with(several_from=1.0, several_offered_from=0.0)
    first, chosen = talk("老年食堂在哪里,低保多少钱", "1", knowing=hesitant)
    answered = [m.service for m in first.reply.matches]
    offered = {"canteen", "dibao"} - set(answered)
    assert (len(answered), len(offered)) == (1, 1)
    assert chosen.reply.topic == f"service/{offered.pop()}"
    assert first.reply.buttons[0].label == toy.knowledge().lookup.services[chosen.reply.topic[8:]].name
    assert first.reply.text.endswith("?回1。")
    assert talk("对", state=first.state, knowing=hesitant)[0].reply.topic == chosen.reply.topic
    sure = toy.knowledge_with(several_from=1.0, several_offered_from=1.0)
    assert "?回" not in talk("老年食堂在哪里,低保多少钱", knowing=sure)[0].reply.text


def test_at_most_three_are_answered() -> None:
    assert len(asked("老年食堂在哪里,低保多少钱,图书馆有多少书,公办幼儿园怎么报名")) == 3


def test_a_correction_asks_one_thing() -> None:
    corrected = talk("低保多少钱", "不是低保,是图书馆")[1].reply
    assert [m.service for m in corrected.matches] == ["library"]


@pytest.mark.parametrize("service", toy.CATALOGUE.services, ids=lambda s: s.id)
def test_a_phrasing_asks_one_thing(service: toy.Service) -> None:
    for phrasing in service.phrasings:
        assert asked(phrasing) == [service.id]


@pytest.mark.parametrize("text", ["身份证丢了怎么补?低保多少钱", "低保多少钱 还有公积金怎么提取"])
def test_a_part_outside_the_plan_gets_its_number_beside_the_answer(text: str) -> None:
    outcome = talk(text)[0]
    assert outcome.reply.status == "answered"
    assert [m.service for m in outcome.reply.matches] == ["dibao"]
    assert outcome.state.topics == ("dibao",)
    parts = [part.split("\n") for part in outcome.reply.text.split("\n\n")]
    assert {heading for heading, *_ in parts} in (
        {"【低保标准】", "【身份证】"},
        {"【低保标准】", "【公积金】"},
    )
    assert sum("不归这里" in line for _, line, *_ in parts) == 1


def test_what_only_outsiders_ask_is_no_answer() -> None:
    assert talk("身份证丢了怎么补?公积金怎么提取")[0].reply.status == "unanswered"
