"""The parts of the service that programs come in by: the HTTP API."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bot.app.parts import Running
from bot.app.shelf import Shelf
from bot.errors import InputError, SettingsError

if TYPE_CHECKING:
    from bot.channels.api_keys import Key
    from bot.channels.web import BaseRoute


@asynccontextmanager
async def api(running: Running) -> "AsyncIterator[Sequence[BaseRoute]]":
    """The HTTP API, open to all unless keys are set."""
    from bot.channels.api import Doors, mounted
    from bot.channels.api_keys import Gate

    settings, yongwen = running.settings, running.yongwen
    keys = settings.api_keys
    gate = None if keys is None else Gate(_keys(keys))
    doors = Doors(yongwen.answer, Shelf(yongwen), yongwen.feedback, yongwen.forget)
    yield (mounted(doors, settings.cors_origins, gate),)


def _keys(path: Path) -> "tuple[Key, ...]":
    from bot.channels.api_keys import read_keys

    try:
        return read_keys(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, InputError) as error:
        raise SettingsError(f"YONGWEN_API_KEYS: {path}: {error}") from error
