from dataclasses import asdict, replace
from datetime import UTC, datetime

import pytest
import toy
from toy import talk

from bot.app import Yongwen
from bot.app.memory import Memory
from bot.catalogue.sentences import INSTEAD
from bot.conversation.context import Context
from bot.conversation.knowledge import Knowledge
from bot.conversation.learning import prepare
from bot.conversation.state import State
from bot.conversation.turn import LONGEST_MESSAGE, STEPS, decided
from bot.messages import Message
from bot.store.conversations import ConversationsInMemory

LISTED = State(choices=("service/canteen", "service/library"), asked_back="老人的")
DIBAO = State(topics=("dibao",), question="低保多少钱")
CHECKED = datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp()  # nothing in the toy is overdue yet
CHOOSING = State(choices=("service/dibao", "domain/culture", "service/gone"))
ONE = State(question="穷", choices=("service/dibao",), kind="cost")
TWO = State(question="穷", choices=("service/dibao", "service/canteen"), kind="cost")
ALARMED = State(outside="emergency/fire")
TOGETHER = State(topics=("canteen", "dibao"), choices=("service/dibao", "service/canteen"))

# A message, the state before it, the step that answers, and the reply's status and topic.
CASES = [
    ("/start", State(), "command", "smalltalk", ""),
    ("/help@yongwen_bot please", DIBAO, "command", "smalltalk", ""),
    ("/domains", State(), "command", "smalltalk", ""),
    ("/Domains", State(), "command", "smalltalk", ""),
    (" /HELP\n低保多少钱", DIBAO, "command", "smalltalk", ""),
    ("/Start@Yongwen_Bot\u3000你好", State(), "command", "smalltalk", ""),
    ("", State(), "empty", "unanswered", ""),
    (" \n\t?!😭\u200b\u202e", DIBAO, "empty", "unanswered", ""),
    ("低保多少钱" * LONGEST_MESSAGE, State(), "too_long", "unanswered", ""),
    ("家里着火了", State(), "emergency", "emergency", "emergency/fire"),
    ("家里着火了", DIBAO, "emergency", "emergency", "emergency/fire"),
    ("1", CHOOSING, "choice", "answered", "service/dibao"),
    ("２", CHOOSING, "choice", "clarify", "domain/culture"),
    (" 1. ", CHOOSING, "choice", "answered", "service/dibao"),
    (
        "都要",
        State(choices=("service/dibao", "service/canteen"), kind="cost"),
        "of_the_list",
        "answered",
        "",
    ),
    ("低保标准", State(), "named", "answered", "service/dibao"),
    ("不是", DIBAO, "denied", "clarify", ""),
    ("太长了", DIBAO, "too_much", "answered", "service/dibao"),
    ("那低保标准的呢", State(), "instead", "answered", "service/dibao"),
    ("哪个便宜", State(("dibao", "canteen"), "低保"), "compared", "answered", ""),
    ("换一个", DIBAO, "another", "clarify", ""),
    ("哒哒哒哒", DIBAO, "babble", "unanswered", ""),
    ("【公办幼儿园】", DIBAO, "named", "answered", "service/school"),
    ("文旅乐享", State(), "named", "clarify", "domain/culture"),
    ("杭州低保多少钱", State(), "other_place", "unanswered", "service/dibao"),
    ("那上海呢", DIBAO, "other_place", "unanswered", "service/dibao"),
    ("人找到了", ALARMED, "after_an_alarm", "smalltalk", ""),
    ("过期了吧", DIBAO, "plan_age", "answered", "service/dibao"),
    ("都2026年了还说2025", DIBAO, "plan_age", "answered", "service/dibao"),
    ("为什么", DIBAO, "why", "answered", "service/dibao"),
    ("我不信", DIBAO, "whom_to_ring", "smalltalk", ""),
    ("我很急", State(), "whom_to_ring", "smalltalk", ""),
    ("12329是什么", DIBAO, "whose_number", "smalltalk", ""),
    ("12329", State(), "whose_number", "smalltalk", ""),
    ("电话呢", TOGETHER, "asked_of_all", "answered", ""),
    ("第一个问题", State(("dibao", "school"), first="school"), "asked_first", "answered", "service/school"),
    ("要钱的", State(asked_back="看书"), "narrowed", "answered", "service/library"),
    ("多少钱", State(), "names_nothing", "unanswered", ""),
    ("我妈可以吗", State(outside="fund"), "names_nothing", "unanswered", "signpost/fund"),
    ("我外地的行不行", State(), "wants_a_topic", "unanswered", ""),
    ("我外地的行不行", DIBAO, "follow_up", "answered", "service/dibao"),
    ("文艺", State(), "whole_domain", "clarify", "domain/culture"),
    ("想问文艺方面", State(), "whole_domain", "clarify", "domain/culture"),
    ("老年食堂在哪里,图书馆借书要钱吗", State(), "several", "answered", ""),
    ("电话呢", DIBAO, "follow_up", "answered", "service/dibao"),
    ("谢谢", State(), "small_talk", "smalltalk", ""),
    ("你能做什么", State(), "small_talk", "smalltalk", ""),
    ("文化的事", State(), "domain", "clarify", "domain/culture"),
    ("补办身份证", State(), "signpost", "unanswered", "signpost/id-card"),
    ("公积金怎么提取", DIBAO, "signpost", "unanswered", "signpost/fund"),
    ("爷爷奶奶中午没人做饭", State(), "service", "answered", "service/canteen"),
    ("下雨天出不了门,猫也病了,想吃低保", State(), "story", "answered", "service/dibao"),
    ("图书馆晚上开吗", DIBAO, "follow_up", "answered", "service/library"),
    ("火星移民", State(), "unknown", "unanswered", ""),
]


