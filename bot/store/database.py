"""A database by its URL: SQLite, with its transactions made honest and its writers in turn, or PostgreSQL."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import aiosqlite
from sqlalchemy import Connection, event
from sqlalchemy import Engine as SyncEngine
from sqlalchemy import create_engine as create_sync_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import StoreError

_BUSY_SECONDS = 5
"""How long a statement waits for SQLite's lock while a resident waits for the answer."""
_CHECKPOINT_SECONDS = 1
"""The same for clearing SQLite's write-ahead log, which keeps writers out meanwhile."""
_HASTY_SECONDS = 3
"""How long a resident's request waits for a PostgreSQL server, and anybody for its connection."""
_PATIENT_SECONDS = 60
"""How long the work of staff waits for either database."""
READS = "yongwen_reads"
"""The execution option that marks transactions as only reading."""
_MISSING = "no such"
"""How SQLite begins to say that a table or column is missing."""
T = TypeVar("T")


class Database:
    """An engine, and with SQLite its twin by the driver that is not async, for what is done at once.

    Stores that share a database share this, and with it the turns of SQLite's writers. `dispose` ends it.
    """

    def __init__(self, engine: AsyncEngine, twin: SyncEngine | None = None) -> None:
        self._engine = engine
        self._reads = engine.execution_options(**{READS: True})
        self._twin = twin
        self._twin_reads = twin.execution_options(**{READS: True}) if twin else None
        self._queue, self._turn = asyncio.Lock(), asyncio.Lock()

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._engine.dialect.name

    def read(self) -> AsyncConnection:
        """A connection for reading alone: readers need not wait for each other, nor for a writer."""
        return self._reads.connect()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that writes. SQLite takes one at a time: a queue here beats its waiting."""
        async with self._in_turn(urgent=False), self._engine.begin() as connection:
            yield connection

    async def read_at_once(self, work: Callable[[Connection], T]) -> T:
        """What some work that takes no time reads in a transaction of its own; see `write_at_once`.

        Who reads SQLite's write-ahead log waits for nobody: it is done right here, as any file is read.
        """
        if self._twin_reads is not None:
            return _at_once(self._twin_reads, work)
        async with self._reads.begin() as connection:
            return await connection.run_sync(work)

    async def write_at_once(self, work: Callable[[Connection], T], *, urgent: bool = False) -> T:
        """What some work gives that writes in a transaction of its own.

        For what every message needs: SQLite's driver goes to a thread and back for each step of a
        transaction, which takes longer than the steps; here it goes there once. What is `urgent` waits only
        for the one under way and the next, not for the whole queue.
        """
        if self._twin is not None:
            async with self._in_turn(urgent=urgent):
                return await asyncio.to_thread(_at_once, self._twin, work)
        async with self._engine.begin() as connection:
            return await connection.run_sync(work)

    async def wipe(self) -> None:
        """Take what was deleted out of SQLite's write-ahead log too; PostgreSQL sees to it itself."""
        if self.dialect != "sqlite":
            return
        # In turn, for a checkpoint gives up where somebody writes, or clears the log too, for too long.
        async with self._in_turn(urgent=False), self._engine.connect() as connection:
            raw = await connection.get_raw_connection()
            driver: Any = raw.driver_connection
            # It keeps writers out while it waits for readers, a backup for one: not longer than they wait.
            for pragma in (
                f"busy_timeout={_CHECKPOINT_SECONDS * 1000}",
                "wal_checkpoint(TRUNCATE)",
                f"busy_timeout={_BUSY_SECONDS * 1000:.0f}",
            ):
                await (await driver.execute(f"PRAGMA {pragma}")).close()

    async def dispose(self) -> None:
        """Close all connections."""
        await self._engine.dispose()
        if self._twin is not None:
            self._twin.dispose()

    @asynccontextmanager
    async def _in_turn(self, *, urgent: bool) -> AsyncIterator[None]:
        if self.dialect != "sqlite":
            yield
            return
        async with nullcontext() if urgent else self._queue, self._turn:
            yield


def _at_once(engine: SyncEngine, work: Callable[[Connection], T]) -> T:
    with engine.begin() as connection:
        return work(connection)


def sqlite_url(path: Path, *, read_only: bool = False) -> str:
    """The SQLAlchemy URL of a SQLite file."""
    name, query = path.as_posix(), {}
    if read_only:
        name, query = f"file:{quote(name)}", {"mode": "ro", "uri": "true"}
    return URL.create("sqlite+aiosqlite", database=name, query=query).render_as_string()


def open_database(url: str, *, journal: str = "WAL", durable: bool = False) -> Database:
    """The database of a URL. SQLite gets real BEGINs, so that no update is lost and migrations are whole.

    `durable`: what was committed outlives a power cut too, at the price of waiting for the disk.
    """
    if not make_url(url).drivername.startswith("sqlite"):
        return _server(url, _PATIENT_SECONDS if durable else _HASTY_SECONDS)
    # What must be durable waits for the disk, and so does whoever waits for it: staff have more patience.
    arguments = {"timeout": _PATIENT_SECONDS if durable else _BUSY_SECONDS}
    engine = create_async_engine(url, connect_args=arguments | {"async_creator_fn": _connect})
    twin = create_sync_engine(make_url(url).set(drivername="sqlite"), connect_args=arguments)
    for one in (engine.sync_engine, twin):
        # Many rows as one statement: the driver gives way to other threads once, not once a row.
        one.dialect.use_insertmanyvalues_wo_returning = True
        _make_honest(one, "mode=ro" in url, journal, durable)
        if journal != "WAL" or "mode=ro" in url:
            _follow_the_file(one)
    return Database(engine, twin)


