import pytest

from bot.text.redaction import redact

SECRETS = [
    (
        "POST https://api.telegram.org/bot12345:AA-bb_cc/getMe",
        "POST https://api.telegram.org/bot<secret>/getMe",
    ),
    ("token 666000:" + "x" * 35, "token <secret>"),
    ("Authorization: Bearer abcdefgh12345678", "Authorization: Bearer <secret>"),
    ("https://a.example/?access_token=abc123&x=1", "https://a.example/?access_token=<secret>&x=1"),
    ("postgresql://bot:pass@db/residents", "postgresql://<secret>@db/residents"),
    ("asked: 我的电话13800138000", "asked: 我的电话***"),
]


@pytest.mark.parametrize(("text", "expected"), SECRETS)
def test_secrets_and_what_is_personal_are_made_unreadable(text: str, expected: str) -> None:
    assert redact(text) == expected


@pytest.mark.parametrize(
    "text", ["answering from release 12", "", "2026-11-28T05:00:00 up 12345 s", "x" * 9000]
)
def test_the_rest_stays(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize("before", range(3985, 4003))
@pytest.mark.parametrize("number", ["13800138000", "11010519491231002X", "fang.lin@example.com"])
def test_what_is_personal_is_found_wherever_in_a_long_text_it_stands(before: int, number: str) -> None:
    said = "x" * (before - 1) + " "
    assert redact(f"{said}{number} {said}{number}") == f"{said}*** {said}***"


def test_nothing_is_left_of_a_number_longer_than_what_is_looked_through_at_once() -> None:
    assert not any(c.isdigit() for c in redact(f"x {'1234567890' * 2000} x"))


def test_no_figure_of_a_long_text_is_taken_for_something_else() -> None:
    figures = "国办发〔2020〕53号，共1.2345678亿元，2026-11-28。" * 400
    assert redact(figures) == figures
