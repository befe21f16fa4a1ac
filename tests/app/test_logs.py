"""The log: one redaction for messages and tracebacks, text and JSON."""

import json
import logging
import sys

import pytest

from bot.app.logs import Redacting, set_up
from bot.errors import StoreError

WORDS = "我妈妈住院了"
TOKEN = "666000:" + "x" * 35


def record(message: str, error: Exception | None = None) -> logging.LogRecord:
    raised = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("yongwen", logging.ERROR, __file__, 1, message, (), raised)


def failing(inner: Exception, outer: Exception) -> Exception:
    try:
        try:
            raise inner
        except type(inner) as error:
            raise outer from error
    except type(outer) as error:
        return error


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_foreign_exception_is_named_and_not_quoted(form: str) -> None:
    error = failing(ValueError(WORDS), KeyError(WORDS))
    line = Redacting(form).format(record("failed", error))
    assert WORDS not in line
    assert "KeyError" in line
    assert "ValueError" in line
    assert "in failing" in line


def test_our_own_errors_and_the_systems_say_what_is_wrong() -> None:
    error = failing(OSError("disk full"), StoreError("question log: disk full"))
    line = Redacting("text").format(record("failed", error))
    assert "StoreError: question log: disk full" in line
    assert "OSError: disk full" in line


def test_json_is_one_object_a_line_and_redacted() -> None:
    line = Redacting("json").format(record(f"call bot{TOKEN}/getMe\nfor 13800138000"))
    data = json.loads(line)
    assert "\n" not in line
    assert data["level"] == "ERROR"
    assert data["message"] == "call bot<secret>/getMe\nfor ***"


def test_all_loggers_go_through_the_one_step(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", root.handlers[:])
    monkeypatch.setattr(root, "level", root.level)
    monkeypatch.setattr(sys, "stderr", sys.stderr)
    set_up("INFO", "text")
    logging.getLogger("telegram.ext").warning("bot%s is gone", TOKEN)
    logging.getLogger("httpx").info("GET bot%s", TOKEN)
    said = capsys.readouterr().err
    assert "bot<secret> is gone" in said
    assert TOKEN not in said
    assert "GET" not in said
