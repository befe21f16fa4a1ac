"""The parts of the service that programs come in by: the HTTP API, and tools for assistants."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from bot.app.answering import in_memory
from bot.app.live_catalogue import LiveCatalogue
from bot.app.parts import Running, extra
from bot.config import Settings
from bot.errors import InputError, SettingsError

if TYPE_CHECKING:
    from bot.channels.api_keys import Key, KeyRing
    from bot.channels.web import BaseRoute


@asynccontextmanager
async def api(running: Running) -> "AsyncIterator[Sequence[BaseRoute]]":
    """The HTTP API, open to all unless keys are set."""
    from bot.channels.api import ApiBackend, routes

    settings, yongwen = running.settings, running.yongwen
    backend = ApiBackend(
        yongwen.answer, yongwen.alarm, LiveCatalogue(yongwen), yongwen.feedback, yongwen.forget
    )
    yield routes(backend, settings.cors_origins, _ring(running))


@asynccontextmanager
async def assistants(running: Running) -> "AsyncIterator[Sequence[BaseRoute]]":
    """The tools for assistants over HTTP, where that is switched on: for whom the API is open, too."""
    if not running.settings.mcp:
        yield ()
        return
    channel = _mcp()
    server = channel.create_server(running.yongwen.answer, LiveCatalogue(running.yongwen))
    async with channel.over_http(server, _ring(running)) as routes:
        yield routes


async def assist(settings: Settings) -> None:
    """The tools for one assistant, over standard input and output."""
    channel = _mcp()
    yongwen = await in_memory(settings)
    await channel.over_stdio(channel.create_server(yongwen.answer, LiveCatalogue(yongwen)))


def _mcp() -> ModuleType:
    return extra("bot.channels.mcp", "mcp")


def _ring(running: Running) -> "KeyRing | None":
    """Who may call; a key's quota is counted once, wherever it is spent."""
    from bot.channels.api_keys import KeyRing

    path = running.settings.api_keys
    return None if path is None else KeyRing(_keys(path), running.gate.key)


def _keys(path: Path) -> "tuple[Key, ...]":
    from bot.channels.api_keys import read_keys

    try:
        return read_keys(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, InputError) as error:
        raise SettingsError(f"YONGWEN_API_KEYS: {path}: {error}") from error
