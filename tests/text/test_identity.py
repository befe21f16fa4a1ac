import pytest

from bot.text.identity import check_digit, is_card, is_date, is_identity, luhn


@pytest.mark.parametrize(("first", "last"), [("11010519491231002", "X"), ("44052418800101001", "4")])
def test_the_check_digit_of_the_standards_own_examples(first: str, last: str) -> None:
    assert check_digit(first) == last
    assert is_identity(first + last)


def test_a_mistyped_identity_number_is_still_one() -> None:
    assert is_identity("330203199001011230")
    assert not is_identity("330203199013011230")
    assert not is_identity("990203199001011230")


def test_the_old_kind_has_province_and_birthday() -> None:
    assert is_identity("330203500229123") is False
    assert is_identity("330203520229123")


@pytest.mark.parametrize("digits", ["20251231", "19000101"])
def test_a_date(digits: str) -> None:
    assert is_date(digits)


@pytest.mark.parametrize("digits", ["20251301", "18991231", "2025123", "20250230"])
def test_no_date(digits: str) -> None:
    assert not is_date(digits)


def test_luhn() -> None:
    assert luhn("4111111111111111")
    assert not luhn("4111111111111112")
    assert is_card("6222021234567890")
    assert not is_card("4111111111111112")
