import pytest
import toy

from bot.matching.features import parse
from bot.matching.spelling import Speller


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("penson", "pension"),
        ("penssion", "pension"),
        ("houusing", "housing"),
        ("hosuing", "housing"),
        ("tension", None),  # one letter for another makes another word
        ("pesion", "pesiona"),  # of two that it may be the first
        ("care", "care"),
        ("car", None),  # too short to tell
        ("caare", "care"),
        ("carre", "care"),
        ("", None),
    ],
)
def test_a_slip_of_one_letter_is_seen_through(typed: str, meant: str | None) -> None:
    assert Speller(["pesiona", "pension", "housing", "care"]).meant(typed) == meant


def test_an_index_takes_a_mistyped_word_for_the_word() -> None:
    index = toy.knowledge().topics
    word = next(f[1:] for f in index.features if f[0] == "e" and f[1:].isalpha() and len(f) > 6)

    def ids(text: str) -> list[int]:
        return index.vector(parse(text, index.lexicon).features).ids.tolist()

    assert ids(word[:2] + word[3:]) == ids(word) != []
    assert ids(f"{word} {word[:2] + word[3:]}") == ids(word)  # said twice, it counts once
