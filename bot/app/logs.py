"""The log: text or one JSON object a line, and one step that redacts both."""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime

from bot.errors import YongwenError
from bot.text.redaction import redact

_QUIET = {
    "httpx": logging.WARNING,  # names every address it calls, token and all
    "httpcore": logging.WARNING,
    "telegram": logging.INFO,  # at DEBUG prints whole updates
    "aiosqlite": logging.INFO,  # at DEBUG prints rows
    "sqlalchemy.engine": logging.WARNING,
    "alembic": logging.WARNING,  # tells of its own plugins
}


def set_up(level: str, form: str) -> None:
    """Log to standard error, at a level, as `text` or `json`; nothing else is logged to any more."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Redacting(form))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name, least in _QUIET.items():
        logging.getLogger(name).setLevel(max(least, root.level))


class Redacting(logging.Formatter):
    """Writes a record in a form, without secrets and without what residents wrote."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self._as_json = form == "json"

    def format(self, record: logging.LogRecord) -> str:
        """One line, or with a traceback several; as JSON always one."""
        message, trace = redact(record.getMessage()), redact(_trace(record))
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        if self._as_json:
            data = {"time": at, "level": record.levelname, "logger": record.name, "message": message}
            return json.dumps(data | ({"trace": trace} if trace else {}), ensure_ascii=False)
        return f"{at} {record.levelname} {record.name}: {message}" + (f"\n{trace}" if trace else "")


def _trace(record: logging.LogRecord) -> str:
    """Where an exception came from, and its kind. What it says is told only of those we know: a foreign
    exception may quote the words it choked on."""
    error = record.exc_info[1] if record.exc_info else None
    pieces: list[str] = []
    while error is not None:
        says = f": {error}" if isinstance(error, (YongwenError, OSError)) else ""
        pieces.append(f"{''.join(traceback.format_tb(error.__traceback__))}{type(error).__name__}{says}")
        error = error.__cause__
    return "\ncaused by\n".join(pieces)
