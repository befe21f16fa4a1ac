import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import toy
from toy import talk

from bot import config
from bot.catalogue.model import BLANK, WordGroup
from bot.conversation import beside
from bot.conversation.knowledge import CALM, Knowledge
from bot.conversation.learning import prepare
from bot.conversation.signs import Sign, SignIndex
from bot.conversation.state import State
from bot.conversation.urgent import Danger, danger, known_to_be_harmless
from bot.matching.features import parse
from bot.matching.matcher import Judgement
from bot.staff.files import read_document
from bot.staff.grid import FILE, cases, read

KNOWLEDGE = config.load({}).knowledge
NUMBER = re.compile(r"\d{3,5}")
FEWEST_BEFORE = 5  # 请马上打
SHORT = 80


@pytest.mark.parametrize(
    ("text", "topic", "phones"),
    [
        ("着火了", "emergency/fire", ("119",)),
        ("我家厨房起火了!!", "emergency/fire", ("119",)),
        ("著火了", "emergency/fire", ("119",)),
        ("我妈晕倒了没呼吸", "emergency/medical", ("120",)),
        ("快叫救护车啊", "emergency/medical", ("120",)),
        ("我爸在家晕倒了", "emergency/medical", ("120",)),
        ("楼道里浓烟好大,孩子出不去", "emergency/fire", ("119",)),
    ],
)
def test_danger_gets_its_number_at_once(text: str, topic: str, phones: tuple[str, ...]) -> None:
    reply = talk(text)[0].reply
    assert (reply.status, reply.topic, reply.phones) == ("emergency", topic, phones)
    assert reply.text == toy.knowledge().lookup.emergencies[topic.partition("/")[2]].reply
    assert 0.5 <= reply.confidence <= 1


@pytest.mark.parametrize(
    "text",
    ["消防员退伍怎么安置", "累死我了", "低保一年多少钱", "老人在哪里吃饭", "急救知识培训", "珠穆朗玛", "?"],
)
def test_what_only_sounds_like_danger_raises_no_alarm(text: str) -> None:
    assert talk(text)[0].reply.status != "emergency"


def heard(text: str, knowledge: Knowledge, asked: float = 0.0) -> Danger:
    """What danger a text speaks of, where it is something known with this confidence."""
    meant = Judgement((), {}, asked, np.zeros(0))
    found = danger(text, parse(text, knowledge.alarm.lexicon), meant, knowledge)
    assert found is not None
    return found


def test_a_sign_needs_all_of_its_words() -> None:
    known = toy.knowledge()
    said, unsaid = (heard(text, known) for text in ("图书馆浓烟,孩子出不去", "图书馆浓烟,孩子出得去"))
    assert (said.evidence["sign"], unsaid.evidence["sign"]) == (1.0, 0.0)
    assert said.chance(known) > unsaid.chance(known)


def test_a_sign_of_groups_is_said_in_any_of_their_words() -> None:
    fire = toy.CATALOGUE.emergencies[0].model_copy(update={"signs": ("【火】【大】+出不去",)})
    groups = (WordGroup(id="火", words=("火", "浓烟")), WordGroup(id="大", words=("好大", "很大")))
    known = prepare(
        toy.CATALOGUE.model_copy(update={"emergencies": (fire,), "groups": groups, "clauses": ()})
    )
    said, apart = (heard(text, known) for text in ("楼道里浓烟好大,孩子出不去", "楼道里浓烟,好大,孩子出不去"))
    assert (said.evidence["sign"], apart.evidence["sign"]) == (1.0, 0.0)


def test_the_most_alarming_sentence_is_heard_apart_from_the_others() -> None:
    found = heard("图书馆有书看,我爸晕倒了", toy.knowledge()).evidence
    assert found["sentence"] > found["lead"] > found["rest"]
    assert (found["parts"], heard("我爸晕倒了", toy.knowledge()).evidence["parts"]) == (1.0, 0.0)


