"""Both kinds of store for where conversations stand."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.store import database as databases
from bot.store.conversations import Conversations, ConversationsInMemory, WrittenBehind
from bot.store.database import Database, open_database, sqlite_url
from bot.store.migrate import migrate

pytestmark = pytest.mark.anyio
STATE = {"topics": ["dibao"], "question": "低保", "choices": [], "kind": "policy"}


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    made = open_database(sqlite_url(tmp_path / "residents.sqlite"))
    await migrate(made, "residents")
    yield made
    await made.dispose()


Store = Conversations | ConversationsInMemory | WrittenBehind


@pytest.fixture(params=["file", "memory", "behind"])
def store(request: pytest.FixtureRequest, database: Database) -> Store:
    file = Conversations(database)
    stores: dict[str, Store] = {
        "file": file,
        "memory": ConversationsInMemory(),
        "behind": WrittenBehind(file),
    }
    return stores[request.param]


async def test_nothing_is_kept_at_first(store: Store) -> None:
    assert await store.load("a", 0) == {}


async def test_a_state_is_kept_until_it_expires(store: Store) -> None:
    await store.save("a", STATE, 100.0)
    assert await store.load("a", 99.9) == STATE
    assert await store.load("a", 100.0) == {}
    assert await store.load("b", 0) == {}


async def test_a_state_is_replaced(store: Store) -> None:
    await store.save("a", STATE, 100.0)
    await store.save("a", {"topics": []}, 200.0)
    assert await store.load("a", 150.0) == {"topics": []}


async def test_the_expired_are_forgotten_and_the_others_stay(store: Store) -> None:
    await store.save("old", STATE, 100.0)
    await store.save("new", STATE, 200.0)
    await store.forget_expired(100.0)
    assert await store.load("old", 0) == {}
    assert await store.load("new", 0) == STATE


async def test_memory_is_bounded_and_forgets_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ConversationsInMemory, "MOST", 3)
    store = ConversationsInMemory()
    for key in "abc":
        await store.save(key, STATE, 100.0)
    await store.save("a", STATE, 100.0)
    await store.save("d", STATE, 100.0)
    kept = [key for key in "abcd" if await store.load(key, 0)]
    assert kept == ["a", "c", "d"]


async def test_a_state_survives_a_restart(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "residents.sqlite")
    for turn in range(2):
        database = open_database(url)
        await migrate(database, "residents")
        store = Conversations(database)
        assert await store.load("a", 0) == (STATE if turn else {})
        await store.save("a", STATE, 100.0)
        await database.dispose()


async def test_migrating_a_current_file_changes_nothing(database: Database, tmp_path: Path) -> None:
    await Conversations(database).save("a", STATE, 100.0)
    before = dump(tmp_path / "residents.sqlite")
    await migrate(database, "residents")
    assert dump(tmp_path / "residents.sqlite") == before
    assert any("alembic_version" in line for line in before)


def dump(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


async def test_a_file_locked_by_another_is_named(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "_BUSY_SECONDS", 0.05)
    impatient = open_database(sqlite_url(tmp_path / "residents.sqlite"))
    other = sqlite3.connect(tmp_path / "residents.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(StoreError, match="conversations: database is locked .* try again"):
            await Conversations(impatient).save("a", STATE, 100.0)
    finally:
        other.close()
        await impatient.dispose()


async def test_a_read_only_file_is_named(database: Database, tmp_path: Path) -> None:
    await database.dispose()
    reader = open_database(sqlite_url(tmp_path / "residents.sqlite", read_only=True))
    try:
        with pytest.raises(StoreError, match="readonly database .* make the file and its folder writable"):
            await Conversations(reader).save("a", STATE, 100.0)
    finally:
        await reader.dispose()


async def test_many_at_once_lose_nothing(database: Database) -> None:
    import anyio

    store = Conversations(database)
    async with anyio.create_task_group() as group:
        for number in range(20):
            group.start_soon(store.save, str(number), {"n": number}, 100.0)
    assert [await store.load(str(n), 0) for n in range(20)] == [{"n": n} for n in range(20)]


async def test_what_is_written_behind_is_known_at_once_and_in_the_file_after_a_flush(
    database: Database,
) -> None:
    file = Conversations(database)
    behind = WrittenBehind(file)
    await behind.save("a", STATE, 100.0)
    assert await behind.load("a", 0) == STATE
    assert await file.load("a", 0) == {}
    await behind.flush()
    assert await file.load("a", 0) == STATE
    assert await WrittenBehind(file).load("a", 0) == STATE


async def test_whom_one_forgets_is_not_written_behind(database: Database) -> None:
    file = Conversations(database)
    behind = WrittenBehind(file)
    await behind.save("old", STATE, 100.0, "fang")
    await behind.flush()
    await behind.save("new", STATE, 100.0, "fang")
    await behind.save("other", STATE, 100.0, "lin")
    await behind.forget("fang")
    await behind.flush()
    for store in (behind, file):
        assert [await store.load(key, 0) for key in ("old", "new", "other")] == [{}, {}, STATE]


async def test_what_could_not_be_written_is_written_later(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = Conversations(database)
    behind = WrittenBehind(file)
    await behind.save("a", STATE, 100.0)

    async def away(kept: object) -> None:
        raise StoreError("away")

    with monkeypatch.context() as patched:
        patched.setattr(file, "save_all", away)
        await behind.flush()
    assert await behind.load("a", 0) == STATE
    await behind.save("a", {"topics": []}, 100.0)
    await behind.flush()
    assert await file.load("a", 0) == {"topics": []}


async def test_what_the_file_does_not_hold_is_not_looked_for_in_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ConversationsInMemory, "MOST", 2)
    file, read = Conversations(database), []
    await file.save("before", STATE, 100.0)
    load = file.load

    async def counted(key: str, now: float) -> object:
        read.append(key)
        return await load(key, now)

    monkeypatch.setattr(file, "load", counted)
    behind = WrittenBehind(file)
    assert await behind.load("new", 0) == {}
    assert await behind.load("before", 0) == STATE
    for key in "abc":
        await behind.save(key, STATE, 100.0)
        await behind.flush()
    assert [await behind.load(key, 0) for key in "abc"] == [STATE] * 3
    assert read == ["before", "a"], "what memory has no room for"
    await behind.save("d", STATE, 200.0)
    await behind.forget_expired(100.0)
    assert [await behind.load(key, 100) for key in ("before", "a", "d")] == [{}, {}, STATE]
    assert read == ["before", "a"], "what is gone is known to be gone"
