"""The staff's rooms joined: accounts, desk and press on the two databases."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple

from bot.app.databases import catalogue_engine, second_engine, upgrade_second
from bot.config import Settings
from bot.staff.accounts import Accounts
from bot.staff.desk import Desk
from bot.staff.library import Library
from bot.staff.press import Press
from bot.staff.workers import Run, in_process
from bot.store.accounts import AccountStore
from bot.store.drafts import DraftStore
from bot.store.engine import operator_errors
from bot.store.migrate import migrate
from bot.store.releases import Releases


class Office(NamedTuple):
    """What staff work with. Every rule about who may do what is held in these, not in whatever calls them."""

    accounts: Accounts
    desk: Desk
    press: Press


@asynccontextmanager
async def office(
    settings: Settings, run: Run = in_process, clock: Callable[[], float] = time.time
) -> AsyncIterator[Office]:
    """The staff's rooms, as long as the context is open. StoreError where a database cannot be used."""
    catalogue = catalogue_engine(settings, writes=True)
    second = second_engine(settings, durable=True)
    try:
        async with operator_errors(str(settings.catalogue)):
            await migrate(catalogue, "catalogue")
        await upgrade_second(second, settings)
        desk = Desk(Library(Releases(catalogue)), DraftStore(second), clock)
        yield Office(Accounts(AccountStore(second)), desk, Press(desk, run, clock))
    finally:
        await catalogue.dispose()
        await second.dispose()