@pytest.mark.parametrize(
    "told",
    [
        "昨晚梦见着火了是什么意思",
        "那部电影里男主掉进河里了",
        "消防演习几点开始喊着火了",
        "我没事了,老人找到了",
    ],
)
def test_what_puts_danger_at_a_distance_makes_it_less_likely(told: str, knowledge: Knowledge) -> None:
    found = heard(told, knowledge)
    near = found._replace(evidence={**found.evidence, "distant": 0.0})
    assert found.evidence["distant"] in (1.0, 2.0)
    assert found.chance(knowledge) < near.chance(knowledge)
    assert not alarmed([told], knowledge)


def test_two_words_put_danger_farther_away_than_one_and_more_no_farther(knowledge: Knowledge) -> None:
    told = ("着火了", "演习着火了", "昨天演习着火了没事了", "听说昨天演习着火了没事了")
    assert [heard(text, knowledge).evidence["distant"] for text in told] == [0.0, 1.0, 2.0, 2.0]


@pytest.mark.parametrize(("distant", "status"), [("梦见", "emergency"), ("晕倒了", "unanswered")])
def test_what_is_harmless_far_away_is_heard_where_it_is_here(distant: str, status: str) -> None:
    known = toy.knowledge()
    phrasings = list(known.alarm.phrasings)
    phrasings[known.alarm.numbers[CALM]] = ("梦见我妈晕倒了没呼吸",)
    far = SignIndex([Sign("", ((distant,),))])
    told = replace(known, alarm=replace(known.alarm, phrasings=tuple(phrasings)), distant=far)
    assert talk("我妈晕倒了没呼吸", knowing=told)[0].reply.status == status


def test_few_words_and_a_clear_question_must_sound_more_of_danger(knowledge: Knowledge) -> None:
    weights = knowledge.confidence.alarm
    assert weights["brevity"] < 0
    assert weights["asked"] < 0
    unclear, asked = (heard("楼道里有烟", knowledge, confidence) for confidence in (0.0, 0.9))
    assert asked.chance(knowledge) < unclear.chance(knowledge)


def test_a_word_of_danger_makes_it_likelier_and_a_number_is_none(knowledge: Knowledge) -> None:
    told = heard("有时候想死", knowledge)
    assert told.evidence["word"] == 1.0
    assert told.chance(knowledge) > told._replace(evidence={**told.evidence, "word": 0.0}).chance(knowledge)
    assert heard("120平方的房子", knowledge).evidence["word"] == 0.0


@pytest.mark.parametrize(
    "typed", ["救命救命", "救命 救命 救命", "着火了！着火了！", "快来救火快来救火", "救救我 救救我"]
)
def test_a_cry_said_again_and_again_is_heard(typed: str, knowledge: Knowledge) -> None:
    assert talk(typed, knowing=knowledge)[0].reply.status == "emergency"


def test_a_word_of_danger_within_a_longer_word_that_means_none_is_not_heard(knowledge: Knowledge) -> None:
    said = {"弟弟不见了": 1.0, "弟弟听不见 想找个工作": 0.0, "弟弟听不见 又走丢了": 1.0, "急诊科怎么走": 0.0}
    assert {text: heard(text, knowledge).evidence["word"] for text in said} == said
    assert talk("弟弟听不见说不了话 想上班", knowing=knowledge)[0].reply.status != "emergency"


@pytest.mark.parametrize("who", ["", "家里", "我家", "隔壁", "车间"])
def test_few_words_are_a_cry_where_one_is_of_danger(who: str, knowledge: Knowledge) -> None:
    for happened in ("着火", "着火了", "失火", "有人触电"):
        assert talk(who + happened, knowing=knowledge)[0].reply.status == "emergency", who + happened


