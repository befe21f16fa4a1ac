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
