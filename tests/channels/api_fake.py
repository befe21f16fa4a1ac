"""The API round 甬问 as committed, with feedback and forgetting that only keep what they are told."""

from bot.app import Yongwen
from bot.app.live_catalogue import LiveCatalogue
from bot.channels.api import ApiBackend, routes
from bot.channels.api_keys import KeyRing
from bot.channels.web import create_app

KNOWN_ANSWER = "q_vKiDJB"


class Told:
    """Feedback given and people forgotten."""

    def __init__(self):
        self.verdicts = []
        self.forgotten = []

    async def judge(self, answer_id, verdict, comment):
        self.verdicts.append((answer_id, verdict, comment))
        return answer_id == KNOWN_ANSWER

    async def forget(self, channel, person):
        self.forgotten.append((channel, person))


def server(yongwen: Yongwen, told: Told, origins=(), keys: KeyRing | None = None, answer=None):
    """The whole server, with the API mounted on it."""
    backend = ApiBackend(
        answer or yongwen.answer, yongwen.alarm, LiveCatalogue(yongwen), told.judge, told.forget
    )
    return create_app(backend.answer, routes=routes(backend, origins, keys))
