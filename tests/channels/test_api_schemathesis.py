"""The API against its own OpenAPI document: generated requests, good and bad, and every reply checked."""

import pytest
from api_fake import Told, server
from hypothesis import HealthCheck, settings

from bot.app import Yongwen
from bot.app.memory import Memory
from bot.store.conversations import ConversationsInMemory

schemathesis = pytest.importorskip("schemathesis", reason="needs the Python package schemathesis")

OPERATIONS = 8
FEWEST = 250
sent: dict[str, int] = {}


class Later:
    """甬问 that gets its knowledge when tests run; schemathesis wants the document before that."""

    release = 1
    yongwen: Yongwen

    @property
    def knowledge(self):
        return self.yongwen.knowledge

    @property
    def today(self):
        return self.yongwen.today

    async def alarm(self, message):
        return await self.yongwen.alarm(message)

    async def answer(self, message):
        return await self.yongwen.answer(message)


later = Later()
schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", server(later, Told()))


@pytest.fixture(autouse=True)
def known(knowledge):
    later.yongwen = Yongwen(knowledge, Memory(ConversationsInMemory()))


@schema.parametrize()
@settings(
    max_examples=15, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)
def test_every_reply_is_as_described(case):
    case.call_and_validate()
    name = f"{case.method} {case.path}"
    sent[name] = sent.get(name, 0) + 1


def test_every_operation_was_tried_often():
    assert len({name.partition(" ")[2] for name in sent}) == OPERATIONS, sent
    assert sum(sent.values()) >= FEWEST, sent
