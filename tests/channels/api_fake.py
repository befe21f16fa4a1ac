"""The API round 甬问 as committed, with feedback and forgetting that only keep what they are told."""

from bot.app import Yongwen
from bot.app.shelf import Shelf
from bot.channels.api import Doors, routes
from bot.channels.api_keys import KeyRing
from bot.channels.web import create_app

KNOWN_ANSWER = "known-answer"


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
    doors = Doors(answer or yongwen.answer, Shelf(yongwen), told.judge, told.forget)
    return create_app(doors.answer, routes=routes(doors, origins, keys))
