"""Which database holds what: a catalogue file and a second file beside it, or one PostgreSQL for both."""

from contextlib import suppress

from bot.config import Settings
from bot.errors import StoreError
from bot.store.database import Database, no_database, open_database, operator_errors, sqlite_url
from bot.store.migrate import is_ours, migrate
from bot.store.seeding import seed


def catalogue_database(settings: Settings, *, writes: bool = False) -> Database:
    """The catalogue's database. StoreError where its file is missing."""
    if settings.database:
        return open_database(settings.database, durable=writes)
    path = settings.catalogue
    if not path.is_file():
        raise StoreError(
            f"{path}: no catalogue there; restore it from version control or run `python -m bot build`"
        )
    # It stays one plain file that can be copied and given away: no write-ahead log beside it.
    url = sqlite_url(path, read_only=not writes)
    return open_database(url, journal="DELETE", durable=True) if writes else open_database(url)


def second_database(settings: Settings, *, durable: bool = False, makes: bool = True) -> Database:
    """The database of residents' words and staff's work. StoreError where it cannot be made.

    Where it is not there and not to be made, StoreError says so to whoever wants something of it.
    """
    if settings.database:
        return open_database(settings.database, durable=durable)
    if settings.residents.is_dir():
        raise StoreError(f"{settings.residents}: a folder; name a file in it")
    if not makes and lacks_second(settings):
        return no_database(
            f"{settings.residents}: no database there; look at YONGWEN_RESIDENTS"
            " (`serve`, `user add` and `restore` make a new one)"
        )
    try:
        settings.residents.parent.mkdir(parents=True, exist_ok=True)
        settings.residents.touch(mode=0o600)  # made thus, so are the files SQLite puts beside it
    except OSError as error:
        raise StoreError(f"{settings.residents}: {error}") from error
    return open_database(sqlite_url(settings.residents), durable=durable)


def lacks_second(settings: Settings) -> bool:
    """Whether the residents' database is a file, and not there."""
    return not settings.database and not settings.residents.exists()


async def upgrade_second(database: Database, settings: Settings) -> None:
    """Bring its tables up to date. StoreError names it where it cannot be used."""
    async with operator_errors("the database" if settings.database else str(settings.residents)):
        await migrate(database, "residents")


async def prepare_empty(settings: Settings) -> None:
    """Make the catalogue's file where there is none, for a backup to go into."""
    if settings.database or settings.catalogue.is_file():
        return
    database = open_database(sqlite_url(settings.catalogue), journal="DELETE", durable=True)
    try:
        async with operator_errors(str(settings.catalogue)):
            await migrate(database, "catalogue")
    finally:
        await database.dispose()


async def prepare(settings: Settings) -> None:
    """Bring older tables up to date; an empty PostgreSQL gets a first release from the catalogue file."""
    if not settings.database:
        with suppress(StoreError):  # a file that may not be written is read as it is
            await _upgrade_file(settings)
        return
    database = open_database(settings.database, durable=True)
    try:
        async with operator_errors("the database"):
            await migrate(database, "catalogue")
            await migrate(database, "residents")
        if settings.catalogue.is_file():
            await seed(database, open_database(sqlite_url(settings.catalogue, read_only=True)))
    finally:
        await database.dispose()


async def _upgrade_file(settings: Settings) -> None:
    database = catalogue_database(settings, writes=True)
    try:
        async with operator_errors(str(settings.catalogue)):
            if await is_ours(database):
                await migrate(database, "catalogue")
    finally:
        await database.dispose()
