import pytest
import toy
from toy import talk

from bot.conversation.knowledge import prepare
from bot.conversation.state import State
from bot.conversation.urgent import danger
from bot.matching.features import parse


@pytest.mark.parametrize(
    ("text", "topic", "phones"),
    [
        ("着火了", "emergency/fire", ("119",)),
        ("我家厨房起火了!!", "emergency/fire", ("119",)),
        ("著火了", "emergency/fire", ("119",)),
        ("zhaohuole", "emergency/fire", ("119",)),
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


def test_danger_goes_before_all_else_and_the_conversation_goes_on_after() -> None:
    outcomes = talk("低保多少钱", "着火了", "电话呢")
    assert [o.reply.topic for o in outcomes] == ["service/dibao", "emergency/fire", "service/dibao"]
    assert outcomes[1].state == outcomes[0].state


def test_a_catalogue_without_emergencies_raises_no_alarm() -> None:
    peaceful = prepare(toy.CATALOGUE.model_copy(update={"emergencies": (), "lookalikes": ()}))
    assert talk("着火了", knowing=peaceful)[0].reply.status != "emergency"
    assert talk("低保多少钱", state=State(), knowing=peaceful)[0].reply.topic == "service/dibao"
