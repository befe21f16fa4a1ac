"""知识: every record, by domain, by kind, or by words in it."""

import asyncio
from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.catalogue.records import SINGLE, Address, Fields
from bot.staff.console.access import Visit
from bot.staff.console.console import Console
from bot.staff.console.fields import FIELDS
from bot.staff.console.ids import by_domain
from bot.staff.console.showing import SearchHit, beside, search, title_of, titled
from bot.staff.console.work import workspace

PATH = "/staff/knowledge"
ALONE = (*SINGLE, "lookalikes")
"""Kinds of which there is only one record: it stands for the list."""
EDITED_ALONE = tuple(kind for kind in FIELDS if kind not in ("services", "examples"))
"""Kinds with a list of their own; services are listed by domain, examples are edited with their service."""
MOST_FOUND = 100
"""Records that a search lists; how many more there are is said."""

_AS_THEY_ARE = ("domains", "replies", "talk", "known")


class KnowledgePage:
    """The lists from which one gets to a record."""

    def __init__(self, console: Console) -> None:
        self._console = console

    async def index(self, visit: Visit) -> Response:
        """Services by domain, other kinds with their number; with `?q=` what was found."""
        space = await workspace(self._console, visit.asked("draft"))
        records, query = space.snapshot.records, visit.asked("q")
        numbers = [(kind, sum(a.kind == kind for a in records)) for kind in EDITED_ALONE]
        kinds = ("services", *EDITED_ALONE)
        found = await asyncio.to_thread(search, records, query, kinds) if query else []
        return visit.page(
            "knowledge",
            here=PATH,
            draft=space.draft,
            suffix=space.suffix,
            q=query,
            found=found[:MOST_FOUND],
            times=len(found),
            kinds=numbers,
            domains=by_domain(records),
            total=sum(a.kind == "services" for a in records),
        )

    async def listed(self, visit: Visit) -> Response:
        """All records of one kind."""
        kind = visit.part("kind")
        if kind not in EDITED_ALONE:
            raise HTTPException(404)
        space = await workspace(self._console, visit.asked("draft"))
        if kind in ALONE:
            return visit.go(f"{PATH}/{kind}/{kind}{space.suffix}")
        records = space.snapshot.records
        rows = [SearchHit(a, titled(a, records), beside(a, f)) for a, f in records.items() if a.kind == kind]
        if kind == "known":
            rows = [row._replace(title=_expected(row.address.id, records)) for row in rows]
        return visit.page(
            "list",
            here=PATH,
            kind=kind,
            rows=rows,
            draft=space.draft,
            suffix=space.suffix,
            grows=grows(kind),
        )


def grows(kind: str) -> bool:
    """Whether staff may add a record of this kind."""
    return kind not in (*_AS_THEY_ARE, *ALONE)


def _expected(landing: str, records: Mapping[Address, Fields]) -> str:
    """What a question should land on, by the names of the services."""
    services = (Address("services", part) for part in landing.split("+"))
    return "＋".join(title_of(s, records[s]) if s in records else s.id for s in services)


def address_of(visit: Visit) -> Address:
    """The record an address of the console names; 404 where its kind has no form."""
    kind = visit.part("kind")
    if kind not in FIELDS or kind == "examples":
        raise HTTPException(404)
    return Address(kind, visit.part("id"))
