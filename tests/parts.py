"""A running service for the test of one part of it: what that part does not use is left out."""

from dataclasses import fields
from typing import Any

from bot.app import Yongwen
from bot.app.gate import Gate, InMemoryCounter
from bot.app.parts import Running
from bot.config import Settings


def running(settings: Settings, yongwen: Yongwen, **used: Any) -> Running:
    """The service with these settings, and of its other parts only those given; a gate that lets all in."""
    made = {"settings": settings, "yongwen": yongwen, "gate": Gate(InMemoryCounter())}
    return Running(**{f.name: None for f in fields(Running)} | made | used)
