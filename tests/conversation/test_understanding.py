"""Mistyped words are seen through where a text is not clear as it stands."""

import pytest
import toy

from bot.conversation.explain import explained, in_words
from bot.conversation.knowledge import Knowledge
from bot.conversation.state import State
from bot.conversation.turn import turn
from bot.conversation.understanding import at_a_glance, is_babble, part, readings, understood
from bot.messages import Message
from bot.text.normalise import normalise


def test_a_mistyped_word_of_a_topic_is_seen_through(knowledge: Knowledge) -> None:
    typed, right = understood("社暴卡怎么激活", knowledge), understood("社保卡怎么激活", knowledge)
    assert typed.parsed.text == "社保卡怎么激活"
    assert typed.judgement.best == right.judgement.best == "signpost/social-security-card"


@pytest.mark.parametrize(
    ("typed", "written", "service"),
    [
        ("光院在哪", "光荣院在哪", "veterans-home"),  # a letter is missing
        ("荣院要钱吗", "光荣院要钱吗", "veterans-home"),
        ("光荣荣院管饭伐", "光荣院管饭伐", "veterans-home"),  # one stands twice
    ],
)
def test_a_slip_is_seen_through_where_there_is_doubt(
    typed: str, written: str, service: str, knowledge: Knowledge
) -> None:
    found, right = understood(typed, knowledge), understood(written, knowledge)
    assert found.judgement.best == right.judgement.best == f"service/{service}"
    assert found.judgement.confidence >= 0.8


def test_what_may_mean_several_things_is_less_sure_than_each(knowledge: Knowledge) -> None:
    """办保找谁: 低保, 医保 or 社保."""
    found = at_a_glance("办保找谁", knowledge)
    weighed = readings(found, knowledge)
    assert weighed[0][1] is found
    assert len({one.judgement.best for _, one in weighed}) > 1
    surest = max(one.judgement.confidence for _, one in weighed)
    assert understood("办保找谁", knowledge).judgement.confidence < surest


@pytest.mark.parametrize("cry", ["急求救车", "儿子讲要楼", "电瓶车上牌，我电瓶车正在烟着"])
def test_a_cry_with_a_letter_missing_is_heard(cry: str, knowledge: Knowledge) -> None:
    assert toy.talk(cry, knowing=knowledge)[0].reply.status == "emergency"


def test_what_is_clear_is_left_as_it_was_typed(knowledge: Knowledge) -> None:
    found = understood("低保一年多少钱", knowledge)
    assert found.parsed.text == "低保一年多少钱"
    assert found.judgement.best == "service/dibao-standard"


def test_a_part_of_a_message_is_seen_through(knowledge: Knowledge) -> None:
    assert part("图术馆免费吗", True, knowledge).text == "图书馆免费吗"
    assert part("图术馆免费吗", False, knowledge).text == "图术馆免费吗"


def test_the_explanation_tells_what_seems_to_be_meant(knowledge: Knowledge) -> None:
    data = explained("社暴卡怎么激活", knowledge)
    assert data["normalised"] == "社暴卡怎么激活"
    assert data["meant"] == "社保卡怎么激活"
    assert "meant        社保卡怎么激活" in in_words(data).splitlines()
    assert not any(line.startswith("meant ") for line in in_words(explained("低保", knowledge)).splitlines())


@pytest.mark.parametrize(
    ("question", "meant"),
    [("您好，麻烦问一下，低保多少钱，谢谢", "低保多少钱"), ("除了公租房，还有什么房子", "还有什么房子")],
)
def test_what_is_explained_is_what_was_decided_on(question: str, meant: str, knowledge: Knowledge) -> None:
    data, bare = explained(question, knowledge), explained(meant, knowledge)
    assert data["normalised"] == normalise(question)
    assert (data["meant"], f"meant        {meant}") == (meant, in_words(data).splitlines()[2])
    for name in bare.keys() - {"question", "normalised"}:
        assert data[name] == bare[name], name
    reply = turn(Message(question), State(), knowledge).reply
    assert data["confidence"] == round(reply.confidence, 3)


def test_the_explanation_tells_what_else_may_be_meant(knowledge: Knowledge) -> None:
    data = explained("办保找谁", knowledge)
    assert data["readings"][0]["text"] == "办保找谁"
    assert sum(read["share"] for read in data["readings"]) == pytest.approx(1, abs=0.01)
    lines = in_words(data).splitlines()
    assert any("办低保找谁 → service/dibao-standard" in line for line in lines)
    assert not explained("低保一年多少钱", knowledge)["readings"]


def test_an_english_word_is_read_as_it_is_spelt_and_pinyin_as_it_is_heard(knowledge: Knowledge) -> None:
    assert part("is the musem free", True, knowledge).text == "is the museum free"
    assert part("yanglaojin duoshao", True, knowledge).text == "yanglaojin duoshao"


@pytest.mark.parametrize("said", ["退伍军人", "老兵", "tui wu jun ren", "当过兵的", "veteran"])
def test_services_for_one_group_are_meant_only_where_the_group_is_spoken_of(
    said: str, knowledge: Knowledge
) -> None:
    assert knowledge.reserved
    for need in ("家里困难有没有帮扶", "生病没钱看谁帮", "想找工作"):
        spoken, unspoken = understood(f"{said} {need}", knowledge), understood(need, knowledge)
        assert spoken.judgement.best in knowledge.reserved
        likely = {c.intent for c in unspoken.judgement.candidates if c.score > 0}
        assert likely
        assert likely.isdisjoint(knowledge.reserved)


@pytest.mark.parametrize(
    ("typed", "written", "service"),
    [
        ("yanglaoyuan zai nali", "养老院在哪里", "downtown-eldercare"),
        ("yangaoyuan zai nali", "养老院在哪里", "downtown-eldercare"),  # a letter is missing
        ("nali you yanglaoyuann", "哪里有养老院", "downtown-eldercare"),
        ("zudi gongzi duoshao", "最低工资多少", "minimum-wage"),  # every syllable is one, but not meant
    ],
)
def test_pinyin_is_read_in_characters(typed: str, written: str, service: str, knowledge: Knowledge) -> None:
    found = understood(typed, knowledge)
    assert (found.parsed.text, found.judgement.best) == (written, f"service/{service}")


def test_english_that_looks_like_pinyin_is_left_as_it_is(knowledge: Knowledge) -> None:
    assert understood("where is a library in ningbo", knowledge).parsed.text == "where is a library in ningbo"


@pytest.mark.parametrize(
    "cry", ["wo baba hunmi le", "jiali zhaohuole", "jiali zhaohuo le kuai lai ren", "jiujiuwo"]
)
def test_a_cry_in_pinyin_is_heard_in_either_reading(cry: str, knowledge: Knowledge) -> None:
    assert toy.talk(cry, knowing=knowledge)[0].reply.status == "emergency"


def test_mere_sounds_are_not_made_into_words(knowledge: Knowledge) -> None:
    assert is_babble("哒哒哒哒")
    assert understood("哒哒哒哒", knowledge).parsed.text == "哒哒哒哒"
    assert toy.talk("哒哒哒哒", knowing=knowledge)[0].reply.status != "emergency"


def test_a_need_that_is_surely_asked_about_is_no_cry(knowledge: Knowledge) -> None:
    outcome = toy.talk("水灾把房子冲了怎么办 家里没饭吃", knowing=knowledge)[0]
    assert outcome.reply.topic == "service/emergency-relief"