def deciding(message: str, state: State, knowledge: Knowledge) -> str:
    """The name of the step that answers a message."""
    return decided(Context(Message(message), state, knowledge))[0]


@pytest.mark.parametrize(("message", "state", "step", "status", "topic"), CASES)
def test_each_step_answers_what_is_its_own(
    message: str, state: State, step: str, status: str, topic: str
) -> None:
    assert deciding(message, state, toy.knowledge()) == step
    reply = talk(message, state=state)[0].reply
    assert (reply.status, reply.topic) == (status, topic)


@pytest.mark.parametrize(("least", "topic"), [(0.0, "signpost/id-card"), (1.0, "")])
def test_a_topic_is_named_only_where_it_is_likely_the_one_meant(least: float, topic: str) -> None:
    sure = toy.knowledge_with(naming={"score": 1.0}, named_from=least)
    reply = talk("补办身份证", knowing=sure)[0].reply
    assert (reply.status, reply.topic, "12345" in reply.phones) == ("unanswered", topic, True)


@pytest.mark.parametrize(("least", "chats"), [(0.0, True), (1.0, False)])
def test_small_talk_is_answered_only_where_it_is_likely(least: float, chats: bool) -> None:
    reply = talk("谢谢侬哦", knowing=toy.knowledge_with(small_talk_from=least))[0].reply
    assert (reply.status == "smalltalk") is chats


@pytest.mark.parametrize("said", ["我外地的行不行", "要交一个月多少钱", "我外地的我妈可以吗"])
def test_what_wants_a_topic_is_asked_for_it_and_shown_the_domains(said: str) -> None:
    asked, chosen = talk(said, "1")
    assert asked.reply.text.startswith(toy.REPLIES["again"])
    assert [button.label for button in asked.reply.buttons] == [d.name for d in toy.CATALOGUE.domains]
    assert chosen.reply.topic == f"domain/{toy.CATALOGUE.domains[0].id}"


def test_what_a_list_was_shown_for_is_narrowed_down_by_what_is_said_next() -> None:
    assert deciding("想吃饭", LISTED, toy.knowledge()) == "narrowed"
    chosen = talk("想吃饭", state=LISTED)[0]
    assert (chosen.reply.status, chosen.reply.topic) == ("answered", "service/canteen")
    assert (chosen.state.question, chosen.state.asked_back) == ("老人的 想吃饭", "")


def test_of_the_listed_those_hardly_apart_are_offered_and_what_was_said_is_kept() -> None:
    listed = State(choices=("service/canteen", "service/library"), asked_back="老人看书的地方")
    offered = talk("借的", state=listed)[0]
    assert {match.service for match in offered.reply.matches} == {"canteen", "library"}
    assert offered.state.asked_back == "借的"


