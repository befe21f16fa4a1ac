"""The catalogue made ready to talk: from nothing, or from the release before and what is new."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from bot.app.databases import catalogue_database, prepare
from bot.config import Settings
from bot.conversation.knowledge import Knowledge
from bot.conversation.learning import restore
from bot.conversation.state import State
from bot.conversation.turn import turn
from bot.errors import StoreError
from bot.messages import Message
from bot.store.reading import (
    ReleaseCache,
    ReleaseMark,
    model_digests,
    newest_mark,
    read_models,
    read_release,
)

_MISTYPED = "pensoin 陪训"  # what sees through slips is made for the first of them


class Loader:
    """Loads the newest release; the next one shares with it all that is the same.

    `mark` tells which it loaded last: None before the first.
    """

    mark: ReleaseMark | None = None

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._cache = ReleaseCache()
        self._learnt: dict[str, str] = {}
        self._live: Knowledge | None = None

    async def load(self) -> tuple[int, Knowledge]:
        """The newest release, by its number and ready to talk. StoreError says what is wrong with it."""
        settings = self._settings
        database = catalogue_database(settings)
        try:
            with uncollected():
                # Before the rest: what takes its place while it is read is another one to whoever looks.
                mark = await newest_mark(database)
                number = mark.number
                catalogue = await read_release(database, number, self._cache)
                learnt = await model_digests(database, number)
                same = {name for name, digest in learnt.items() if self._learnt.get(name) == digest}
                new = {name: digest for name, digest in learnt.items() if name not in same}
                fresh = await read_models(database, number, new)
                self._live = restore(catalogue, fresh, self._live, same)
                self._learnt, self.mark = learnt, mark
                return number, self._live
        except (StoreError, ValueError) as error:
            where = "the database" if settings.database else settings.catalogue
            outdated = isinstance(error, StoreError) and error.outdated
            raise StoreError(f"{where}: {error}", outdated=outdated) from error
        finally:
            await database.dispose()


async def load_knowledge(settings: Settings) -> Knowledge:
    """The newest release, ready to talk; older tables are brought up to date, as `serve` does it.

    StoreError says what is wrong with it.
    """
    loader = Loader(settings)
    try:
        return (await loader.load())[1]
    except StoreError as error:  # to look first would cost every question what only an old file needs
        if not error.outdated:
            raise
        await prepare(settings)
        return (await loader.load())[1]


def warm(knowledge: Knowledge, *, wholly: bool = True) -> None:
    """Make what the first questions would wait for: one is asked, and after its answer two more; if not
    `wholly`, only what every question needs.
    """
    asked = next((p for s in knowledge.catalogue.services for p in s.phrasings), "?")
    followed = next((p for f in knowledge.catalogue.followups for p in f.phrasings), asked)
    state = turn(Message(asked), State(), knowledge).state
    if not wholly:
        return
    for text in (followed, _MISTYPED):
        turn(Message(text), state, knowledge)
    _ = knowledge.calm  # what is compared with a message that may be a cry for help
    _ = knowledge.restorer  # what finds the letter that was left out


@contextmanager
def uncollected() -> Iterator[None]:
    """What is made in here stays: Python's collector need not look through it, now or later.

    A release is some hundred thousand objects; looking through them would stop all answering for half a
    second. What a release no longer holds goes all the same, as nothing in it points in a circle.
    """
    before = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if before:
            gc.enable()
