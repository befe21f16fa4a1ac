"""The FAQ of a release taken out, in any of the formats."""

import time

from bot.app.databases import catalogue_database
from bot.config import Settings
from bot.errors import InputError
from bot.local_time import day_of
from bot.staff.exports.faq import Stamp
from bot.staff.exports.formats import Files, made
from bot.store.catalogue import releases
from bot.store.reading import newest_release, read_release


async def export(settings: Settings, name: str, number: int | None = None) -> Files:
    """The files of a format from a release, the newest unless a number is given.

    StoreError where the catalogue cannot be read, InputError where it has no such release.
    """
    database = catalogue_database(settings)
    try:
        chosen = await newest_release(database) if number is None else number
        if chosen not in {release.number for release in await releases(database)}:
            raise InputError(f"there is no release {chosen}")
        return made(name, await read_release(database, chosen), Stamp(chosen, day_of(time.time())))
    finally:
        await database.dispose()
