"""What a page shows again after a reload: the last exchanges of each session, for a while."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from bot.channels.one_by_one import OneByOne
from bot.channels.web_reply import Shown, shown
from bot.messages import Button, Reply

MOST_EXCHANGES = 20
MOST_SESSIONS = 1000
_LONGEST_SAID = 600


class Exchange(NamedTuple):
    """What the resident said (or the label of the button pressed), the reply, and what they thought of it."""

    said: str
    shown: Shown
    verdict: str = ""


class SessionStore(Protocol):
    """Where exchanges are kept, as JSON data, until they expire."""

    async def load(self, session: str) -> list[dict[str, Any]]:
        """The exchanges of a session, oldest first; none where there are none."""

    async def save(self, session: str, exchanges: Sequence[dict[str, Any]]) -> None:
        """Keep a session's exchanges in place of those before."""

    async def forget(self, session: str) -> None:
        """Drop a session's exchanges."""


class SessionsInMemory:
    """For a page that stands alone. The session used longest ago makes room."""

    def __init__(self) -> None:
        self._kept: dict[str, list[dict[str, Any]]] = {}

    async def load(self, session: str) -> list[dict[str, Any]]:
        """The exchanges of a session, oldest first."""
        return self._kept.get(session, [])

    async def save(self, session: str, exchanges: Sequence[dict[str, Any]]) -> None:
        """Keep a session's exchanges in place of those before."""
        await self.forget(session)
        self._kept[session] = list(exchanges)
        if len(self._kept) > MOST_SESSIONS:
            del self._kept[next(iter(self._kept))]

    async def forget(self, session: str) -> None:
        """Drop a session's exchanges."""
        self._kept.pop(session, None)


class Sessions:
    """Exchanges by session key; of what was said, only what `mask` leaves of it is kept.

    `turns`, by session key, keep what is forgotten from coming back with an answer that was under way.
    """

    def __init__(self, store: SessionStore | None = None, mask: Callable[[str], str] = str) -> None:
        self._store = store or SessionsInMemory()
        self._mask = mask
        self.turns = OneByOne()

    async def exchanges(self, key: str) -> tuple[Exchange, ...]:
        """The exchanges of a session, oldest first; empty where there are none or they have expired."""
        return tuple(_exchange(data) for data in await self._store.load(key))

    def as_kept(self, said: str) -> str:
        """What was said as it is shown again: masked, a very long question shortened."""
        masked = self._mask(said)
        return f"{masked[:_LONGEST_SAID]}…" if len(said) > _LONGEST_SAID else masked

    async def add(self, key: str, said: str, reply: Reply) -> None:
        """Keep one more exchange."""
        before = await self._store.load(key)
        await self._store.save(key, [*before, _data(self.as_kept(said), reply)][-MOST_EXCHANGES:])

    async def judge(self, key: str, answer_id: str, verdict: str) -> None:
        """Remember what a session thought of an answer."""
        kept = await self._store.load(key)
        if any(data["answer_id"] == answer_id for data in kept):
            judged = [{**d, "verdict": verdict} if d["answer_id"] == answer_id else d for d in kept]
            await self._store.save(key, judged)

    async def forget(self, key: str) -> None:
        """Drop a session's exchanges."""
        await self._store.forget(key)


def _data(said: str, reply: Reply) -> dict[str, Any]:
    laid_out = shown(reply, said)
    return {
        "said": said,
        "text": reply.text,
        "status": reply.status,
        "buttons": [[button.label, button.text] for button in reply.buttons],
        "phones": list(reply.phones),
        "answer_id": laid_out.answer_id,
        "asks": laid_out.asks,
        "verdict": "",
    }


def _exchange(data: Mapping[str, Any]) -> Exchange:
    buttons = tuple(Button(label, text) for label, text in data["buttons"])
    phones = tuple(data["phones"])
    laid_out = shown(Reply(data["text"], data["status"], buttons=buttons, phones=phones))
    again = laid_out._replace(answer_id=data["answer_id"], asks=data["asks"])
    return Exchange(data["said"], again, data["verdict"])
