"""The API's operations that read the catalogue: kept by caches until a release changes it."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Header, Path, Query
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from bot.channels.api_models import Domains, Figures, Search, Services
from bot.channels.open_catalogue import CatalogueReader, PublishedCatalogue
from bot.channels.problems import Fault, RequestRefusedError, missing, problem

MOST_ITEMS = 200
_LONGEST_QUESTION = 600
_LONGEST_NAME = 60  # characters of a parameter that is not there
_FRESH_SECONDS = 60  # a release may be so late in a cache

Unchanged = Annotated[str | None, Header(description="The ETag of what the client has")]
DomainNumber = Annotated[int | None, Query(ge=1, le=10, description="Only this domain's", examples=[6])]
Limit = Annotated[int, Query(ge=1, le=MOST_ITEMS, description="How many at most", examples=[20])]
Offset = Annotated[
    int, Query(ge=0, le=1_000_000, description="How many to leave out from the first", examples=[20])
]
_Q = Query(min_length=1, max_length=_LONGEST_QUESTION, description="In anybody's words", examples=["低保"])
Question = Annotated[str, _Q]
ServiceId = Annotated[str, Path(max_length=60, description="Its id", examples=["dibao-standard"])]
OnlyOf = Annotated[
    str | None, Query(max_length=60, description="Only this service's", examples=["dibao-standard"])
]


def only_known(request: Request) -> None:
    """RequestRefusedError (422) for a parameter not of the operation: ?ofset=50 got the first page again."""
    route: APIRoute = request.scope["route"]
    known = {field.alias for field in route.dependant.query_params}
    unknown = [name[:_LONGEST_NAME] for name in request.query_params if name not in known]
    if unknown:
        unasked = (Fault(at=f"query/{name}", detail="there is no such parameter") for name in unknown)
        raise RequestRefusedError(problem(422, unasked))


class CatalogueOperations:
    """Each reply carries the release's ETag, and none is made for a client that has it."""

    def __init__(self, reader: CatalogueReader, for_all: bool = True) -> None:
        """`for_all`: everybody may read this, so that shared caches may keep it, not the caller's alone."""
        self._reader = reader
        self._fresh = f"{'public' if for_all else 'private'}, max-age={_FRESH_SECONDS}"

    async def services(
        self,
        domain: DomainNumber = None,
        limit: Limit = 50,
        offset: Offset = 0,
        if_none_match: Unchanged = None,
    ) -> Response:
        """List services, each in one line."""

        def listed(now: PublishedCatalogue) -> Services:
            found = [s for s in now.summaries.values() if domain in (None, s.domain)]
            page = found[offset : offset + limit]
            return Services(release=now.release, total=len(found), offset=offset, items=page)

        return self._reply(listed, if_none_match)

    async def service(self, service: ServiceId, if_none_match: Unchanged = None) -> Response:
        """One service whole, by its id."""

        def found(now: PublishedCatalogue) -> BaseModel:
            if service not in now.services:
                raise RequestRefusedError(missing("service", "path/service", service))
            return now.services[service]

        return self._reply(found, if_none_match)

    async def domains(self, if_none_match: Unchanged = None) -> Response:
        """The ten domains, each with the ids of its services."""
        return self._reply(lambda now: Domains(release=now.release, items=list(now.domains)), if_none_match)

    async def figures(
        self,
        domain: DomainNumber = None,
        service: OnlyOf = None,
        limit: Limit = 50,
        offset: Offset = 0,
        if_none_match: Unchanged = None,
    ) -> Response:
        """List the plan's figures as data."""

        def listed(now: PublishedCatalogue) -> Figures:
            found = [f for f in now.figures if domain in (None, f.domain) and service in (None, f.service)]
            page = found[offset : offset + limit]
            return Figures(release=now.release, total=len(found), offset=offset, items=page)

        return self._reply(listed, if_none_match)

    async def search(
        self,
        q: Question,
        limit: Annotated[int, Query(ge=1, le=50, description="How many at most", examples=[3])] = 10,
        if_none_match: Unchanged = None,
    ) -> Response:
        """Services that a question's words speak for, best first. It decides nothing: `/ask` answers."""

        def found(now: PublishedCatalogue) -> Search:
            return Search(release=now.release, items=list(self._reader.find(q))[:limit])

        return self._reply(found, if_none_match)

    def _reply(self, make: Callable[[PublishedCatalogue], BaseModel], if_none_match: str | None) -> Response:
        now = self._reader.catalogue()
        tag = f'"{now.tag}"'
        headers = {"ETag": tag, "Cache-Control": self._fresh}
        body = make(now)
        if _has(if_none_match, tag):
            return Response(status_code=304, headers=headers)
        return Response(body.model_dump_json(), headers=headers, media_type="application/json")


def _has(if_none_match: str | None, tag: str) -> bool:
    """Whether a client has what the tag names (RFC 9110, compared weakly)."""
    listed = [t.strip().removeprefix("W/") for t in (if_none_match or "").split(",")]
    return tag in listed or listed == ["*"]