@pytest.mark.parametrize("said", ["补办身份证", "谢谢", "爷爷奶奶中午没人做饭", "着火了", "电话呢"])
def test_what_is_clear_alone_or_says_nothing_new_narrows_nothing_down(said: str) -> None:
    assert deciding(said, LISTED, toy.knowledge()) != "narrowed"


def test_a_number_that_is_none_leaves_what_the_list_was_shown_for() -> None:
    assert talk("99", state=LISTED)[0].state.asked_back == "老人的"
    assert talk("1", state=LISTED)[0].state.asked_back == ""


@pytest.mark.parametrize("said", ["低保多少钱", "图书馆借书要钱吗", "谢谢"])
def test_what_names_its_topic_is_not_asked_for_one(said: str) -> None:
    assert deciding(said, State(), toy.knowledge()) != "wants_a_topic"


def test_who_was_hardly_understood_is_asked_beside_the_answer() -> None:
    asked = f"是{toy.knowledge().lookup.services['canteen'].name}吗?\n"
    sure, guessed = (
        talk("爷爷奶奶中午没人做饭", knowing=toy.knowledge_with(guessed_below=below))[0].reply
        for below in (0.0, 1.0)
    )
    assert guessed.text == asked + sure.text
    assert (guessed.status, guessed.matches) == (sure.status, sure.matches)


def test_no_step_goes_untested() -> None:
    assert {case[2] for case in CASES} | {"offer", "either", "bare_word"} == {
        step.__name__.lstrip("_") for step in STEPS
    }


def test_a_word_by_itself_that_suits_several_services_offers_them() -> None:
    said = {
        "school": ("孩子哪里报名", "孩子几岁好去", "孩子的学费", "给孩子找地方", "孩子多大能进"),
        "library": ("孩子能进去伐", "带孩子去", "孩子办证", "孩子自己去行吗", "孩子也收钱吗"),
    }
    services = [
        service.model_copy(update={"phrasings": (*service.phrasings, *said.get(service.id, ()))})
        for service in toy.CATALOGUE.services
    ]
    knowing = prepare(toy.CATALOGUE.model_copy(update={"services": tuple(services)}))
    assert deciding("孩子", State(), knowing) == "bare_word"
    offered = talk("孩子", knowing=knowing)[0]
    assert offered.reply.status == "clarify"
    assert {m.service for m in offered.reply.matches} == set(said)
    for one_thing in ("老人", "孩子办证", "低保"):
        assert deciding(one_thing, State(), knowing) != "bare_word"
    assert deciding("孩子", DIBAO, knowing) != "bare_word"


@pytest.fixture
def hesitant() -> Knowledge:
    """What offers wherever it would answer."""
    return toy.knowledge_with(answer_from=1.0, offer_from=0.0)


def test_where_evidence_is_thin_services_are_offered(hesitant: Knowledge) -> None:
    question = "老人借书要多少钱"
    assert deciding(question, State(), hesitant) == "offer"
    offered = talk(question, knowing=hesitant)[0]
    names = [m.service for m in offered.reply.matches]
    assert 2 <= len(names) <= 3
    assert {m.role for m in offered.reply.matches} == {"alternative"}
    choices = tuple(f"service/{n}" for n in names)
    assert offered.state == State((), question, choices, "cost", asked_back=question)


def test_what_is_far_less_likely_than_the_best_is_not_offered(hesitant: Knowledge) -> None:
    offered, taken = talk("老人吃饭看书", "1", knowing=hesitant)
    assert [m.service for m in offered.reply.matches] == ["canteen"]
    assert offered.reply.text == "是老年食堂吗?是就回1。不是请打12345。"
    assert taken.reply.topic == "service/canteen"


def test_a_release_without_the_words_to_ask_for_one_thing_lists_it(hesitant: Knowledge) -> None:
    replies = {key: said for key, said in hesitant.lookup.replies.items() if key != "clarify-one"}
    older = replace(hesitant, lookup=replace(hesitant.lookup, replies=replies))
    assert talk("老人吃饭看书", knowing=older)[0].reply.text.split("\n")[1] == "1. 老年食堂"


