import numpy as np
import pytest
import toy

from bot.matching import stored
from bot.matching.features import parse
from bot.matching.index import Index, Utterance, build, inverse_frequency


@pytest.fixture(scope="module")
def index() -> Index:
    return toy.knowledge().topics


def same(one: Index, other: Index) -> bool:
    """Whether two indexes hold the same."""
    return stored.dump(one) == stored.dump(other)


def test_the_same_phrasings_give_the_same_index(index: Index) -> None:
    lexicon = index.lexicon
    some = [Utterance("a", "低保多少钱"), Utterance("b", "图书馆在哪"), Utterance("a", "吃低保")]
    assert same(build(some, lexicon), build(some, lexicon))
    assert not same(build(some, lexicon), build(some[:2], lexicon))


def test_phrasings_are_grouped_by_intent(index: Index) -> None:
    assert index.intents[0] == "service/dibao"
    assert "低保一年多少钱" in index.phrasings[index.numbers["service/dibao"]]
    assert len(index.phrasings) == len(index.intents) == len(set(index.intents))


def test_a_vector_has_norm_one(index: Index) -> None:
    vector = index.vector(parse("低保一年多少钱", index.lexicon).features)
    assert np.linalg.norm(vector.values) == pytest.approx(1.0)
    assert len(vector.ids) == len(vector.values)
    assert vector.known == 1.0


def test_unknown_words_make_a_vector_less_known(index: Index) -> None:
    some = index.vector(parse("低保和火箭发射", index.lexicon).features)
    none = index.vector(parse("珠穆朗玛", index.lexicon).features)
    assert 0 < some.known < 1
    assert (len(none), none.known) == (0, 0.0)


def test_rare_features_weigh_more() -> None:
    found = inverse_frequency(np.array([1, 2, 50], np.int32), 100)
    assert found.tolist() == sorted(found.tolist(), reverse=True)
