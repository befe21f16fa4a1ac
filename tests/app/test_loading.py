"""A release loaded after another: ready sooner, and in nothing different from one loaded by itself."""

import contextlib
import gc
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import tiny_knowledge
from older import downgrade
from tiny_knowledge import TODAY, tiny

from bot import config
from bot.app import databases
from bot.app.loading import Loader, load_knowledge, uncollected
from bot.catalogue.model import Catalogue
from bot.conversation.knowledge import Knowledge
from bot.conversation.learning import models, prepare
from bot.errors import StoreError
from bot.matching.stored import unpack
from bot.store.catalogue import build_file, write_release
from bot.store.database import Database, open_database, sqlite_url

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    found = tiny_knowledge.checked(tiny()).catalogue
    assert found is not None
    return found


@pytest.fixture
async def settings(tmp_path: Path, catalogue: Catalogue) -> config.Settings:
    where = replace(config.load({}), catalogue=tmp_path / "services.sqlite")
    await build_file(where.catalogue, catalogue, models(prepare(catalogue)), "tiny")
    return where


@pytest.fixture
async def database(settings: config.Settings) -> AsyncIterator[Database]:
    made = open_database(sqlite_url(settings.catalogue), journal="DELETE")
    yield made
    await made.dispose()


async def next_one(database: Database, loader: Loader, catalogue: Catalogue) -> Knowledge:
    learnt = models(prepare(catalogue))
    number = await write_release(database, catalogue, learnt, TODAY + timedelta(1), "")
    found, knowledge = await loader.load()
    assert found == number
    assert knowledge.catalogue == catalogue
    assert {name: unpack(data) for name, data in models(knowledge).items()} == {
        name: unpack(data) for name, data in learnt.items()
    }
    return knowledge


async def test_what_was_learnt_the_same_is_not_read_again(
    settings: config.Settings, database: Database, catalogue: Catalogue
) -> None:
    loader = Loader(settings)
    _, before = await loader.load()
    reply = catalogue.model_copy(update={"replies": {**catalogue.replies, "greeting": "侬好"}})
    after = await next_one(database, loader, reply)
    assert (after.topics, after.alarm, after.leaning) == (before.topics, before.alarm, before.leaning)
    assert after.topics is before.topics
    assert after.lookup.say("greeting") == "侬好"


async def test_what_differs_is_as_if_it_were_loaded_by_itself(
    settings: config.Settings, database: Database, catalogue: Catalogue
) -> None:
    loader = Loader(settings)
    _, before = await loader.load()
    first, *others = catalogue.services
    worded = first.model_copy(update={"phrasings": (*first.phrasings, "开饭了没")})
    after = await next_one(database, loader, catalogue.model_copy(update={"services": (worded, *others)}))
    assert after.topics is not before.topics
    named = first.model_copy(update={"name": "社区大食堂"})
    after = await next_one(database, loader, catalogue.model_copy(update={"services": (named, *others)}))
    assert after.topics.lexicon is after.alarm.lexicon
    assert "社区大食堂" in after.topics.lexicon.cut("社区大食堂在哪里")
    again = await next_one(database, loader, catalogue)
    assert "社区大食堂" not in again.topics.lexicon.cut("社区大食堂在哪里")


async def test_python_does_not_look_through_a_release_again_and_again(settings: config.Settings) -> None:
    before = gc.get_freeze_count()
    await Loader(settings).load()
    assert gc.get_freeze_count() > before
    assert gc.isenabled()


def test_the_collector_goes_on_whatever_happens() -> None:
    with pytest.raises(ValueError, match="x"), uncollected():
        raise ValueError("x")
    assert gc.isenabled()


async def test_a_file_of_the_version_before_is_brought_up_to_date_before_it_is_served(
    settings: config.Settings, database: Database, catalogue: Catalogue
) -> None:
    async with database.write() as connection:
        await connection.run_sync(downgrade, "catalogue", "0002")
    with pytest.raises(StoreError, match="of another version"):
        await Loader(settings).load()
    await databases.prepare(settings)
    assert (await Loader(settings).load())[1].catalogue == catalogue


async def test_a_single_question_brings_an_older_file_up_to_date_too(
    settings: config.Settings, database: Database, catalogue: Catalogue
) -> None:
    async with database.write() as connection:
        await connection.run_sync(downgrade, "catalogue", "0002")
    assert (await load_knowledge(settings)).catalogue == catalogue


async def test_an_older_file_that_may_not_be_written_is_told_of(
    settings: config.Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.write() as connection:
        await connection.run_sync(downgrade, "catalogue", "0002")

    async def read_only(database: Database, name: str) -> None:
        raise StoreError("attempt to write a readonly database")

    monkeypatch.setattr(databases, "migrate", read_only)
    with pytest.raises(StoreError, match="of another version"):
        await load_knowledge(settings)


async def test_the_file_of_another_program_is_left_as_it_is(settings: config.Settings) -> None:
    settings.catalogue.unlink()
    with contextlib.closing(sqlite3.connect(settings.catalogue)) as other:
        other.execute("create table theirs (a)")
    before = settings.catalogue.read_bytes()
    with pytest.raises(StoreError, match="of another version, or no catalogue"):
        await load_knowledge(settings)
    assert settings.catalogue.read_bytes() == before
