"""The staff's rooms over a tiny knowledge, on databases of their own; learning runs right here."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

from tiny_knowledge import TODAY, Files, tiny

from bot import config
from bot.app.office import Office, office
from bot.catalogue.check import check
from bot.catalogue.model import Catalogue
from bot.conversation.knowledge import models, prepare
from bot.staff.accounts import Account
from bot.staff.files import parse_all, source
from bot.staff.gate import Base, Examples, Judged, Progress, judge_release, learn
from bot.staff.whatif import Tried, try_out
from bot.store.catalogue import build_file, start_of
from bot.store.sources import Source

NOON = start_of(TODAY) + 12 * 3600
EDITOR = Account("bian", "editor", False, 0.0)
SECOND = Account("bian2", "editor", False, 0.0)
REVIEWER = Account("shen", "reviewer", False, 0.0)
ADMIN = Account("guan", "admin", False, 0.0)


class Here:
    """Learning in this very process; it counts."""

    def __init__(self) -> None:
        self.judged = self.learnt = 0

    async def judge(self, base: Base, catalogue: Catalogue, examples: Examples, progress: Progress) -> Judged:
        self.judged += 1
        return judge_release(base, catalogue, examples, progress)

    async def learn(self, catalogue: Catalogue, progress: Progress) -> dict[str, bytes]:
        self.learnt += 1
        return learn(catalogue, progress)

    async def try_out(
        self,
        base: Base,
        catalogue: Catalogue,
        logged: Sequence[tuple[str, int]],
        examples: Examples,
        progress: Progress,
    ) -> Tried:
        return try_out(base, catalogue, logged, examples, progress)


class Clock:
    now = NOON

    def __call__(self) -> float:
        return self.now


def settings(folder: Path) -> config.Settings:
    return replace(config.load({}), catalogue=folder / "services.sqlite", residents=folder / "second.sqlite")


@cache
def _learnt(files: tuple[tuple[str, str], ...]) -> tuple[Catalogue, dict[str, bytes], dict[str, Source]]:
    texts = dict(sorted(files))
    documents, faults = parse_all(texts)
    checked = check(documents, TODAY)
    assert not faults and not checked.faults and checked.catalogue
    sources = {d.path: source(d, texts[d.path]) for d in documents}
    return checked.catalogue, models(prepare(checked.catalogue)), sources


async def built(folder: Path, files: Files | None = None) -> config.Settings:
    """A catalogue file with the tiny knowledge as release 1."""
    catalogue, learnt, sources = _learnt(tuple((files or tiny()).items()))
    where = settings(folder)
    await build_file(where.catalogue, catalogue, learnt, "knowledge/", sources)
    return where


@asynccontextmanager
async def opened(
    folder: Path, clock: Clock | None = None, learning: Here | None = None
) -> AsyncIterator[Office]:
    """The rooms, with a release 1 where there was none."""
    where = settings(folder)
    if not where.catalogue.exists():
        await built(folder)
    async with office(where, learning or Here()) as rooms:
        rooms.desk._clock = rooms.press._clock = clock or Clock()
        yield rooms