@pytest.mark.parametrize("limits", [{"offer_from": 1.0}, {"offer_from": 0.0, "clarify_from": 1.0}])
def test_where_there_is_no_evidence_nothing_is_offered(limits: dict[str, float]) -> None:
    outcome = talk("低保多少钱", knowing=toy.knowledge_with(answer_from=1.0, **limits))[0]
    assert (outcome.reply.status, outcome.reply.matches) == ("unanswered", ())
    assert [b.label for b in outcome.reply.buttons] == ["学有优教", "老有颐养", "弱有众扶", "文旅乐享"]


def test_a_candidate_chosen_by_number_or_by_name_answers_what_was_asked(hesitant: Knowledge) -> None:
    offered = talk("图书馆面积多大老人能看书吗", knowing=hesitant)[0]
    place = [m.service for m in offered.reply.matches].index("library")
    choices = (str(place + 1), offered.reply.buttons[place].text)
    by_number, by_name = (talk(c, state=offered.state)[0] for c in choices)
    assert by_number == by_name
    assert by_number.reply.text.startswith("图书馆建筑面积:约5万平方米。")
    assert by_number.state.question == offered.state.question


@pytest.mark.parametrize("number", ["0", "5", "99", "五"])
@pytest.mark.parametrize("state", [CHOOSING, DIBAO, State()])
def test_a_number_that_was_not_offered_is_asked_back(number: str, state: State) -> None:
    outcome = talk(number, state=state)[0]
    assert outcome.reply.text == ("3以内。" if state.choices else toy.REPLIES["again"])
    assert outcome.state == state


@pytest.mark.parametrize("gone", ["service/gone", "domain/gone", "signpost/gone", "nonsense"])
@pytest.mark.parametrize("number", ["1", "一", "1和3"])
def test_what_was_listed_and_is_held_no_more_is_not_known(gone: str, number: str) -> None:
    for state in (
        State(choices=(gone, "service/dibao")),
        State(("dibao",), "低保", listed=(gone, "service/dibao")),
    ):
        unknown, other = talk(number, "2", state=state)
        assert (unknown.reply.status, unknown.reply.phones) == ("unanswered", ("12345",))
        assert unknown.reply.text == toy.REPLIES["unknown"].format(phone="12345")
        assert other.reply.topic == "service/dibao"


def test_what_an_older_release_cannot_say_is_said_otherwise() -> None:
    replies = {key: said for key, said in toy.REPLIES.items() if key not in INSTEAD}
    assert len(replies) < len(toy.REPLIES)
    older = prepare(toy.CATALOGUE.model_copy(update={"replies": replies}))
    assert talk("99", state=CHOOSING, knowing=older)[0].reply.text == toy.REPLIES["again"]
    assert talk("人找到了", state=ALARMED, knowing=older)[0].reply.text == toy.REPLIES["again"]


@pytest.mark.parametrize(
    ("said", "topics"),
    [
        ("前两个", ["dibao", "canteen"]),
        ("1到2", ["dibao", "canteen"]),
        ("第二个和第一个", ["canteen", "dibao"]),
        ("一，二", ["dibao", "canteen"]),
        ("2电话多少", ["canteen"]),
        ("第二件事电话多少", ["canteen"]),
    ],
)
def test_a_list_is_chosen_from_in_many_words(said: str, topics: list[str]) -> None:
    reply = talk(said, state=TWO)[0].reply
    assert [match.service for match in reply.matches] == topics


@pytest.mark.parametrize("said", ["找到了", "他走了", "五楼"])
def test_news_after_an_alarm_get_its_number_again(said: str) -> None:
    alarm, news = talk("着火了", said)
    assert alarm.reply.phones[0] in news.reply.phones
    assert news.reply.status == "smalltalk"


def test_an_alarm_stands_through_what_is_told_after_it_until_another_matter_is_asked_about() -> None:
    outcomes = talk("着火了", "没人接", "？", "还没来", "低保多少钱", "没人接")
    assert [o.reply.phones[:1] for o in outcomes[:4]] == [("119",)] * 4
    assert outcomes[4].reply.topic == "service/dibao"
    assert "119" not in outcomes[5].reply.phones


def test_an_alarm_does_not_stand_for_ever() -> None:
    told = ["119" in o.reply.phones for o in talk("着火了", *["没人接"] * 6)]
    assert told == [True] * 5 + [False] * 2


