"""A backup taken while 甬问 runs, and back: into the same database, an empty one, or PostgreSQL."""

import gzip
from dataclasses import replace
from pathlib import Path

import pytest
from staff.editorial import EDITOR, REVIEWER, Here, built

from bot import config
from bot.app.backups import back_up, restore
from bot.app.databases import second_database
from bot.app.editorial import Editorial, open_editorial
from bot.app.loading import Loader
from bot.app.serving import serving
from bot.catalogue.records import Address
from bot.errors import InputError
from bot.messages import Message
from bot.store.questions import Asked, Questions

pytestmark = pytest.mark.anyio
ASKED = Asked(
    "", 1.0, "2026-11-29", "p", "web", "问", "k", "unanswered", "", 0.0, "", 0, (), release=1, elapsed_us=1
)
LIBRARY = Address("services", "library")


@pytest.fixture
async def settings(tmp_path: Path) -> config.Settings:
    made = replace(await built(tmp_path), privacy_key="k" * 32)
    async with open_editorial(made):
        return made


async def used(settings: config.Settings, path: Path) -> str:
    """A service that is backed up in the middle of a conversation; the id of a draft it holds."""
    async with serving(settings) as running:
        await running.yongwen.answer(Message("/domains", "s", "web", person="p"))
    async with serving(settings), open_editorial(settings) as editorial:
        draft = await editorial.drafts.create(EDITOR, "一份草稿")
        summary = await back_up(settings, path)
        assert summary.rows["service"] == 2
        assert summary.rows["draft"] == summary.rows["conversation"] == 1
    return draft.id


async def holds_it(settings: config.Settings, draft: str) -> None:
    async with serving(settings) as running, open_editorial(settings) as editorial:
        assert (await editorial.drafts.get(draft)).title == "一份草稿"
        chosen = await running.yongwen.answer(Message("1", "s", "web", person="p"))
        assert chosen.topic.startswith("domain/")


async def test_into_empty_databases(settings: config.Settings, tmp_path: Path) -> None:
    file = tmp_path / "backup.gz"
    draft = await used(settings, file)
    assert file.stat().st_mode & 0o077 == 0, "residents' words are for nobody else to read"
    elsewhere = replace(settings, catalogue=tmp_path / "c.sqlite", residents=tmp_path / "new" / "r.sqlite")
    await restore(elsewhere, file)
    assert (await Loader(elsewhere).load())[0] == 1
    await holds_it(elsewhere, draft)


async def test_in_the_place_of_what_came_after(settings: config.Settings, tmp_path: Path) -> None:
    file = tmp_path / "backup.gz"
    draft = await used(settings, file)
    async with open_editorial(settings) as editorial:
        later = await editorial.drafts.create(EDITOR, "später")
    await restore(settings, file)
    await holds_it(settings, draft)
    async with open_editorial(settings) as editorial:
        with pytest.raises(InputError):
            await editorial.drafts.get(later.id)


async def test_a_table_of_more_rows_than_are_read_at_once(settings: config.Settings, tmp_path: Path) -> None:
    asked = [replace(ASKED, id=f"{number:x}", text=f"第{number}问") for number in range(1300)]
    async with open_editorial(settings) as editorial:
        await editorial.accounts.create(EDITOR.name, "一个够长的密码123", EDITOR.role)
        for number in range(700):  # its trail has numbered rows, of which 10 comes before 9
            await editorial.accounts.open_session(EDITOR, f"{number}")
        database = second_database(settings)
        await Questions(database).record(asked)
        await database.dispose()
    file = tmp_path / "backup.gz"
    kept = await back_up(settings, file)
    assert (kept.rows["question"], kept.rows["staff_session"]) == (1300, 700)
    elsewhere = replace(settings, catalogue=tmp_path / "c.sqlite", residents=tmp_path / "r.sqlite")
    assert await restore(elsewhere, file) == kept
    assert await back_up(elsewhere, tmp_path / "again.gz") == kept


async def released(editorial: Editorial, description: str) -> int:
    draft = await editorial.drafts.create(EDITOR, description)
    fields = dict((await editorial.drafts.records(draft.id))[LIBRARY]) | {"description": description}
    draft = await editorial.drafts.save(EDITOR, draft.id, draft.version, {LIBRARY: fields})
    draft = await editorial.reviews.submit(EDITOR, draft.id, draft.version)
    draft = await editorial.reviews.approve(REVIEWER, draft.id, draft.version)
    return (await editorial.publisher.release(REVIEWER, draft.id, draft.version)).number


async def test_a_console_that_runs_meanwhile_does_not_take_a_release_for_one_of_before(
    settings: config.Settings, tmp_path: Path
) -> None:
    file = tmp_path / "backup.gz"
    await back_up(settings, file)
    async with open_editorial(settings, Here()) as editorial:
        assert await released(editorial, "以前的。") == 2
        assert (await editorial.drafts.history.live()).records[LIBRARY]["description"] == "以前的。"
        await restore(settings, file)
        assert await released(editorial, "现在的。") == 2
        assert (await editorial.drafts.history.live()).records[LIBRARY]["description"] == "现在的。"


@pytest.mark.parametrize("harm", ["cut", "changed", "garbled", "empty", "not one", "missing"])
async def test_what_is_not_whole_is_refused_and_nothing_changes(
    settings: config.Settings, tmp_path: Path, harm: str
) -> None:
    file = tmp_path / "backup.gz"
    draft = await used(settings, file)
    if harm == "cut":
        file.write_bytes(file.read_bytes()[:-200])
    elif harm == "changed":
        text = gzip.decompress(file.read_bytes()).decode()
        file.write_bytes(gzip.compress(text.replace("一份草稿", "两份草稿").encode()))
    elif harm == "garbled":
        file.write_bytes(file.read_bytes()[:40] + bytes(range(256)) * 9)
    elif harm == "empty":
        file.write_bytes(gzip.compress(b""))
    elif harm == "not one":
        file.write_text("backup")
    else:
        file.unlink()
    with pytest.raises(InputError) as raised:
        await restore(settings, file)
    assert str(raised.value).startswith(f"{file}: ") and "object" not in str(raised.value)
    await holds_it(settings, draft)


@pytest.mark.parametrize(
    ("place", "said"),
    [("nowhere/backup.gz", "No such file"), ("a-file/backup.gz", "Not a directory"), ("", "directory|busy")],
)
async def test_a_place_that_cannot_be_written_is_told(
    settings: config.Settings, tmp_path: Path, place: str, said: str
) -> None:
    (tmp_path / "a-file").touch()
    with pytest.raises(InputError, match=said):
        await back_up(settings, tmp_path / place)
