"""A few texts learnt on top of what was learnt: they are found, and nothing else moves."""

import numpy as np
import pytest
import toy

from bot.matching import stored
from bot.matching.features import parse
from bot.matching.further import extend
from bot.matching.index import Index, Utterance

NEW = (Utterance("service/dibao", "米缸见底了咋办"), Utterance("signpost/zoo", "动物园看大象"))


@pytest.fixture(scope="module")
def index() -> Index:
    return toy.knowledge().topics


@pytest.fixture(scope="module")
def every(index: Index) -> list[Utterance]:
    return [Utterance(i, t) for i, texts in zip(index.intents, index.phrasings, strict=True) for t in texts]


@pytest.fixture(scope="module")
def further(index: Index, every: list[Utterance]) -> Index:
    return extend(index, [*every, *NEW], NEW, index.lexicon)


def first(index: Index, text: str) -> str:
    vector = index.vector(parse(text, index.lexicon).features)
    return index.intents[int(np.argmax(index.weights.scores(vector.ids, vector.values, len(index.intents))))]


@pytest.mark.parametrize("new", NEW)
def test_what_is_new_is_found(index: Index, further: Index, new: Utterance) -> None:
    assert first(index, new.text) != new.intent
    assert first(further, new.text) == new.intent
    assert new.text in further.phrasings[further.numbers[new.intent]]


def test_no_weight_moves_but_of_the_features_that_came(index: Index, further: Index) -> None:
    touched = {f for new in NEW for f in parse(new.text, index.lexicon).features}
    for feature, number in index.features.items():
        if feature not in touched:
            assert further.weights.row(further.features[feature]) == index.weights.row(number)
            assert further.weight(feature) == index.weight(feature)
    assert touched <= further.features.keys()


def test_what_was_known_is_still_found(index: Index, further: Index, every: list[Utterance]) -> None:
    assert every
    assert [first(further, u.text) for u in every] == [first(index, u.text) for u in every]


def test_the_same_texts_give_the_same_index_which_is_stored_like_any_other(
    index: Index, further: Index, every: list[Utterance]
) -> None:
    again = extend(index, [*every, *NEW], NEW, index.lexicon)
    assert stored.dump(again) == stored.dump(further)
    back = stored.load(stored.dump(further), index.lexicon)
    assert first(back, NEW[1].text) == "signpost/zoo"
    assert stored.dump(back) == stored.dump(further)


def test_nothing_new_changes_nothing(index: Index, every: list[Utterance]) -> None:
    assert stored.dump(extend(index, every, (), index.lexicon)) == stored.dump(index)


def test_an_intent_without_utterances_is_gone_and_the_others_weigh_what_they_did(
    index: Index, every: list[Utterance]
) -> None:
    gone = index.intents[1]
    left = [u for u in every if u.intent != gone]
    less = extend(index, left, [], index.lexicon)
    assert less.intents == tuple(intent for intent in index.intents if intent != gone)
    for number in index.features.values():
        before = {index.intents[i]: weight for i, weight in index.weights.row(number).items()}
        before.pop(gone, None)
        assert {less.intents[i]: weight for i, weight in less.weights.row(number).items()} == before
    assert [first(less, u.text) for u in left] == [u.intent for u in left]
    assert less.phrasings == tuple(
        p for i, p in zip(index.intents, index.phrasings, strict=True) if i != gone
    )
