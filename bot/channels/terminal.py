"""Chat in a terminal: a line in, the reply out; candidates by their number."""

import contextlib
import sys
from collections.abc import Callable

from bot.channels.base import START, plain
from bot.messages import Answer, Message

_SESSION = "terminal"
_PROMPT = "> "
_LEAVE = frozenset({"exit", "quit", "/quit", "/exit"})


def _reader() -> Callable[[str], str]:
    """`input`, with line editing and history where the system has readline."""
    with contextlib.suppress(ImportError):
        import readline

        readline.set_history_length(500)
    return input


async def chat(answer: Answer, read: Callable[[str], str] | None = None) -> None:
    """Talk until end of input, Ctrl-C, or `exit`."""
    read = read or _reader()
    await _say(answer, START)
    while True:
        try:
            line = read(_PROMPT)
        except (EOFError, KeyboardInterrupt):
            print()
            return
        except UnicodeDecodeError:
            line = ""
        if line.strip().lower() in _LEAVE:
            return
        await _say(answer, line)


async def _say(answer: Answer, text: str) -> None:
    reply = await answer(Message(text, _SESSION, "terminal"))
    print(plain(reply), end="\n\n", flush=True)
    sys.stdout.flush()
