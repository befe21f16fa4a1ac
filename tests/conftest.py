"""What every test shares: the catalogue as committed, made ready once, and no network."""

import logging
import socket
from collections.abc import Iterator
from datetime import date

import pytest

from bot import config
from bot.app import Yongwen, load_knowledge
from bot.app.memory import Memory
from bot.catalogue.check import Checked
from bot.conversation.knowledge import Knowledge
from bot.local_time import start_of
from bot.staff.building import checked_files
from bot.store.conversations import ConversationsInMemory

VERIFIED = date(2026, 11, 23)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
async def knowledge(anyio_backend: str) -> Knowledge:
    return await load_knowledge(config.load({}))


@pytest.fixture(scope="session")
def real() -> Checked:
    """The knowledge folder, read and checked once, as of the day its contacts were verified."""
    return checked_files(config.load({}).knowledge, VERIFIED)


@pytest.fixture
def yongwen(knowledge: Knowledge) -> Yongwen:
    """It answers from the catalogue as of that day: later its text is withheld until it is verified again."""
    return Yongwen(knowledge, Memory(ConversationsInMemory()), lambda: start_of(VERIFIED))


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """Take away the log handlers a command put up: their stream is closed when its test is over."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    for handler in list(root.handlers):
        if handler not in before and not type(handler).__module__.startswith("_pytest"):
            root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture(autouse=True)
def only_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that leaves this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if host and host not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test tried to reach {address!r}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