def test_after_an_alarm_what_is_surely_about_something_else_is_answered() -> None:
    said = ("着火了", "没人接", "还没来", "火星移民", "公积金怎么提取")
    told = [o.reply.phones[:1] for o in talk(*said)]
    assert told == [("119",), ("119",), ("119",), ("119",), ("12329",)]


@pytest.mark.parametrize(
    "text", ["火警", "火警了", "老人火警怎么办", "有人火警了", "家里火警", "邻居家里火警了", "alarm please"]
)
def test_a_word_of_danger_by_itself_is_a_cry_for_help(text: str) -> None:
    assert talk(text)[0].reply.topic == "emergency/fire"


@pytest.mark.parametrize("text", ["火警多少钱", "火警和低保", "图书馆的火警"])
def test_a_word_of_danger_beside_others_is_none(text: str) -> None:
    assert talk(text)[0].reply.status != "emergency"


def test_of_what_year_the_plan_is_is_told_with_the_line_of_what_was_spoken_of() -> None:
    told = talk("老年食堂在哪里", "哪年的", "电话呢")
    assert told[1].reply.text == f"规划,2021年的,管2021到2025。12333\n{toy.CANTEEN.summary}"
    assert told[2].reply.topic == "service/canteen"
    assert talk("哪年的")[0].reply.phones == ("12345",)


@pytest.mark.parametrize("said", ["不用", "算了"])
def test_who_declines_what_was_offered_is_not_answered_about_it(said: str) -> None:
    assert talk(said, state=ONE)[0].reply.text.startswith(toy.REPLIES["none-of-these"].format(phone="12345"))
    beside = replace(DIBAO, listed=("service/canteen",))
    assert talk(said, state=beside)[0].reply.topic == ""
    assert talk("对", state=beside)[0].reply.topic == "service/canteen"
    assert talk(said, state=DIBAO)[0].reply.text.startswith(toy.REPLIES["acknowledge"])


def test_who_has_only_heard_an_offer_has_not_taken_it() -> None:
    assert talk("知道了", state=ONE)[0].reply.topic == ""


@pytest.mark.parametrize("text", ["100", "1.5", "፩፩፩", "¹²³", "第1次"])
def test_what_only_looks_like_a_number_chooses_nothing(text: str) -> None:
    assert deciding(text, CHOOSING, toy.knowledge()) not in ("choice", "named")


@pytest.mark.parametrize("number", ["１", "①", "❶", "⒈", " 1 ", "1️⃣"])
def test_a_number_may_be_spelt_otherwise(number: str) -> None:
    assert talk(number, state=CHOOSING)[0].reply.topic == "service/dibao"


def test_what_is_new_is_asked_about_as_in_the_beginning() -> None:
    first, after = talk("爷爷奶奶中午没人做饭")[0], talk("低保多少钱", "爷爷奶奶中午没人做饭")[-1]
    assert first.reply.topic == "service/canteen"
    assert after.reply.text == first.reply.text


def test_after_what_nobody_knew_a_bare_question_is_asked_back() -> None:
    assert talk("火星移民", "多少钱", state=DIBAO)[-1].reply.text == toy.REPLIES["again"]


def test_a_list_may_be_chosen_from_until_another_is_shown() -> None:
    topics = [step.reply.topic for step in talk("文旅乐享", "1", "第一个呢", "图书馆", "电话呢")]
    assert topics == ["domain/culture", *["service/library"] * 4]
    assert talk("图书馆", "电话呢", "2", state=TWO)[-1].reply.topic == "service/canteen"
    assert talk("文旅乐享", "学有优教", "1")[-1].reply.topic == "service/school"
    assert talk("低保多少钱", "1")[-1].reply.text == toy.REPLIES["again"]


def test_a_list_lapses_once_the_talk_is_elsewhere() -> None:
    listed = State(choices=("service/dibao", "service/canteen", "signpost/fund"))
    for elsewhere in (("图书馆", "公办幼儿园"), ("着火了",), ("图书馆", "补办身份证")):
        assert talk(*elsewhere, "2", state=listed)[-1].reply.text == toy.REPLIES["again"], elsewhere
    for near in (("图书馆",), ("低保", "电话呢"), ("补办身份证",), ("图书馆", "低保")):
        assert talk(*near, "2", state=listed)[-1].reply.topic == "service/canteen", near


