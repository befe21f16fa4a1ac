"""services.sqlite: equal to knowledge/, whole, open to plain SQL, and clear about what is wrong with it."""

import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import tiny_knowledge
from older import downgrade
from sqlalchemy import String
from tiny_knowledge import TODAY, tiny

from bot import app, config
from bot.catalogue.check import Checked
from bot.catalogue.model import Catalogue, Figure, Record
from bot.catalogue.shapes import SHAPES
from bot.conversation.learning import models, prepare
from bot.errors import ConflictError, KnowledgeError, StoreError
from bot.matching.stored import unpack
from bot.staff import building
from bot.store import catalogue as store
from bot.store import database as databases
from bot.store import schema
from bot.store.catalogue import write_release
from bot.store.database import Database, open_database, sqlite_url
from bot.store.migrate import migrate
from bot.store.reading import TABLES, ReleaseCache, newest_release, read_models, read_release

pytestmark = pytest.mark.anyio
COMMITTED = config.load({}).catalogue


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    found = tiny_knowledge.checked(tiny()).catalogue
    assert found is not None
    return found


@pytest.fixture(scope="module")
def learnt(catalogue: Catalogue) -> dict[str, bytes]:
    return models(prepare(catalogue))


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    made = open_database(sqlite_url(tmp_path / "releases.sqlite"))
    await migrate(made, "catalogue")
    yield made
    await made.dispose()


