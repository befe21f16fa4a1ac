import pytest

from bot.matching.lexicon import Lexicon, found_concepts, lexicon


def heard_in(text: str, lex: Lexicon) -> set[str]:
    return {concept for _, concept in found_concepts(text, lex)}


def test_the_longest_alias_wins(lex: Lexicon) -> None:
    assert found_concepts("老年人优待证", lex) == [("老年人优待证", "老人证")]
    assert found_concepts("老年人", lex) == [("老年人", "老人")]


def test_a_concept_is_an_alias_of_itself(lex: Lexicon) -> None:
    assert found_concepts("社区公交", lex) == [("社区", "社区"), ("公交", "公交")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the bus", ["公交"]),
        ("坐bus去", ["公交"]),
        ("business", []),
        ("a minibus", []),
        ("busy elderly homes", []),
        ("the elderly home", ["社区"]),
    ],
)
def test_a_latin_alias_is_found_as_a_whole_word_only(text: str, found: list[str], lex: Lexicon) -> None:
    assert [concept for _, concept in found_concepts(text, lex)] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("lao nian ren zuo che", {"老人"}),
        ("laonianren", {"老人"}),
        ("小渠里", {"社区"}),  # 小区
        ("老年任优待正", {"老人证"}),
        ("爷爷", {"老人"}),
        ("图书馆 公焦", {"公交"}),
        ("共交建设", {"公交"}),
        ("老大仁", set()),
    ],
)
def test_what_only_sounds_like_a_concept_is_heard(text: str, found: set[str], lex: Lexicon) -> None:
    assert heard_in(text, lex) == found


def test_what_could_be_several_concepts_is_not_heard() -> None:
    both = lexicon([("医治", ["依治"]), ("义肢", ["一只"])])
    assert heard_in("yi zhi", both) == set()
    assert heard_in("医治", both) == {"医治"}


def test_a_long_word_is_no_slip(lex: Lexicon) -> None:
    assert heard_in("兢兢业业", lex) == set()
    assert heard_in("兢兢业业兢兢业业", lex) == set()
    assert heard_in("业业", lex) == {"老人"}


def test_what_is_heard_is_told_as_it_was_typed(lex: Lexicon) -> None:
    assert found_concepts("坐公焦 laonianren", lex) == [("公焦", "公交"), ("laonianren", "老人")]