@pytest.mark.parametrize("said", ["都要", "两个都要", "全都看看", "都想知道"])
def test_all_that_was_offered_may_be_asked_for(said: str) -> None:
    assert [m.service for m in talk(said, state=TWO)[0].reply.matches] == ["dibao", "canteen"]
    assert deciding(said, DIBAO, toy.knowledge()) != "of_the_list"


@pytest.mark.parametrize("said", ["不是", "不是这个"])
def test_what_is_no_answer_to_a_list_is_not_taken_for_its_first(said: str) -> None:
    for state in (ONE, TWO):
        denied = talk(said, state=state)[0]
        assert denied.reply.text.startswith("都不是,打12345。")
        assert [choice.partition("/")[0] for choice in denied.state.choices] == ["domain"] * 4


@pytest.mark.parametrize("since", [("dibao",), ("dibao", "library"), tuple("abcdefgh")])
def test_the_first_question_is_the_first_however_many_were_asked_since(since: tuple[str, ...]) -> None:
    state = State().about("canteen", "policy", "老年食堂")
    for topic in (*since, "dibao", "school"):
        state = state.about(topic, "policy", "别的")
    assert deciding("第一个问题", state, toy.knowledge()) == "asked_first"
    assert talk("第一个问题", state=state)[0].reply.topic == "service/canteen"
    assert talk("不是", "第一个问题电话多少", state=state)[-1].reply.topic == "service/canteen"


def test_the_first_question_stays_the_first_where_it_was_asked_again() -> None:
    again = talk("老年食堂在哪里", "低保多少钱", "老年食堂电话", "公办幼儿园怎么报名", "第一个问题")[-1]
    assert again.reply.topic == "service/canteen"


def test_a_number_that_counts_something_chooses_nothing() -> None:
    assert deciding("2岁多少钱", TWO, toy.knowledge()) != "choice"
    assert deciding("2多少钱", TWO, toy.knowledge()) == "choice"


def test_what_may_be_meant_is_offered_each_with_its_own_chance() -> None:
    wary = toy.knowledge_with(follow_from=1.0)
    reply = talk("吃饭多少钱", state=State(("dibao", "canteen"), "低保多少钱"), knowing=wary)[0].reply
    first, second = (match.score for match in reply.matches)
    assert (reply.status, first) == ("clarify", round(reply.confidence, 4))
    assert 0 < second < first <= 1 - second


def test_a_single_offer_that_was_passed_over_is_not_taken_later() -> None:
    assert talk("图书馆", "好的", state=ONE)[-1].reply.matches == ()


def test_a_single_offer_is_taken_by_saying_yes() -> None:
    assert talk("好的", state=ONE)[0].reply.topic == "service/dibao"
    assert talk("好的", state=TWO)[0].reply.matches == ()


def test_of_several_answers_one_may_be_chosen_by_its_place() -> None:
    both = talk("老年食堂在哪里,图书馆借书要钱吗")[0].state
    for said in ("1", "先说第一个", "第一个呢"):
        assert talk(said, state=both)[0].reply.topic == "service/canteen"
    for said in ("2", "第二个问题", "最后一个"):
        assert talk(said, state=both)[0].reply.topic == "service/library"
    outside = talk("图书馆借书要钱吗,公积金怎么提取")[0]
    assert {m.service for m in outside.reply.matches} == {"library"}
    assert talk("第二个呢", state=outside.state)[0].reply.topic == "signpost/fund"


@pytest.mark.parametrize("said", ["1和2", "第1个和第2个", "1、2", "我要1和2", "1 2"])
def test_several_of_a_list_are_chosen_by_their_numbers(said: str) -> None:
    reply = talk(said, state=TWO)[0].reply
    assert [match.service for match in reply.matches] == ["dibao", "canteen"]
    assert talk(said)[0].reply.status != "answered"


@pytest.mark.parametrize("asked", ["多少钱", "电话呢", "怎么办"])
def test_what_names_nothing_is_asked_of_the_topic_outside_that_was_just_named(asked: str) -> None:
    for before in (State(), DIBAO):
        named, more = talk("公积金怎么提取", asked, state=before)
        assert more.reply.topic == named.reply.topic == "signpost/fund"
    assert talk("公积金怎么提取", "低保多少钱", asked)[-1].reply.topic == "service/dibao"
    assert talk(asked)[0].reply.text == toy.REPLIES["again"]


