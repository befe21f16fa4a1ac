from collections.abc import Callable

import numpy as np
import pytest
import toy

from bot.conversation.knowledge import Knowledge
from bot.conversation.learning import MODELS, models, renewed, restore
from bot.conversation.state import State
from bot.conversation.turn import turn
from bot.matching import stored
from bot.messages import Message

QUESTIONS = ("低保一年多少钱", "老人在哪里吃饭", "着火了", "身份证丢了", "你好", "火星移民")


@pytest.fixture(scope="module")
def packed() -> dict[str, bytes]:
    return models(toy.knowledge())


def test_an_index_comes_back_equal() -> None:
    index = toy.knowledge().topics
    back = stored.load(stored.dump(index), index.lexicon)
    assert (back.intents, back.features, back.phrasings) == (index.intents, index.features, index.phrasings)
    assert back.weights.unit == index.weights.unit
    for one, other in zip(back.weights[1:], index.weights[1:], strict=True):
        assert np.array_equal(one, other)
    assert np.array_equal(back.idf, index.idf)
    assert stored.dump(back) == stored.dump(index)


def test_restored_knowledge_answers_alike(packed: dict[str, bytes]) -> None:
    def replies(knowledge: Knowledge) -> list[object]:
        return [turn(Message(q), State(), knowledge) for q in QUESTIONS]

    assert replies(restore(toy.CATALOGUE, packed)) == replies(toy.knowledge())


def test_packing_loses_nothing() -> None:
    assert stored.unpack(stored.pack(b"abc" * 100)) == b"abc" * 100


def flipped(data: bytes) -> bytes:
    """The bytes with one of them changed."""
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 255]) + data[middle + 1 :]


def halved(data: bytes) -> bytes:
    return data[: len(data) // 2]


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "not packed": stored.unpack,
    "packed cut short": halved,
    "packed changed": flipped,
    "empty": lambda packed: b"",
    "rubbish": lambda packed: stored.pack(b"rubbish"),
    "nothing packed": lambda packed: stored.pack(b""),
    "plain cut short": lambda packed: stored.pack(halved(stored.unpack(packed))),
    "plain changed": lambda packed: stored.pack(flipped(stored.unpack(packed))),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", MODELS)
def test_damaged_bytes_are_a_value_error(name: str, damage: str, packed: dict[str, bytes]) -> None:
    with pytest.raises(ValueError, match="."):
        restore(toy.CATALOGUE, packed | {name: DAMAGES[damage](packed[name])})


def test_a_missing_model_is_a_value_error(packed: dict[str, bytes]) -> None:
    with pytest.raises(ValueError, match="alarm"):
        restore(toy.CATALOGUE, {"topics": packed["topics"]})


def test_what_is_only_said_needs_nothing_learnt_or_loaded() -> None:
    live = toy.knowledge()
    service = toy.CATALOGUE.services[0]
    said = service.model_copy(update={"description": "换了说法。"})
    changed = toy.CATALOGUE.model_copy(update={"services": (said, *toy.CATALOGUE.services[1:])})
    fresh = renewed(live, changed)
    assert fresh is not None
    assert fresh.topics is live.topics
    assert fresh.lookup.services[service.id].description == "换了说法。"
    asked = service.model_copy(update={"phrasings": (*service.phrasings, "另一种问法")})
    relearnt = toy.CATALOGUE.model_copy(update={"services": (asked, *toy.CATALOGUE.services[1:])})
    assert renewed(live, relearnt) is None
    assert renewed(live, toy.CATALOGUE.model_copy(update={"words": ("新词",)})) is None
