import numpy as np
import pytest
import toy

from bot.conversation.pieces import Runs, runs
from bot.matching.features import parse
from bot.matching.matcher import said

INDEX = toy.knowledge().topics


def by_itself(text: str) -> np.ndarray:
    return said(parse(text, INDEX.lexicon), INDEX)


def row(found: Runs, start: int, end: int) -> np.ndarray:
    return found.said[found.pieces[start, end].row]


def test_every_run_but_the_whole_says_what_its_words_say_at_once() -> None:
    texts = ["低保多少钱", "图书馆有多少书", "youeryuan baoming", "公办幼儿园怎么报名"]
    found = runs(texts, toy.knowledge())
    assert sorted(found.pieces) == [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (1, 4), (2, 3), (2, 4), (3, 4)]
    for start, end in found.pieces:
        assert row(found, start, end) == pytest.approx(by_itself(" ".join(texts[start:end])))


def test_what_names_nobody_may_be_about_whoever_was_named_last() -> None:
    found = runs(["低保多少钱", "我家老人呢", "去哪里吃饭"], toy.knowledge())
    meant = [by_itself("去哪里吃饭"), by_itself("老人 去哪里吃饭")]
    assert row(found, 2, 3) == pytest.approx(np.maximum(*meant), abs=1e-6)
    assert row(found, 0, 1) == pytest.approx(by_itself("低保多少钱"))


@pytest.mark.parametrize(
    ("texts", "kinds", "asks"),
    [
        (["低保多少钱", "在哪里"], ["cost", "where"], [True, True]),
        (["家里穷", "有低保吗"], ["policy", "policy"], [False, True]),
        (["低保", "图书馆"], ["policy", "policy"], [False, False]),
    ],
)
def test_what_kind_of_question_each_piece_is(texts: list[str], kinds: list[str], asks: list[bool]) -> None:
    found = runs(texts, toy.knowledge()).pieces
    assert [found[i, i + 1].kind for i in range(len(texts))] == kinds
    assert [found[i, i + 1].asks for i in range(len(texts))] == asks


@pytest.mark.parametrize(
    ("text", "needs", "more", "of_all"),
    [
        ("孩子没人带", True, False, False),
        ("也想看书", True, True, False),
        ("钱倒是不缺", False, False, False),
        ("图书馆也去过", False, False, False),
        ("这些都怎么办", False, False, True),
    ],
)
def test_what_each_piece_tells_without_asking(text: str, needs: bool, more: bool, of_all: bool) -> None:
    piece = runs([text, "低保"], toy.knowledge()).pieces[0, 1]
    assert (piece.needs, piece.more, piece.of_all) == (needs, more, of_all)


def test_a_run_needs_what_a_piece_of_it_needs_and_begins_as_its_first_does() -> None:
    found = runs(["家里三口人", "也没人做饭", "低保"], toy.knowledge()).pieces
    assert (found[0, 2].needs, found[0, 2].more) == (True, False)
    assert (found[1, 3].needs, found[1, 3].more) == (True, True)