def test_after_a_topic_outside_another_is_heard_and_so_are_thanks() -> None:
    assert talk("公积金怎么提取", "图书馆借书要钱吗")[-1].reply.topic == "service/library"
    assert talk("公积金怎么提取", "谢谢")[-1].reply.status == "smalltalk"


def test_what_only_tells_is_not_answered_beside_what_is_wanted() -> None:
    def answers(message: str) -> set[str | None]:
        return {match.service for match in talk(message)[0].reply.matches}

    assert answers("老人没人做饭，孩子想看书") == {"canteen", "library"}
    for one in ("老人在家吃饭 孩子想借书", "家里有老人，孩子想借书"):
        assert answers(one) == {"library"}
    without = prepare(toy.CATALOGUE.model_copy(update={"clauses": ()}))
    assert talk("老人没人做饭，孩子想看书", knowing=without)[0].reply.status == "answered"


def test_what_the_question_may_also_have_meant_is_offered_where_the_answer_was_wrong() -> None:
    asked = State(topics=("dibao",), question="图书馆看书", kind="cost")
    reply, state = talk("不是", state=asked)[0]
    assert [m.service for m in reply.matches][0] == "library"
    assert "dibao" not in [m.service for m in reply.matches]
    assert talk("1", state=state)[0].reply.topic == "service/library"
    assert talk("不是")[0].reply.status != "clarify"


def test_an_answer_that_was_too_long_is_told_in_one_sentence_with_its_age_and_a_number() -> None:
    full, short = (outcome.reply for outcome in talk("低保多少钱", "太长了"))
    assert short.topic == full.topic == "service/dibao"
    assert short.text.splitlines()[0] == toy.DIBAO.summary
    assert len(short.text) < len(full.text) and short.phones
    assert talk("低保多少钱", "太长了", "电话呢")[-1].reply.topic == "service/dibao"


@pytest.fixture(scope="module")
def bilingual() -> Knowledge:
    """Every service has an English name."""
    services = [
        service.model_copy(update={"alternate_names": (*service.alternate_names, f"the {service.id}")})
        for service in toy.CATALOGUE.services
    ]
    return prepare(toy.CATALOGUE.model_copy(update={"services": tuple(services)}))


@pytest.mark.parametrize(
    ("message", "first"),
    [
        ("the library", "About the library, call 12345."),
        ("the library; the dibao", "About the library; the dibao, call 12345."),
        ("zebra crossing to the rules", "I do not know, call 12345."),
        ("the dibao phone", "About the dibao, call 12345."),
        ("the dibao how much", "About the dibao, call 12345."),
        ("hello", "I answer in Chinese."),
        ("ambulance", "Call 120 now."),
    ],
)
def test_who_asks_in_english_is_told_in_english_what_the_reply_is_about(
    message: str, first: str, bilingual: Knowledge
) -> None:
    assert talk(message, knowing=bilingual)[0].reply.text.split("\n")[0] == first


def test_what_is_offered_to_who_asks_in_english_is_numbered_in_english(bilingual: Knowledge) -> None:
    limits = bilingual.confidence.model_copy(update={"answer_from": 1.0, "offer_from": 0.0})
    reply = talk("where to borrow a book", knowing=replace(bilingual, confidence=limits))[0].reply
    names = "; ".join(f"{place} the {match.service}" for place, match in enumerate(reply.matches, 1))
    assert reply.text.startswith(f"Which of {names}?\n")


def test_only_english_is_answered_with_english() -> None:
    def told(message: str, knowing: Knowledge | None = None) -> str:
        return talk(message, knowing=knowing)[0].reply.text

    assert told("where to borrow a book").startswith("I answer in Chinese.\n")  # it has no English name
    for chinese in (
        "图书馆在哪里",
        "di bao duo shao qian",
        "WiFi密码",
        "12345",
        "/start",
        "/START\nhello",
        "asdfghjkl",
    ):
        assert told(chinese)[0] not in "IAWC", chinese
    silent = {k: v for k, v in toy.REPLIES.items() if not k.startswith("english")}
    old = prepare(toy.CATALOGUE.model_copy(update={"replies": silent}))
    assert told("hello", old) == toy.REPLIES["greeting"]