@pytest.mark.parametrize("who", ["我", "我老公", "老婆", "邻居", "我朋友", "室友", "我婆婆", "楼下老人"])
def test_danger_is_heard_whomever_it_befalls(who: str, knowledge: Knowledge) -> None:
    for happened in ("心梗了", "中风了", "触电了", "割腕", "晕倒了", "被绑架了", "被困电梯了"):
        assert talk(who + happened, knowing=knowledge)[0].reply.status == "emergency", who + happened


def test_a_real_cry_is_heard_beside_words_that_put_danger_at_a_distance(knowledge: Knowledge) -> None:
    cries = [
        "我以前想过死,现在又想死了",
        "这不是演习,楼里真的着火了,我们出不去",
        "刚看完电影出来有人拿刀追我",
    ]
    assert alarmed(cries, knowledge) == cries


@pytest.mark.parametrize(
    "typed",
    ["着 火 了 出 不 去", "着。火。了", "我妈 晕 倒 了 没 呼 吸", "大!出!血!", "想😭死😭", "1 2 0 快 来"],
)
def test_a_cry_typed_character_by_character_is_heard(typed: str, knowledge: Knowledge) -> None:
    assert alarmed([typed], knowledge)


@pytest.mark.parametrize("number", ["110", "119", "120", "122"])
def test_a_number_to_call_is_a_cry_for_help(number: str, knowledge: Knowledge) -> None:
    assert talk(number, knowing=knowledge)[0].reply.phones[0] == number


def test_danger_goes_before_all_else_and_the_conversation_goes_on_after() -> None:
    _, alarm, asked, on = talk("低保多少钱", "着火了", "电话呢", "怎么申请")
    assert alarm.reply.topic == "emergency/fire"
    assert asked.reply.phones == alarm.reply.phones[:1]
    assert on.reply.topic == "service/dibao"


def test_a_catalogue_without_emergencies_raises_no_alarm() -> None:
    peaceful = prepare(toy.CATALOGUE.model_copy(update={"emergencies": (), "lookalikes": ()}))
    assert talk("着火了", knowing=peaceful)[0].reply.status != "emergency"
    assert talk("低保多少钱", state=State(), knowing=peaceful)[0].reply.topic == "service/dibao"


# ---- the real catalogue ----


def test_every_reply_begins_with_the_number_to_call_first(knowledge: Knowledge) -> None:
    emergencies = knowledge.lookup.emergencies.values()
    assert len(emergencies) > 10
    for emergency in emergencies:
        first = knowledge.lookup.contacts[emergency.contacts[0]].phone
        called = NUMBER.findall(emergency.reply)
        assert called[0] == first, emergency.id
        assert emergency.reply.index(first) <= FEWEST_BEFORE, emergency.id
        assert len(emergency.reply) <= SHORT, emergency.id


def alarmed(texts: Iterable[str], knowledge: Knowledge) -> list[str]:
    return [text for text in texts if talk(text, knowing=knowledge)[0].reply.status == "emergency"]


def test_the_catalogues_own_cries_for_help_are_heard(knowledge: Knowledge) -> None:
    files = read_document(KNOWLEDGE / "urgent.yaml", "urgent.yaml").data
    cries = [p for emergency in files["emergencies"] for p in emergency["phrasings"]]
    assert len(cries) > 500
    assert alarmed(cries, knowledge) == cries


@pytest.mark.parametrize("before", ["dibao-standard", "home-care-centres", "no-wage-arrears"])
def test_a_cry_is_heard_after_an_answer_as_well(before: str, knowledge: Knowledge) -> None:
    asked = talk(knowledge.lookup.services[before].name, knowing=knowledge)[0].state
    made = [case for case in cases(read(KNOWLEDGE / FILE)) if case.numbers and case.style == BLANK]
    heard = alarmed([case.q for case in made], knowledge)
    lost = [q for q in heard if talk(q, state=asked, knowing=knowledge)[0].reply.status != "emergency"]
    assert len(heard) > 100
    assert len(lost) <= 0.01 * len(heard), lost