def no_database(why: str) -> Database:
    """In the place of one that is not there: StoreError says why to whoever wants something of it."""

    def refuse(*_: Any) -> None:
        raise StoreError(why)

    engine, twin = create_async_engine("sqlite+aiosqlite://"), create_sync_engine("sqlite://")
    for one in (engine.sync_engine, twin):
        event.listen(one, "do_connect", refuse)
    return Database(engine, twin)


async def _connect(*where: Any, **how: Any) -> aiosqlite.Connection:
    """A connection of aiosqlite; where there can be none, its thread has ended before that is told.

    aiosqlite does not wait for it: the thread may speak to an event loop that is closed by then.
    """
    connection = aiosqlite.connect(*where, **how)
    connection._thread.daemon = True  # as SQLAlchemy has it: a process may end without closing it
    try:
        return await connection
    except BaseException:
        await asyncio.to_thread(connection._thread.join)
        raise


def _make_honest(engine: SyncEngine, read_only: bool, journal: str, durable: bool) -> None:
    @event.listens_for(engine, "connect")
    def _(connection: Any, _record: Any) -> None:
        try:
            connection.isolation_level = None
            cursor = connection.cursor()
            cursor.execute("PRAGMA foreign_keys=ON")
            if not read_only:
                cursor.execute(f"PRAGMA journal_mode={journal}")
                cursor.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
                cursor.execute("PRAGMA secure_delete=ON")
            cursor.close()
        except Exception:
            connection.close()  # nobody else would, and each has a thread of its own
            raise

    @event.listens_for(engine, "begin")
    def _(connection: Any) -> None:
        reads = read_only or connection.get_execution_options().get(READS)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _follow_the_file(engine: SyncEngine) -> None:
    """Connect anew where the file was replaced, or written by another hand, since a connection was last used.

    A connection stays with the file it opened, also when another one has taken its place under the name, and
    may take pages of a file copied over it for those that it remembers.
    """

    @event.listens_for(engine, "checkout")
    def _(connection: Any, record: Any, _proxy: Any) -> None:
        if "path" not in record.info:
            cursor = connection.cursor()
            cursor.execute("PRAGMA database_list")
            record.info["path"] = cursor.fetchone()[2]
            cursor.close()
            record.info["stamp"] = _stamp(record.info["path"])
        if record.info["stamp"] != _stamp(record.info["path"]):
            raise DisconnectionError


def _stamp(path: str) -> tuple[int, ...]:
    """What changes with the file of this name; empty where there is none."""
    try:
        found = Path(path).stat()
    except OSError:
        return ()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _server(url: str, seconds: float) -> Database:
    """A database that gives up on a server which does not answer, rather than wait with the resident."""
    try:
        engine = create_async_engine(
            url,
            pool_pre_ping=True,
            pool_timeout=seconds,
            connect_args={"timeout": _HASTY_SECONDS, "command_timeout": seconds},
        )
    except ModuleNotFoundError as error:
        raise StoreError(
            "PostgreSQL needs the package asyncpg; run `python3 scripts/bootstrap.py extras`"
        ) from error
    return Database(engine)


@cache
def _failures() -> tuple[type[Exception], ...]:
    """What a database's failing raises. A server that starts or stops refuses in asyncpg's own words."""
    known = (DBAPIError, PoolTimeoutError, sqlite3.Error, OSError, UnicodeDecodeError)
    if find_spec("asyncpg") is None:
        return known
    import asyncpg

    return (*known, asyncpg.PostgresError, asyncpg.InterfaceError)


@asynccontextmanager
async def operator_errors(what: str) -> AsyncIterator[None]:
    """Turn a driver's exception into one sentence that names the database and the cause."""
    try:
        yield
    except _failures() as error:
        cause = str(getattr(error, "orig", None) or error) or type(error).__name__
        outdated = _MISSING in cause
        raise StoreError(f"{what}: {cause}{_advice(cause)}", outdated=outdated) from error


def _advice(cause: str) -> str:
    for sign, advice in (
        ("locked", " — another process holds it; try again"),
        ("is full", " — make room on the disk and try again; nothing was changed"),
        ("disk I/O", " — the disk refused; is it full?"),
        ("readonly", " — make the file and its folder writable"),
        ("not a database", " — restore it from version control or a backup"),
        ("malformed", " — restore it from version control or a backup"),
        ("codec", " — restore it from version control or a backup"),
        (_MISSING, " — of another version, or no catalogue; run `python -m bot build`"),
        ("unable to open", " — the file or its folder is missing or may not be read"),
    ):
        if sign in cause:
            return advice
    return ""
