import re
from collections.abc import Iterable

import numpy as np
import pytest
import toy
from toy import talk

from bot import config
from bot.conversation.knowledge import Knowledge, prepare
from bot.conversation.state import State
from bot.conversation.urgent import Danger, danger, least
from bot.matching.features import parse
from bot.matching.matcher import Judgement
from bot.staff.files import read_document

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


def test_a_sign_needs_all_of_its_words() -> None:
    known = toy.knowledge()

    def lead(text: str) -> float:
        return danger(parse(text, known.alarm.lexicon), known)[1]

    assert lead("图书馆浓烟,孩子出不去") > lead("图书馆浓烟,孩子出得去") + 0.5


def test_few_words_and_a_clear_question_must_sound_more_of_danger() -> None:
    known = toy.knowledge()
    unclear, asked = (Judgement((), {}, confidence, np.zeros(0)) for confidence in (0.0, 0.9))
    short, long = (Danger("fire", 0.5, length=length) for length in (3, 40))
    assert least(short, unclear, known) > least(long, unclear, known)
    assert least(short, asked, known) > least(short, unclear, known)
    assert least(short._replace(signed=True), asked, known) == least(short, unclear, known)


def test_danger_goes_before_all_else_and_the_conversation_goes_on_after() -> None:
    outcomes = talk("低保多少钱", "着火了", "电话呢")
    assert [o.reply.topic for o in outcomes] == ["service/dibao", "emergency/fire", "service/dibao"]
    assert outcomes[1].state == outcomes[0].state


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
    assert len(alarmed(cries, knowledge)) >= 0.99 * len(cries)


def test_what_the_catalogue_knows_to_be_harmless_is(knowledge: Knowledge) -> None:
    lookalikes = read_document(KNOWLEDGE / "urgent.yaml", "urgent.yaml").data["lookalikes"]
    assert len(lookalikes) > 200
    assert len(alarmed(lookalikes, knowledge)) <= 0.01 * len(lookalikes)


def test_what_can_be_pressed_never_raises_an_alarm(knowledge: Knowledge) -> None:
    lookup = knowledge.lookup
    names = [thing.name for thing in (*lookup.services.values(), *lookup.domains.values())]
    assert not alarmed([*names, *map(str, range(100))], knowledge)


def test_small_talk_raises_no_alarm(knowledge: Knowledge) -> None:
    assert not alarmed((p for t in knowledge.lookup.smalltalk.values() for p in t.phrasings), knowledge)
