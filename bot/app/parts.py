"""What a part of the running service is."""

import importlib
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING

from bot.app.answering import Yongwen
from bot.app.gate import Gate
from bot.app.metrics import Metrics
from bot.channels.web_session import Sessions
from bot.config import Settings
from bot.errors import ChannelError, SettingsError
from bot.store.inbox import InboxStore
from bot.store.switches import Switches

if TYPE_CHECKING:
    from bot.channels.web import BaseRoute


@dataclass(frozen=True)
class Running:
    """What every part of the running service is built on."""

    settings: Settings
    yongwen: Yongwen
    inbox: InboxStore
    gate: Gate
    switches: Switches
    metrics: Metrics
    sessions: Sessions


ServicePart = Callable[[Running], "AbstractAsyncContextManager[Sequence[BaseRoute]]"]
"""A part of the service: runs as long as its context is open, and yields its routes on the one server."""


def extra(module: str, name: str) -> ModuleType:
    """A module of ours that needs an extra. ChannelError names the extra where it is not installed."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise ChannelError(
            f"the package {error.name} is missing, of the extra {name}: python3 scripts/bootstrap.py extras"
        ) from error


def whole(settings: Settings, *keys: str) -> bool:
    """Whether all these settings are there. SettingsError where only some are."""
    missing = [key for key in keys if not getattr(settings, key)]
    if missing and len(missing) < len(keys):
        named = ", ".join(f"YONGWEN_{key.upper()}" for key in missing)
        there = ", ".join(f"YONGWEN_{key.upper()}" for key in keys if key not in missing)
        raise SettingsError(f"{named}: missing, and needed beside {there}")
    return not missing
