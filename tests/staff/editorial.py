"""What staff work with over a tiny knowledge, on databases of their own; learning runs right here."""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from tiny_knowledge import TODAY, Files, tiny

from bot import config
from bot.app.editorial import Editorial, open_editorial
from bot.catalogue.check import check
from bot.catalogue.model import Catalogue
from bot.conversation.learning import models, prepare
from bot.local_time import start_of
from bot.staff.accounts import Account
from bot.staff.files import parse_all, source
from bot.staff.progress import Progress, unreported
from bot.staff.workers import Runner
from bot.store.catalogue import build_file
from bot.store.sources import SourceFile

T = TypeVar("T")
NOON = start_of(TODAY) + 12 * 3600
EDITOR = Account("bian", "editor", False, 0.0)
SECOND = Account("bian2", "editor", False, 0.0)
REVIEWER = Account("shen", "reviewer", False, 0.0)
ADMIN = Account("guan", "admin", False, 0.0)


class Here:
    """Runs heavy work in this very process, and counts by name what was run."""

    def __init__(self) -> None:
        self.ran: Counter[str] = Counter()

    async def __call__(
        self,
        work: Callable[..., T],
        *arguments: Any,
        progress: Progress = unreported,
        memory: int | None = None,
    ) -> T:
        self.ran[work.__name__] += 1
        return work(*arguments, progress)


class Clock:
    now = NOON

    def __call__(self) -> float:
        return self.now


def settings(folder: Path) -> config.Settings:
    return replace(config.load({}), catalogue=folder / "services.sqlite", residents=folder / "second.sqlite")


@cache
def _learnt(files: tuple[tuple[str, str], ...]) -> tuple[Catalogue, dict[str, bytes], dict[str, SourceFile]]:
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
    folder: Path, clock: Clock | None = None, run: Runner | None = None
) -> AsyncIterator[Editorial]:
    """The parts, with a release 1 where there was none."""
    where = settings(folder)
    if not where.catalogue.exists():
        await built(folder)
    async with open_editorial(where, run or Here(), clock or Clock()) as editorial:
        yield editorial
