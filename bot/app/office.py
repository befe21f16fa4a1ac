"""The staff's rooms joined: accounts, desk and press on the two databases."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from bot.config import Settings
from bot.errors import StoreError
from bot.staff.accounts import Accounts
from bot.staff.desk import Desk
from bot.staff.library import Library
from bot.staff.press import Learning, Press
from bot.store.accounts import AccountStore
from bot.store.drafts import DraftStore
from bot.store.engine import create_engine, operator_errors, sqlite_url
from bot.store.migrate import migrate
from bot.store.releases import Releases


class Office(NamedTuple):
    """What staff work with. Every rule about who may do what is held in these, not in whatever calls them."""

    accounts: Accounts
    desk: Desk
    press: Press


@asynccontextmanager
async def office(settings: Settings, learning: Learning | None = None) -> AsyncIterator[Office]:
    """The staff's rooms, as long as the context is open. StoreError where a database cannot be used."""
    if not settings.catalogue.is_file():
        raise StoreError(f"{settings.catalogue}: no catalogue there; run `python -m bot build`")
    try:
        settings.residents.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{settings.residents}: {error}") from error
    # The catalogue stays one plain file that can be copied and given away: no write-ahead log beside it.
    catalogue = create_engine(sqlite_url(settings.catalogue), journal="DELETE", durable=True)
    second = create_engine(sqlite_url(settings.residents), durable=True)
    try:
        async with operator_errors(str(settings.catalogue)):
            await migrate(catalogue, "catalogue")
        async with operator_errors(str(settings.residents)):
            await migrate(second, "residents")
        desk = Desk(Library(Releases(catalogue)), DraftStore(second))
        yield Office(Accounts(AccountStore(second)), desk, Press(desk, learning))
    finally:
        await catalogue.dispose()
        await second.dispose()
