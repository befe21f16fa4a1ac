"""A first release for an empty catalogue, copied from another."""

from sqlalchemy import text

from bot.errors import ConflictError
from bot.store.catalogue import ROOT, Story, releases, write_release
from bot.store.database import Database, operator_errors
from bot.store.reading import newest_release, read_models, read_release
from bot.store.sources import read_sources


async def seed(target: Database, source: Database) -> None:
    """Copy the newest release of `source` where `target` has none; `source` is closed.

    Several replicas may try at once: one of them writes it.
    """
    try:
        if await _filled(target):
            return
        number = await newest_release(source)
        kept = next(r for r in await releases(source) if r.number == number)
        catalogue, models = await read_release(source, number), await read_models(source, number)
        models.pop(ROOT, None)  # the release it was learnt on stays behind: from here on it stands by itself
        sources = await read_sources(source, number)
        story = Story(created_at=kept.created_at, based_on=0)
        await write_release(target, catalogue, models, kept.created_on, kept.note, sources, story)
    except ConflictError:
        return  # another replica was quicker
    finally:
        await source.dispose()


async def _filled(target: Database) -> bool:
    async with operator_errors("the database"), target.read() as connection:
        return await connection.scalar(text("SELECT max(number) FROM release")) is not None