@pytest.fixture
async def built(tmp_path: Path, catalogue: Catalogue, learnt: dict[str, bytes]) -> Path:
    await store.build_file(tmp_path / "services.sqlite", catalogue, learnt, "tiny")
    return tmp_path / "services.sqlite"


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def ask(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def settings(path: Path) -> config.Settings:
    return replace(config.load({}), catalogue=path)


@pytest.fixture
async def committed() -> AsyncIterator[Database]:
    made = open_database(sqlite_url(COMMITTED, read_only=True))
    yield made
    await made.dispose()


async def test_the_committed_file_equals_the_knowledge_folder(real: Checked, committed: Database) -> None:
    assert await read_release(committed) == real.catalogue, "run `python -m bot build`"


async def test_the_committed_file_holds_what_is_learnt_from_it(real: Checked, committed: Database) -> None:
    assert real.catalogue is not None
    stored = await read_models(committed, await newest_release(committed))
    fresh = models(prepare(real.catalogue))
    assert stored.keys() == fresh.keys()
    for name, packed in fresh.items():
        assert unpack(stored[name]) == unpack(packed), f"{name}: run `python -m bot build`"


def test_the_committed_file_holds_one_release_and_nothing_of_residents() -> None:
    assert ask(COMMITTED, "select number from release") == [(1,)]
    tables = {str(name) for (name,) in ask(COMMITTED, "select name from sqlite_master where type = 'table'")}
    assert "service" in tables
    assert "conversation" not in tables


def test_figures_can_be_asked_in_plain_sql() -> None:
    rows = ask(COMMITTED, "select service, metric, comparator, value, year from figure where unit = '元/年'")
    assert rows == [("dibao-standard", "城乡居民最低生活保障标准", "=", 14000, 2025)]
    joined = "select s.name from service s join figure f on f.service = s.id and f.release = s.release"
    assert ("公办幼儿园",) in ask(COMMITTED, f"{joined} where f.unit = '所' and f.value >= 2")


async def test_a_release_comes_back_as_it_went_in(
    database: Database, catalogue: Catalogue, learnt: dict[str, bytes]
) -> None:
    number = await write_release(database, catalogue, learnt, TODAY, "first")
    assert await read_release(database, number) == catalogue
    assert await read_models(database, number) == learnt


async def test_filled_staff_fields_come_back(database: Database, catalogue: Catalogue) -> None:
    filled = {
        "conditions": ("年满60岁",),
        "documents": ("身份证", "户口本"),
        "steps": ("登记", "领卡"),
        "fees": "一顿8元",
        "processing_time": "当场",
        "location": "各社区",
        "opening_hours": "中午",
        "url": "https://example.org/a",
        "alternate_names": ("食堂", "饭堂"),
        "audience": ("老人",),
    }
    service = catalogue.services[0].model_copy(update=filled)
    changed = catalogue.model_copy(update={"services": (service, *catalogue.services[1:])})
    await write_release(database, changed, {}, TODAY, "")
    assert await read_release(database) == changed


async def test_the_newest_release_counts_and_an_older_can_be_read(
    database: Database, catalogue: Catalogue
) -> None:
    changed = catalogue.model_copy(update={"words": ("新词",)})
    assert await write_release(database, catalogue, {"topics": b"1"}, TODAY, "first") == 1
    assert await write_release(database, changed, {"topics": b"2"}, TODAY, "second") == 2
    assert await newest_release(database) == 2
    assert await read_release(database) == changed
    assert await read_release(database, 1) == catalogue
    assert await read_models(database, 1) == {"topics": b"1"}


async def test_a_release_is_written_whole_or_not_at_all(database: Database, catalogue: Catalogue) -> None:
    await write_release(database, catalogue, {}, TODAY, "first")
    async with database.write() as connection:
        refuse = "create trigger refuse before insert on model begin select raise(abort, 'disk is full'); end"
        await connection.exec_driver_sql(refuse)
    changed = catalogue.model_copy(update={"words": ("新词",)})
    before = await stored(database)
    with pytest.raises(StoreError, match="disk is full"):
        await write_release(database, changed, {"topics": b"1"}, TODAY, "second")
    assert await newest_release(database) == 1
    assert await stored(database) == before
    assert await read_release(database) == catalogue


async def stored(database: Database) -> int:
    async with database.read() as connection:
        return (await connection.exec_driver_sql("select count(*) from content")).scalar_one()


async def test_a_release_that_changes_little_stores_little(
    database: Database, catalogue: Catalogue, learnt: dict[str, bytes]
) -> None:
    await write_release(database, catalogue, learnt, TODAY, "first")
    before = await stored(database)
    changed = catalogue.model_copy(update={"words": ("新词",)})
    await write_release(database, changed, learnt, TODAY, "second")
    assert await stored(database) == before + 1
    await write_release(database, catalogue, learnt, TODAY, "the first again")
    assert await stored(database) == before + 1


def variants(catalogue: Catalogue) -> Iterator[Catalogue]:
    """The catalogue, and what an edit of each kind makes of it."""
    first, *others = catalogue.services
    yield catalogue
    yield catalogue.model_copy(update={"words": ("新词",)})
    yield catalogue.model_copy(update={"services": (first.model_copy(update={"fees": "一元"}), *others)})
    worded = first.model_copy(update={"phrasings": (*first.phrasings, "开饭了没")})
    yield catalogue.model_copy(update={"services": (worded, *others)})
    yield catalogue.model_copy(update={"services": tuple(others)})
    yield catalogue.model_copy(update={"services": (*others, first.model_copy(update={"phrasings": ()}))})
    yield catalogue.model_copy(update={"signposts": (), "replies": {**catalogue.replies, "greeting": "侬好"}})
    yield catalogue


async def test_what_a_release_shares_with_the_one_read_before_is_taken_from_it(
    database: Database, catalogue: Catalogue
) -> None:
    cache, before = ReleaseCache(), None
    for variant in variants(catalogue):
        number = await write_release(database, variant, {}, TODAY, "")
        found = await read_release(database, number, cache)
        assert found == variant == await read_release(database, number)
        if before is not None:
            assert any(one is other for one in before.services for other in found.services)
        before = found


async def test_a_file_of_the_version_before_is_brought_up_to_date(
    database: Database, catalogue: Catalogue, learnt: dict[str, bytes]
) -> None:
    for number, variant in enumerate(variants(catalogue), 1):
        await write_release(database, variant, learnt if number % 2 else {}, TODAY, "")
    kept = [(await read_release(database, n), await read_models(database, n)) for n in range(1, number + 1)]
    async with database.write() as connection:
        await connection.run_sync(downgrade, "catalogue", "0002")
        old = await connection.exec_driver_sql("select count(*) from phrasing where text = '开饭了没'")
        assert old.scalar_one() == 1
    await migrate(database, "catalogue")
    assert [
        (await read_release(database, n), await read_models(database, n)) for n in range(1, number + 1)
    ] == kept


async def test_building_twice_gives_the_same_content(
    tmp_path: Path, built: Path, catalogue: Catalogue
) -> None:
    again = tmp_path / "again.sqlite"
    await store.build_file(again, catalogue, models(prepare(catalogue)), "tiny")
    assert dump(again) == dump(built)


async def test_building_from_files_answers_and_leaves_nothing_beside(tmp_path: Path) -> None:
    folder = tiny_knowledge.write(tiny(), tmp_path / "knowledge")
    target = tmp_path / "out" / "services.sqlite"
    target.parent.mkdir()
    catalogue = await building.build(folder, target, TODAY)
    assert (await app.load_knowledge(settings(target))).lookup.services.keys() == {"kitchen", "library"}
    assert len(catalogue.services) == 2
    assert [path.name for path in target.parent.iterdir()] == ["services.sqlite"]


async def test_records_past_their_date_keep_nothing_from_being_built(tmp_path: Path) -> None:
    folder = tiny_knowledge.write(tiny(), tmp_path / "knowledge")
    later = date(2130, 1, 1)
    assert {f.code for f in building.checked_files(folder, later).faults} == {"overdue"}
    assert len((await building.build(folder, tmp_path / "services.sqlite", later)).services) == 2


async def test_knowledge_with_faults_builds_nothing(tmp_path: Path, built: Path) -> None:
    before = built.read_bytes()
    files = tiny()
    files["contacts.yaml"] = files["contacts.yaml"].replace("id: bureau", "id: office")
    folder = tiny_knowledge.write(files, tmp_path / "knowledge")
    with pytest.raises(KnowledgeError) as raised:
        await building.build(folder, built, TODAY)
    assert [fault.split(" ")[0] for fault in raised.value.faults] == ["[unknown-organization]"] * 2
    assert built.read_bytes() == before


async def test_a_failure_in_the_middle_leaves_the_old_file(
    built: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> int:
        raise sqlite3.OperationalError("disk is full")

    before = built.read_bytes()
    monkeypatch.setattr(store, "write_release", fail)
    with pytest.raises(StoreError, match="disk is full"):
        await store.build_file(built, catalogue, {}, "second")
    assert built.read_bytes() == before
    assert [path.name for path in built.parent.iterdir()] == [built.name]


_KILLED_IN_A_RELEASE = """
import os, signal, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("pragma cache_size=1")
connection.execute("begin immediate")
connection.execute("update content set data = zeroblob(length(data))")
connection.execute("create table junk (x)")
for _ in range(300):
    connection.execute("insert into junk values (zeroblob(4000))")
os.kill(os.getpid(), signal.SIGKILL)
"""


async def test_what_a_crash_left_beside_the_old_file_does_not_harm_the_new_one(
    built: Path, catalogue: Catalogue, learnt: dict[str, bytes]
) -> None:
    before = dump(built)
    subprocess.run([sys.executable, "-c", _KILLED_IN_A_RELEASE, str(built)], check=False)
    assert built.with_name("services.sqlite-journal").stat().st_size > 0
    await store.build_file(built, catalogue, learnt, "tiny")
    assert ask(built, "pragma integrity_check") == [("ok",)]
    assert dump(built) == before
    built.write_bytes(b"no database" * 1000)
    built.with_name("services.sqlite-journal").write_bytes(b"of the one before")
    await store.build_file(built, catalogue, learnt, "tiny")
    assert dump(built) == before
    assert [path.name for path in built.parent.iterdir()] == [built.name]


async def test_a_file_with_further_releases_is_not_replaced(
    built: Path, catalogue: Catalogue, learnt: dict[str, bytes]
) -> None:
    database = open_database(sqlite_url(built), journal="DELETE")
    await write_release(database, catalogue, learnt, TODAY, "by staff")
    await database.dispose()
    with pytest.raises(ConflictError, match="holds 2 releases.*kb export"):
        await store.build_file(built, catalogue, learnt, "tiny")
    assert ask(built, "select note from release") == [("tiny",), ("by staff",)]


async def test_a_file_that_somebody_writes_into_is_not_replaced(
    built: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "_PATIENT_SECONDS", 0.1)
    with closing(sqlite3.connect(built, isolation_level=None)) as other:
        other.execute("begin immediate")
        with pytest.raises(StoreError, match="locked"):
            await store.build_file(built, catalogue, {}, "second")
    assert ask(built, "select note from release") == [("tiny",)]


def lengths(model: type[Record]) -> dict[str, int]:
    """How long each text of a record may be, by field."""
    fields = model.model_json_schema()["properties"]
    kinds = {name: [field, *field.get("anyOf", ())] for name, field in fields.items()}
    found = {name: [k["maxLength"] for k in of if "maxLength" in k] for name, of in kinds.items()}
    return {name: max(limits) for name, limits in found.items() if limits}


@pytest.mark.parametrize("field", [*TABLES, "figures"])
def test_what_a_record_may_hold_fits_its_column(field: str) -> None:
    """SQLite takes what is longer, PostgreSQL does not."""
    model = Figure if field == "figures" else SHAPES[field]
    columns = (schema.FigureRow if field == "figures" else TABLES[field]).__table__.columns
    room = {c.key: c.type.length for c in columns if isinstance(c.type, String)}
    longest = {name: length for name, length in lengths(model).items() if name in room}
    assert longest
    assert {name: length for name, length in longest.items() if length > (room[name] or length)} == {}


async def test_a_folder_that_is_not_there_is_named(tmp_path: Path, catalogue: Catalogue) -> None:
    with pytest.raises(StoreError, match="nowhere.*unable to open .* missing or may not be read"):
        await store.build_file(tmp_path / "nowhere" / "services.sqlite", catalogue, {}, "")


async def test_a_path_may_hold_any_characters(tmp_path: Path, built: Path) -> None:
    odd = tmp_path / "甬 问?#%41&x"
    odd.mkdir()
    built.rename(odd / "s.sqlite")
    assert (await app.load_knowledge(settings(odd / "s.sqlite"))).lookup.services


async def test_a_file_without_write_permission_is_read(built: Path) -> None:
    built.chmod(0o444)
    built.parent.chmod(0o555)
    try:
        assert (await app.load_knowledge(settings(built))).lookup.services
    finally:
        built.parent.chmod(0o755)


def spoil(path: Path, how: str) -> None:
    """Damage a catalogue file in one of the ways files are found damaged."""
    whole = path.read_bytes()
    match how:
        case "missing":
            path.unlink()
        case "empty":
            path.write_bytes(b"")
        case "text":
            path.write_text("version https://git-lfs.github.com/spec/v1\n" * 50)
        case "truncated":
            path.write_bytes(whole[: len(whole) // 2])
        case "folder":
            path.unlink()
            path.mkdir()
        case statement:
            with closing(sqlite3.connect(path)) as connection, connection:
                connection.executescript(statement)


def contents(table: str, name: str, data: str) -> str:
    """The statement that puts other data in the place of what a row points at."""
    return (
        f"update content set data = {data} where digest = (select digest from {table} where name = '{name}')"
    )


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("missing", "no catalogue there; restore it .* or run `python -m bot build`"),
        ("folder", "no catalogue there"),
        ("empty", "no such table.* run `python -m bot build`"),
        ("text", "not a database.* restore it from version control"),
        ("truncated", "malformed.* restore it from version control"),
        ("drop table service", "no such table.* run `python -m bot build`"),
        ("alter table service drop column summary", "no such column.* run `python -m bot build`"),
        ("delete from model; delete from release", "holds no release; run `python -m bot build`"),
        ("delete from part where name = 'plan'", "does not fit this version"),
        ("delete from part where name = 'signposts'; delete from model", "no stored index"),
        (contents("part", "plan", "'{'"), "does not fit this version"),
        (contents("part", "plan", "'[1]'"), "does not fit this version"),
        (contents("part", "plan", f"x'{'61' * 5000}ff'"), "does not fit this version"),
        (contents("part", "signposts", "'[1]'"), "does not fit this version"),
        ("update phrasing set digest = 'gone' where position = 0", "does not fit this version"),
        ("update service set section = 99", "does not fit this version"),
        ("update service set contacts = 'x'", "."),
        ("delete from model", "no stored index"),
        (contents("model", "topics", "x'00'"), "the stored index is damaged"),
        (contents("model", "topics", "'text'"), "damaged"),
        (contents("model", "alarm", "x'789c030000000001'"), "the stored index is damaged"),
        ("update model set digest = 'gone'", "does not fit this version"),
    ],
)
async def test_a_damaged_file_is_named_with_advice(built: Path, how: str, says: str) -> None:
    spoil(built, how)
    with pytest.raises(StoreError, match=says) as raised:
        await app.load_knowledge(settings(built))
    assert str(raised.value).startswith(str(built))
    assert "\n" not in str(raised.value) and len(str(raised.value)) < 500


async def test_a_swapped_byte_anywhere_never_ends_in_a_traceback(built: Path) -> None:
    whole, refused = bytearray(built.read_bytes()), 0
    for place in places(len(whole)):
        built.write_bytes(bytes(whole[:place]) + bytes([whole[place] ^ 0xFF]) + bytes(whole[place + 1 :]))
        try:
            assert (await app.load_knowledge(settings(built))).lookup.services is not None
        except StoreError as error:
            assert str(built) in str(error)
            refused += 1
    assert refused


def places(length: int) -> Iterator[int]:
    """The header, byte by byte, then a place in every few thousand."""
    yield from range(0, 100, 7)
    yield from range(100, length, max(1, length // 40))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databases, "_BUSY_SECONDS", 0.05)


async def test_a_locked_file_is_named(built: Path, impatient: None) -> None:
    with closing(sqlite3.connect(built, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="database is locked .* try again"):
            await app.load_knowledge(settings(built))


async def test_a_read_only_catalogue_takes_no_release(built: Path, catalogue: Catalogue) -> None:
    reader = open_database(sqlite_url(built, read_only=True))
    try:
        with pytest.raises(StoreError, match="readonly database .* make the file and its folder writable"):
            await write_release(reader, catalogue, {}, date(2026, 1, 1), "")
    finally:
        await reader.dispose()
