"""Mistyped words are seen through where a text is not clear as it stands."""

from bot.conversation.explain import explained, in_words
from bot.conversation.knowledge import Knowledge
from bot.conversation.understanding import part, understood


def test_a_mistyped_word_of_a_topic_is_seen_through(knowledge: Knowledge) -> None:
    typed, right = understood("社暴卡怎么激活", knowledge), understood("社保卡怎么激活", knowledge)
    assert typed.parsed.text == "社保卡怎么激活"
    assert typed.judgement.best == right.judgement.best == "signpost/social-security-card"


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


def test_an_english_word_is_read_as_it_is_spelt_and_pinyin_as_it_is_heard(knowledge: Knowledge) -> None:
    assert part("is the musem free", True, knowledge).text == "is the museum free"
    assert part("yanglaojin duoshao", True, knowledge).text == "yanglaojin duoshao"
