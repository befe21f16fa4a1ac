"""Keep the bot's token, and what residents write, out of the log."""

import logging
import re

_TOKEN = re.compile(r"(?<=bot)\d+:[\w-]+|\b\d{6,}:[\w-]{30,}")
_QUIET = {
    "httpx": logging.WARNING,  # names every address it calls, token and all
    "httpcore": logging.WARNING,
    "telegram": logging.INFO,  # at DEBUG prints whole updates
}


def redact(text: str) -> str:
    """The text with every bot token in it made unreadable."""
    return _TOKEN.sub("<token>", text)


class Redaction(logging.Filter):
    """Lets every record pass, without tokens: neither in its message nor in its traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Redact a record in place; always True."""
        message = record.getMessage()
        if _TOKEN.search(message):
            record.msg, record.args = redact(message), ()
        if record.exc_info:
            trace = record.exc_text or logging.Formatter().formatException(record.exc_info)
            if _TOKEN.search(trace):
                # A formatter prints this text instead of making its own from the exception.
                record.exc_text = redact(trace)
        return True


_REDACTION = Redaction()


def protect_log() -> None:
    """Quieten the libraries that print addresses or updates, redact on every handler of the root logger."""
    for name, level in _QUIET.items():
        logger = logging.getLogger(name)
        logger.setLevel(max(level, logger.getEffectiveLevel()))
    for handler in (*logging.getLogger().handlers, logging.lastResort):
        if handler is not None:
            handler.addFilter(_REDACTION)
