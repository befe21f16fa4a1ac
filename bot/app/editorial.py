"""What staff work with, joined on the two databases: accounts, drafts, their reviews, releases."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple

from bot.app.databases import catalogue_database, lacks_second, second_database, upgrade_second
from bot.config import Settings
from bot.staff.accounts import Accounts
from bot.staff.drafts import Drafts
from bot.staff.publishing import Publisher
from bot.staff.release_history import ReleaseHistory
from bot.staff.review import Reviews
from bot.staff.workers import Runner, in_process
from bot.store.accounts import AccountStore
from bot.store.database import operator_errors
from bot.store.drafts import DraftStore
from bot.store.migrate import migrate
from bot.store.releases import Releases


class Editorial(NamedTuple):
    """The parts. Every rule about who may do what is held in these, not in whatever calls them."""

    accounts: Accounts
    drafts: Drafts
    reviews: Reviews
    publisher: Publisher


@asynccontextmanager
async def open_editorial(
    settings: Settings,
    run: Runner = in_process,
    clock: Callable[[], float] = time.time,
    *,
    makes: bool = True,
) -> AsyncIterator[Editorial]:
    """What staff work with, as long as the context is open. StoreError where a database cannot be used.

    Unless it `makes` the second database where that is not there, what is only of the catalogue is to be had.
    """
    catalogue = catalogue_database(settings, writes=True)
    second = second_database(settings, durable=True, makes=makes)
    try:
        async with operator_errors(str(settings.catalogue)):
            await migrate(catalogue, "catalogue")
        if makes or not lacks_second(settings):
            await upgrade_second(second, settings)
        store = DraftStore(second)
        drafts = Drafts(ReleaseHistory(Releases(catalogue)), store, clock)
        reviews = Reviews(drafts, store, clock)
        accounts = Accounts(AccountStore(second))
        yield Editorial(accounts, drafts, reviews, Publisher(drafts, reviews, run, clock))
    finally:
        await catalogue.dispose()
        await second.dispose()