def test_what_the_catalogue_knows_to_be_harmless_is(knowledge: Knowledge) -> None:
    lookalikes = read_document(KNOWLEDGE / "urgent.yaml", "urgent.yaml").data["lookalikes"]
    assert len(lookalikes) > 200
    assert len(alarmed(lookalikes, knowledge)) <= 0.01 * len(lookalikes)


def test_what_can_be_pressed_never_raises_an_alarm(knowledge: Knowledge) -> None:
    lookup = knowledge.lookup
    names = [thing.name for thing in (*lookup.services.values(), *lookup.domains.values())]
    assert len(names) > 100
    assert not alarmed([*names, *map(str, range(100))], knowledge)


def test_small_talk_raises_no_alarm(knowledge: Knowledge) -> None:
    said = [p for talk in knowledge.lookup.smalltalk.values() for p in talk.phrasings]
    assert len(said) > 100
    assert not alarmed(said, knowledge)


NEEDS = ("低保怎么办", "想问公租房", "房租交不起", "图书馆几点开", "医保怎么交", "工资没发")
JOINED = ("{need}，{cry}", "{cry}，{need}", "{need} {cry}", "{need}，还有{cry}", "{need}。{cry}，怎么办")
HEARD_BESIDE = 0.95


def test_a_cry_is_heard_whatever_else_is_asked_beside_it(knowledge: Knowledge) -> None:
    cries = ("家里着火了", "老公打我", "我妈晕倒了", "孩子走丢了", "煤气漏了", "我不想活了", "有人敲我门")
    asked = [f.format(need=n, cry=c) for c in cries for n in NEEDS for f in JOINED]
    heard = [talk(text, knowing=knowledge)[0].reply.status == "emergency" for text in asked]
    assert sum(heard) >= HEARD_BESIDE * len(asked)
    english = talk("my boss has not paid me and I want to die", knowing=knowledge)[0].reply
    assert english.status == "emergency"


@pytest.mark.parametrize(
    "text",
    [
        "我在写小说，主角家里着火了，图书馆几点开",
        "群里传有人持刀，是谣言吗",
        "房租交不起，累死我了",
        "住五楼爬不动，小区能装电梯吗",
        "我是退役消防员，孩子要上幼儿园",
    ],
)
def test_what_only_sounds_like_danger_raises_no_alarm_beside_a_need(text: str, knowledge: Knowledge) -> None:
    assert talk(text, knowing=knowledge)[0].reply.status != "emergency"


@pytest.mark.parametrize("part", ["想问公租房 ", "电影里着火了，"])
def test_of_a_long_message_a_bounded_number_of_parts_is_judged(
    part: str, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[str] = []
    compared: list[str] = []

    def judging(text: str, *others: Any) -> Danger | None:
        judged.append(text)
        return danger(text, *others)

    def comparing(text: str, *others: Any) -> bool:
        compared.append(text)
        return known_to_be_harmless(text, *others)

    monkeypatch.setattr(beside, "danger", judging)
    monkeypatch.setattr(beside, "known_to_be_harmless", comparing)
    assert talk(part * (600 // len(part)), knowing=knowledge)[0].reply.status != "emergency"
    assert 0 < len(judged) < 600 // len(part)
    assert not compared, "what is too unlikely to be a cry is held against all that is harmless"


def test_a_cry_is_heard_in_a_long_message_wherever_it_stands(knowledge: Knowledge) -> None:
    for before in (0, 40, 80):
        text = "博物馆几点开，" * before + "家里着火了出不去，" + "博物馆几点开，" * (80 - before)
        assert alarmed([text], knowledge), before


def test_danger_beside_a_need_gets_its_own_number() -> None:
    for text in ("图书馆借书要钱吗，我爸在家晕倒了", "快叫救护车啊，低保多少钱"):
        assert talk(text)[0].reply.topic == "emergency/medical"
    assert talk("图书馆借书要钱吗，低保多少钱")[0].reply.status == "answered"
