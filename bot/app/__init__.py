"""The only place where the parts are joined: catalogue, conversation, memory, channels, staff."""

from bot.app.answering import Yongwen, in_memory
from bot.app.exporting import export
from bot.app.gate import CHANNELS, switch_channel, switched_off
from bot.app.interfaces import assist
from bot.app.knowledge_files import (
    build,
    check_danger,
    check_knowledge,
    evaluate,
    fit_confidence,
    list_failures,
    perturb,
)
from bot.app.loading import load_knowledge
from bot.app.messengers import menu
from bot.app.serving import serve, serving

__all__ = [
    "CHANNELS",
    "switch_channel",
    "switched_off",
    "Yongwen",
    "assist",
    "build",
    "check_danger",
    "check_knowledge",
    "evaluate",
    "export",
    "fit_confidence",
    "in_memory",
    "list_failures",
    "load_knowledge",
    "menu",
    "perturb",
    "serve",
    "serving",
]
