import toy

from bot.conversation.usage import Usage
from bot.matching.index import Utterance, build

KNOWLEDGE = toy.knowledge()
DIBAO, CANTEEN = (KNOWLEDGE.lookup.services[name] for name in ("dibao", "canteen"))
USAGE = Usage(
    build(
        [
            Utterance("service/dibao", "农村低保多少钱"),
            Utterance("service/dibao", "农村的低保"),
            Utterance("service/canteen", "城里的食堂"),
            Utterance("service/canteen", "食堂多少钱"),
        ],
        KNOWLEDGE.topics.lexicon,
    )
)


def test_what_is_usually_said_of_a_service_counts_by_its_weight() -> None:
    assert USAGE.usual(["农村"], DIBAO) == 1.0
    assert USAGE.usual(["农村"], CANTEEN) == 0.0
    assert 0 < USAGE.usual(["农村", "月亮"], DIBAO) < 1
    assert USAGE.usual([], DIBAO) == 0.0


def test_a_word_is_likelier_of_the_service_it_is_said_of() -> None:
    assert USAGE.likelier(["农村"], DIBAO, CANTEEN) > 0
    assert USAGE.likelier(["城里"], DIBAO, CANTEEN) < 0
    assert USAGE.likelier(["月亮"], DIBAO, CANTEEN) == 0
    assert USAGE.likelier(["农村"] * 90, DIBAO, CANTEEN) == 4.0
