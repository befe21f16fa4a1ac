import pytest

from bot.text.pinyin import blur, split, syllable, torn


@pytest.mark.parametrize(
    ("one", "other"), [("住", "租"), ("山", "桑"), ("英", "因"), ("程", "陈"), ("低", "底"), ("托", "拖")]
)
def test_what_sounds_alike_is_alike(one: str, other: str) -> None:
    assert syllable(one) == syllable(other) != ""


def test_only_chinese_has_a_sound() -> None:
    assert [syllable(c) for c in "a1 ?"] == ["", "", "", ""]


@pytest.mark.parametrize(
    ("typed", "text"),
    [("dibaoyinianduoshaoqian", "低保一年多少钱"), ("gongzufang", "公租房"), ("yanglaoyuan", "养老院")],
)
def test_typed_pinyin_sounds_like_its_characters(typed: str, text: str) -> None:
    assert split(typed) == tuple(syllable(c) for c in text)


@pytest.mark.parametrize("english", ["hello", "kindergarten", "x", "zzz", "a" * 500])
def test_what_is_not_pinyin_is_not_cut(english: str) -> None:
    assert len(split(english)) in (0, 1) or english == "a" * 500 and split(english) == ()


def test_blur_keeps_the_syllable_ng() -> None:
    assert blur("ng") == "ng"


@pytest.mark.parametrize(
    ("typed", "heard"),
    [
        ("dibaoduoshaoqian", "di bao duo sao qian"),
        ("dibaodudshaoqian", "di bao du - sao qian"),
        ("mdibaoduoshaoqianw", ""),  # two in eighteen letters are no slip
        ("popularity", ""),
        ("dibaok", ""),
    ],
)
def test_a_letter_astray_breaks_a_long_run_and_spoils_no_more(typed: str, heard: str) -> None:
    assert " ".join(sound or "-" for sound in torn(typed)) == heard
