import pytest

from bot.matching.restoring import Meant, Restorer, beside, near

PHRASINGS = (
    "低保怎么申请",
    "低保一年多少钱",
    "光荣院怎么申请",
    "光荣院在哪里",
    "图书馆借书要钱吗",
    "图书馆在哪里",
    "老年食堂怎么申请",
    "优待证怎么办",
    "优待证在哪里办",
    "where is the library",
    "is the library free",
)
RESTORER = Restorer(PHRASINGS)


def meant(text: str, *words: str, most: int = 3) -> list[str]:
    return [found.text for found in RESTORER.meant(text, words or (text,))[:most]]


@pytest.mark.parametrize(
    ("typed", "words", "intended"),
    [
        ("光院怎么申请", ("光", "院", "怎么", "申请"), "光荣院怎么申请"),
        ("荣院在哪里", ("荣", "院", "在", "哪里"), "光荣院在哪里"),  # before the first
        ("低保一年多少", ("低保", "一年", "多少"), "低保一年多少钱"),  # behind the last
        ("怎么低保申请", ("怎么", "低保", "申请"), "低保怎么申请"),
        ("优证待怎么办", ("优", "证", "待", "怎么办"), "优待证怎么办"),
        ("图书书馆在哪里", ("图书", "书", "馆", "在", "哪里"), "图书馆在哪里"),
        ("where is the libary", ("where", "is", "the", "libary"), "where is the library"),
        ("is library the free", ("is", "library", "the", "free"), "is the library free"),
    ],
)
def test_one_slip_is_seen_through(typed: str, words: tuple[str, ...], intended: str) -> None:
    assert intended in meant(typed, *words)


def test_another_letter_that_sounds_the_same_may_be_meant() -> None:
    assert "老年食堂怎么申请" in meant("老年时堂怎么申请", "老年", "时", "堂", "怎么", "申请", most=8)


@pytest.mark.parametrize("text", PHRASINGS)
def test_what_is_right_is_likelier_than_anything_else(text: str) -> None:
    assert all(found.likelier < 0 for found in RESTORER.meant(text, (text,)))


def test_the_likeliest_comes_first() -> None:
    found = RESTORER.meant("院在哪里", ("院", "在", "哪里"))
    assert len(found) > 1
    assert [one.likelier for one in found] == sorted((one.likelier for one in found), reverse=True)


def test_what_is_far_less_likely_than_the_likeliest_is_not_near_it() -> None:
    found = [Meant(likelier, str(likelier), 0, 0) for likelier in (2.0, 1.0, -0.5, -1.5)]
    assert [one.likelier for one in near(found, 9)] == [2.0, 1.0, -0.5]
    assert [one.likelier for one in near(found, 2)] == [2.0, 1.0]
    assert near([], 2) == []


def test_a_second_slip_is_seen_through_beside_the_first_but_none_in_the_same_place() -> None:
    words = ("荣", "院", "怎么", "申")
    typed = "".join(words)
    found = {one.text: one for one in RESTORER.meant(typed, words)}
    first, last = found.pop("光荣院怎么申"), found["荣院怎么申请"]
    assert "光荣院怎么申请" in [both.text for both in beside(first, found.values(), typed)]
    assert [both.text for both in beside(last, [first], typed)] == ["光荣院怎么申请"]
    assert beside(first, [first._replace(text="多荣院怎么申")], typed) == []


def test_what_was_typed_is_not_among_what_else_was_meant() -> None:
    assert "光院在哪里" not in meant("光院在哪里", "光", "院", "在", "哪里", most=50)


def test_no_blank_is_put_in() -> None:
    assert not any(" " in text for text in meant("whereis", most=50))


@pytest.mark.parametrize("text", ["鑫", "鑫鑫", "??", "1", "低保鑫多少钱"])
def test_what_was_never_seen_stays_or_goes_as_one_letter(text: str) -> None:
    found = RESTORER.meant(text, (text,))
    assert found
    assert all(abs(len(one.text) - len(text)) <= 1 and one.text != text for one in found)


def test_nothing_typed_means_nothing() -> None:
    assert RESTORER.meant("", ()) == []


def test_without_phrasings_nothing_else_is_meant() -> None:
    assert Restorer(()).meant("低保", ("低保",)) == []


def test_within_a_word_as_it_stands_a_slip_is_less_likely() -> None:
    apart = {one.text: one.likelier for one in RESTORER.meant("老年时堂", ("老年", "时", "堂"))}
    whole = {one.text: one.likelier for one in RESTORER.meant("老年时堂", ("老年", "时堂"))}
    assert whole["老年食堂"] < apart["老年食堂"]


def test_a_letter_that_a_word_has_twice_stays() -> None:
    assert "图书馆在哪里" in meant("图图书馆在哪里", "图", "图", "书", "馆", "在", "哪里", most=50)
    assert "图书馆在哪里" not in meant("图图书馆在哪里", "图图", "书", "馆", "在", "哪里", most=50)