def test_what_has_no_word_of_english_is_no_english(knowledge: Knowledge) -> None:
    def told(message: str) -> str:
        return talk(message, knowing=knowledge)[0].reply.text

    for english in ("who are you", "thank you", "can i get a loan"):
        assert told(english).split("\n")[0].isascii(), english
    for mash in ("asdfghjkl", "null", "<img src=x onerror=alert(1)>", "qwertyuiop"):
        assert not told(mash).split("\n")[0].isascii(), mash


def test_a_question_asked_before_choosing_is_not_asked_again_of_a_domain() -> None:
    outcome = talk("低保多少钱", "文旅乐享", "1")[-1]
    assert outcome.reply.topic == "service/library"
    assert outcome.reply.text.startswith(toy.LIBRARY.summary)


def test_another_is_what_is_near_and_was_not_yet_offered() -> None:
    first, second = talk("换一个", "换一个", state=DIBAO)
    assert [m.service for m in first.reply.matches] == ["canteen"]
    assert second.state.choices == (
        "domain/education",
        "domain/elderly",
        "domain/assistance",
        "domain/culture",
    )


def test_related_services_are_buttons() -> None:
    reply = talk("老年食堂在哪里")[0].reply
    assert [(b.label, b.text) for b in reply.buttons] == [("低保标准",) * 2, ("公共图书馆",) * 2]


def test_a_match_holds_what_the_machines_door_shows() -> None:
    (match,) = talk("低保多少钱")[0].reply.matches
    assert asdict(match) == {
        "role": "answer",
        "service": "dibao",
        "domain": 6,
        "title": "低保标准",
        "answer": "低保标准到2025年要到14000元/年。城里、乡下一个标准。",
        "score": match.score,
        "figures": (
            {"metric": "低保标准", "comparator": "=", "value": 14000, "unit": "元/年", "year": 2025},
        ),
        "contacts": ({"name": "便民热线", "phone": "12345"},),
        "source": {"plan": "某市公共服务规划", "section": 6, "paragraph": 1},
    }
    assert 0.6 <= match.score <= 1


@pytest.mark.parametrize("message", [case[0] for case in CASES])
def test_the_state_may_be_anything(message: str) -> None:
    stale = State(("gone", "dibao"), "旧问题", ("service/gone", "domain/culture", "nonsense"), "nonsense")
    assert talk(message, state=stale)[0].reply.text


@pytest.mark.anyio
async def test_sessions_and_channels_do_not_mix() -> None:
    yongwen = Yongwen(toy.knowledge(), Memory(ConversationsInMemory()), lambda: CHECKED)

    async def ask(text: str, session: str, channel: str = "web") -> str:
        return (await yongwen.answer(Message(text, session, channel))).topic

    assert await ask("老年食堂在哪里", "a") == "service/canteen"
    assert await ask("图书馆有多少书", "b") == "service/library"
    assert await ask("电话呢", "a") == "service/canteen"
    assert await ask("电话呢", "b") == "service/library"
    assert await ask("电话呢", "a", "telegram") == await ask("电话呢", "c") != "service/canteen"


@pytest.mark.anyio
async def test_without_a_session_nothing_is_remembered() -> None:
    yongwen = Yongwen(toy.knowledge(), Memory(ConversationsInMemory()), lambda: CHECKED)
    assert (await yongwen.answer(Message("老年食堂在哪里"))).topic == "service/canteen"
    assert (await yongwen.answer(Message("电话呢"))).topic != "service/canteen"


@pytest.mark.parametrize(
    ("text", "place"), [("2", 1), ("第二个", 1), ("选2吧", 1), ("就第一个", 0), ("最后一个", -1)]
)
def test_what_was_offered_is_chosen_by_its_place(text: str, place: int) -> None:
    hesitant = toy.knowledge_with(answer_from=1.0, offer_from=0.0)
    offered, chosen = talk("老年人图书馆", text, knowing=hesitant)
    assert offered.reply.status == "clarify"
    assert chosen.reply.topic == f"service/{offered.reply.matches[place].service}"


def test_where_nothing_was_offered_a_place_chooses_nothing() -> None:
    assert talk("第二个")[0].reply.status != "answered"


def test_not_right_corrects_nothing() -> None:
    assert talk("低保多少钱", "不是")[1].reply.topic in ("", "service/dibao")
