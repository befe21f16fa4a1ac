"""A full disk, files that may not be written, two at once, SIGKILL: clear words, and nothing lost."""

import asyncio
import os
import re
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from editorial import EDITOR, REVIEWER, Here, built, opened, settings

from bot.app.editorial import Editorial
from bot.catalogue.records import Address
from bot.config import ROOT
from bot.errors import ConflictError, StoreError
from bot.store.drafts import Draft
from scripts.killing import release_faults

pytestmark = pytest.mark.anyio
LIBRARY = Address("services", "library")


async def saved(editorial: Editorial, text: str) -> Draft:
    draft = await editorial.drafts.create(EDITOR, text)
    fields = dict((await editorial.drafts.records(draft.id))[LIBRARY]) | {"description": text}
    return await editorial.drafts.save(EDITOR, draft.id, 0, {LIBRARY: fields})


async def approved(editorial: Editorial, text: str) -> Draft:
    draft = await saved(editorial, text)
    await editorial.reviews.submit(EDITOR, draft.id, draft.version)
    return await editorial.reviews.approve(REVIEWER, draft.id, draft.version)


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """What a full disk is like: no file grows beyond a size."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_full_disk_stops_a_release_in_clear_words_and_the_next_try_succeeds(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as editorial:
        draft = await approved(editorial, "新写的。")
        with files_no_larger_than(8192), pytest.raises(StoreError, match="disk"):
            await editorial.publisher.release(REVIEWER, draft.id, draft.version)
        assert await editorial.drafts.history.newest() == 1
    async with opened(tmp_path) as editorial:
        assert (await editorial.drafts.get(draft.id)).state == "approved"
        assert (await editorial.publisher.release(REVIEWER, draft.id, draft.version)).number == 2


async def test_a_disk_that_fills_up_just_after_a_release_takes_nothing_back(tmp_path: Path) -> None:
    async with opened(tmp_path) as editorial:
        draft = await approved(editorial, "新写的。")
        with closing(sqlite3.connect(settings(tmp_path).residents)) as second, second:
            full = "begin select raise(abort, 'database or disk is full'); end"
            second.execute(f"create trigger full before update on draft {full}")
        assert (await editorial.publisher.release(REVIEWER, draft.id, draft.version)).number == 2
        assert (await editorial.drafts.get(draft.id)).state == "released"
        with closing(sqlite3.connect(settings(tmp_path).residents)) as second, second:
            second.execute("drop trigger full")
        assert (await editorial.drafts.get(draft.id)).released_as == 2
    with closing(sqlite3.connect(settings(tmp_path).residents)) as second:
        assert second.execute("select state, released_as from draft").fetchall() == [("released", 2)]


async def test_a_full_disk_loses_no_draft_that_was_confirmed(tmp_path: Path) -> None:
    async with opened(tmp_path) as editorial:
        kept = await saved(editorial, "先写的。")
        refused = 0
        with files_no_larger_than((tmp_path / "second.sqlite-wal").stat().st_size + 20_000):
            for number in "甲乙丙丁戊己":
                try:
                    kept = await saved(editorial, f"{number}。")
                except StoreError as error:
                    assert "disk" in str(error)
                    refused += 1
        assert refused
    async with opened(tmp_path) as editorial:
        assert (await editorial.drafts.records(kept.id))[LIBRARY]["description"] != "借书也免费。"
        assert (await saved(editorial, "又有地方了。")).version == 1


@contextmanager
def nobody() -> Iterator[None]:
    """As a user to whom the bits of a file apply: they do not apply to root."""
    mine = os.geteuid()
    if mine == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(mine)


async def test_a_catalogue_that_may_not_be_written_is_named_and_stays_as_it_was(tmp_path: Path) -> None:
    async with opened(tmp_path) as editorial:
        draft = await approved(editorial, "新写的。")
        for folder in (tmp_path, *tmp_path.parents[:3]):
            if folder.stat().st_uid == os.geteuid() and folder != Path("/tmp"):
                folder.chmod(0o755)
        for name in ("second.sqlite", "second.sqlite-wal", "second.sqlite-shm"):
            (tmp_path / name).chmod(0o666)
        settings(tmp_path).catalogue.chmod(0o444)
    before = settings(tmp_path).catalogue.read_bytes()
    with nobody(), pytest.raises(StoreError, match="writable|may not be read"):
        async with opened(tmp_path) as editorial:
            await editorial.publisher.release(REVIEWER, draft.id, draft.version)
    assert settings(tmp_path).catalogue.read_bytes() == before


async def test_of_two_consoles_releasing_at_once_one_wins_and_the_other_is_told(tmp_path: Path) -> None:
    await built(tmp_path)
    async with opened(tmp_path, run=Here()) as one, opened(tmp_path, run=Here()) as two:
        first, second = await approved(one, "一。"), await approved(two, "二。")
        ends = await asyncio.gather(
            one.publisher.release(REVIEWER, first.id, first.version),
            two.publisher.release(REVIEWER, second.id, second.version),
            return_exceptions=True,
        )
        told = [e for e in ends if isinstance(e, ConflictError)]
        assert len(told) == 1, ends
        assert [r.number for r in await one.drafts.history.all()] == [2, 1]
        states = {(await one.drafts.get(d.id)).state for d in (first, second)}
        assert states == {"released", "approved"}


async def test_half_of_what_was_saved_together_is_told_from_the_first_release_brought_back(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as editorial:
        draft = await approved(editorial, "只写了一半。")
        half = (await editorial.publisher.release(REVIEWER, draft.id, draft.version)).number
        back = (await editorial.publisher.roll_back(REVIEWER, 1, "还是原来的好。")).number
        wrong = [await release_faults(editorial, number) for number in (1, half, back)]
    assert wrong == [[], [f"release {half} has half of what was saved together"], []]


def test_killed_at_random_moments_nothing_is_half_and_nothing_lost() -> None:
    """A few of the 200 kills of scripts/kills; every process must start, so it takes some seconds."""
    run = subprocess.run(
        [sys.executable, "scripts/killing.py", "8", "5"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "8 kills" in run.stdout
    assert re.search(r"^ +0 wrong$", run.stdout, re.MULTILINE)
    assert not re.search(r"^ +0 confirmed saves$", run.stdout, re.MULTILINE)
