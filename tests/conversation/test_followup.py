import pytest
import toy
from toy import talk

from bot.conversation.followup import leaning_after, question_after
from bot.conversation.leaning import Leaning
from bot.conversation.state import State

DIBAO = "低保多少钱"


def topics(*messages: str) -> list[str]:
    return [o.reply.topic.partition("/")[2] for o in talk(*messages)]


@pytest.mark.parametrize(
    "text", ["电话呢", "多少钱", "怎么申请", "请问电话多少", "这个谁能", "还有怎么办", "電話呢", "在哪里"]
)
def test_what_is_only_asked_is_asked_of_the_topic(text: str) -> None:
    assert topics(DIBAO, text) == ["dibao", "dibao"]
    assert topics("老年食堂在哪里", text) == ["canteen", "canteen"]


def test_it_is_the_kind_of_the_new_question_that_is_answered() -> None:
    asked, called = talk("老年食堂在哪里", "电话呢")
    assert asked.reply.text.startswith("where=各社区")
    assert called.reply.text.startswith("请打12333")


@pytest.mark.parametrize("text", ["那图书馆呢", "图书馆有多少书", "还有图书馆呢"])
def test_a_new_topic_drops_the_old(text: str) -> None:
    assert topics(DIBAO, text, "电话呢") == ["dibao", "library", "library"]


@pytest.mark.parametrize("text", ["不是低保,是图书馆", "不是,我问的是图书馆"])
def test_a_correction_means_what_comes_after_it(text: str) -> None:
    assert topics(DIBAO, text) == ["dibao", "library"]


@pytest.mark.parametrize(
    ("text", "topic"),
    [("前面那个", "dibao"), ("前面讲的低保电话多少", "dibao"), ("前面讲的图书馆几点开", "library")],
)
def test_back_to_what_was_spoken_of_before(text: str, topic: str) -> None:
    assert topics(DIBAO, "图书馆有多少书", text)[-1] == topic


def test_words_that_are_said_of_anything_are_said_of_the_topic() -> None:
    assert topics(DIBAO, "要交多少钱啊", "外地人行不行呢") == ["dibao"] * 3


def test_what_is_asked_without_a_cue_is_told_by_what_it_is_like() -> None:
    assert talk("老年食堂在哪里", "外地人行不行")[1].state.kind == "eligibility"


def after_dibao(text: str) -> Leaning:
    leaning = leaning_after(text, State(topics=("dibao",), question=DIBAO), toy.knowledge())
    assert leaning is not None
    return leaning


@pytest.mark.parametrize("text", ["我不是本地人", "他不是军人", "不是"])
def test_to_say_what_one_is_not_corrects_nothing(text: str) -> None:
    assert not after_dibao(text).corrects


@pytest.mark.parametrize("text", ["不是低保,是图书馆", "不是低保 我找图书馆", "不是,图书馆"])
def test_what_is_meant_instead_is_read_without_what_is_denied(text: str) -> None:
    leaning = after_dibao(text)
    assert leaning.corrects
    assert "低保" not in leaning.parsed.text


@pytest.mark.parametrize(
    ("text", "service", "question"),
    [
        ("电话呢", "dibao", DIBAO),
        ("那图书馆呢", "library", "那图书馆呢"),
        ("那老人呢", "canteen", f"{DIBAO} 那老人呢"),
    ],
)
def test_the_question_that_leads_to_a_topic_is_kept(text: str, service: str, question: str) -> None:
    about = toy.knowledge().lookup.services[service]
    assert question_after(after_dibao(text), about) == question


def test_where_neither_the_topic_nor_anything_else_is_sure_both_are_offered() -> None:
    hesitant = toy.knowledge_with(answer_from=1.0, offer_from=0.0, follow_from=1.0)
    outcome = talk("食堂多少钱", state=State(("dibao",), DIBAO), knowing=hesitant)[0]
    assert outcome.reply.status == "clarify"
    assert {m.service for m in outcome.reply.matches} >= {"dibao", "canteen"}


def test_what_surely_stands_alone_is_not_offered_as_a_follow_up() -> None:
    hesitant = toy.knowledge_with(follow_from=1.0)
    outcome = talk(DIBAO, "身份证丢了怎么补", knowing=hesitant)[1]
    assert outcome.reply.topic == "signpost/id-card"


@pytest.mark.parametrize("text", ["前面那个", "电话呢", "那图书馆呢", "多少钱"])
def test_there_is_nothing_to_lean_on_but_a_topic_that_still_exists(text: str) -> None:
    gone = State(topics=("gone",), question="旧问题")
    assert talk(text, state=gone)[0].reply == talk(text)[0].reply


@pytest.mark.parametrize("text", ["谢谢", "你好", "身份证丢了怎么补", "着火了"])
def test_what_stands_alone_is_not_about_the_topic(text: str) -> None:
    outcome = talk(DIBAO, text)[1]
    assert outcome.reply.status != "answered"
    assert outcome.state.topics == ("dibao",)


def test_a_topic_is_still_known_after_small_talk() -> None:
    assert topics(DIBAO, "谢谢", "电话呢") == ["dibao", "", "dibao"]


def test_after_an_offer_the_first_of_the_offered_is_spoken_of() -> None:
    hesitant = toy.knowledge_with(answer_from=1.0, offer_from=0.0)
    offered, asked = talk("老人看书的地方", "电话呢", knowing=hesitant)
    assert asked.reply.topic == f"service/{offered.reply.matches[0].service}"
