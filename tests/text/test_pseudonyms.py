import pytest

from bot.text.pseudonyms import Pseudonyms

ONE, OTHER = Pseudonyms(b"k" * 16), Pseudonyms(b"q" * 16)


def test_the_same_person_has_the_same_name_only_under_the_same_key() -> None:
    assert ONE.person("web", "anna") == Pseudonyms(b"k" * 16).person("web", "anna")
    assert ONE.person("web", "anna") != OTHER.person("web", "anna")


def test_nothing_is_confused_with_anything_else() -> None:
    names = {
        ONE.person("web", "anna"),
        ONE.person("telegram", "anna"),
        ONE.person("weba", "nna"),
        ONE.conversation("web", "anna"),
        ONE.wording("anna"),
    }
    assert len(names) == 5
    assert all(len(name) == 40 and "anna" not in name for name in names)


def test_nobody_has_no_name() -> None:
    assert ONE.person("web", "") == ""


def test_a_wording_is_the_same_in_every_spelling() -> None:
    assert ONE.wording("低保,多少钱?") == ONE.wording("低保 多少錢")


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        Pseudonyms(b"short")
