"""What a part of the running service is."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.app.answering import Yongwen
from bot.config import Settings
from bot.store.inbox import Inbox

if TYPE_CHECKING:
    from bot.channels.web import BaseRoute


@dataclass(frozen=True)
class Running:
    """What every part of the running service is built on."""

    settings: Settings
    yongwen: Yongwen
    inbox: Inbox


Part = Callable[[Running], "AbstractAsyncContextManager[Sequence[BaseRoute]]"]
"""A part of the service: runs as long as its context is open, and yields its routes on the one server."""
