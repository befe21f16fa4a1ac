"""A small lexicon that tests of features and of concepts share."""

import pytest

from bot.matching.lexicon import Lexicon, lexicon


@pytest.fixture(scope="module")
def lex() -> Lexicon:
    concepts = [
        ("老人", ["老年人", "爷爷"]),
        ("老人证", ["老年人优待证"]),
        ("公交", ["bus", "公交车"]),
        ("社区", ["elderly home", "小区"]),
    ]
    return lexicon(concepts, ["甬易养"])
