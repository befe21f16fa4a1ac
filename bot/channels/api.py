"""The HTTP API, version 1: an answering function and the catalogue, as a FastAPI application."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import Any, NamedTuple

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Match, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.channels.api_asking import Asking
from bot.channels.api_docs import completed, reference
from bot.channels.api_keys import KeyRing
from bot.channels.api_models import VERSION, Ask, Domains, Feedback, Figures, Search, Services
from bot.channels.api_models import Answer as AnswerShape
from bot.channels.api_reading import CatalogueOperations, only_known
from bot.channels.api_shell import Cors, Shell
from bot.channels.base import Alarm, Forget, Judge
from bot.channels.open_catalogue import CatalogueReader, Service
from bot.channels.problems import MEDIA_TYPE, RequestRefusedError, faults, problem, refused
from bot.errors import YongwenError
from bot.messages import Answer

log = logging.getLogger("yongwen.api")

PREFIX = f"/api/v{VERSION}"
ASK = f"{PREFIX}/ask"
_FREE = (f"{PREFIX}/openapi.json", f"{PREFIX}/docs")
"""What tells how to use the API can be read without a key."""

Documented = dict[int | str, dict[str, Any]]


class ApiBackend(NamedTuple):
    """What the API is built on."""

    answer: Answer
    alarm: Alarm
    catalogue: CatalogueReader
    judge: Judge
    forget: Forget


def routes(
    backend: ApiBackend, origins: Sequence[str] = (), keys: KeyRing | None = None
) -> tuple[BaseRoute, ...]:
    """The API on the one server. `origins` are the sites whose pages may call it, `*` for all.

    `POST /ask` bypasses FastAPI, whose overhead is longer than an answer takes; there it is only documented.
    """
    shell = [Middleware(Cors, origins=origins), Middleware(Shell, keys=keys, heard=ASK, free=_FREE)]
    asking = Asking(backend.answer, backend.alarm, backend.judge, backend.forget)
    straight: ASGIApp = _straight(asking.ask)
    for around in reversed(shell if origins else shell[1:]):
        straight = around.cls(straight, *around.args, **around.kwargs)
    api = _api(backend, asking, shell, keys is not None)
    return (
        *(Route(home, _to_reference) for home in (PREFIX, f"{PREFIX}/")),
        Route(ASK, straight, methods=["POST"]),
        Mount(PREFIX, api),
    )


async def _to_reference(_: Request) -> Response:
    """Whoever opens the API's own address is looking for how it is used."""
    return RedirectResponse(f"{PREFIX}/docs")


def _api(backend: ApiBackend, asking: Asking, shell: Sequence[Middleware], with_keys: bool) -> FastAPI:
    api = FastAPI(
        title="甬问 Yongwen",
        version=VERSION,
        summary="Ningbo's public services: questions in residents' words, answers from the catalogue.",
        docs_url=None,
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False},
        middleware=shell,
        exception_handlers=_HANDLERS,
    )
    api.router.redirect_slashes = False
    _add_asking(api, asking)
    _add_reading(api, CatalogueOperations(backend.catalogue, for_all=not with_keys))
    api.openapi = completed(api, with_keys=with_keys)  # type: ignore[method-assign]
    api.add_route("/docs", reference(api), include_in_schema=False)
    return api


def _add_asking(api: FastAPI, asking: Asking) -> None:
    bad = _problems(400, 413, 415, 422)
    api.post("/ask", responses=_given(AnswerShape) | bad, openapi_extra=_body(Ask))(asking.ask)
    api.post("/feedback", status_code=204, responses=bad | _problems(404), openapi_extra=_body(Feedback))(
        asking.feedback
    )
    api.delete("/sessions/{session}", status_code=204, responses=_problems(422))(asking.forget)


def _add_reading(api: FastAPI, reading: CatalogueOperations) -> None:
    kept: Documented = _problems(422) | {304: {"description": "The client has it"}}
    for path, shape, operation, more in (
        ("/services", Services, reading.services, {}),
        ("/services/{service}", Service, reading.service, _problems(404)),
        ("/domains", Domains, reading.domains, {}),
        ("/figures", Figures, reading.figures, {}),
        ("/search", Search, reading.search, {}),
    ):
        strict = [Depends(only_known)]
        api.get(path, responses=_given(shape) | kept | more, dependencies=strict)(operation)
        api.head(path, include_in_schema=False, dependencies=strict)(operation)


def _given(shape: type[BaseModel]) -> Documented:
    return {200: {"model": shape}}


def _problems(*statuses: int) -> Documented:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


def _body(shape: type[BaseModel]) -> dict[str, Any]:
    content = {"application/json": {"schema": shape.model_json_schema()}}
    return {"requestBody": {"required": True, "content": content}}


def _straight(operation: Callable[[Request], Awaitable[Response]]) -> ASGIApp:
    """An operation as an ASGI app; what it raises becomes a response as FastAPI would make it."""

    async def straight(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await operation(request)
        except tuple(_HANDLERS) as error:
            handler = next(_HANDLERS[kind] for kind in type(error).__mro__ if kind in _HANDLERS)
            response = await handler(request, error)
        await response(scope, receive, send)

    return straight


async def _refused(request: Request, error: HTTPException) -> Response:
    if error.status_code == 405:
        return problem(405, headers={"Allow": ", ".join(_allowed(request))})
    return refused(request, error)


def _allowed(request: Request) -> list[str]:
    """The methods a path has, of all its routes: the error names those of one."""
    here = (r for r in request.app.routes if r.matches(request.scope)[0] is not Match.NONE)
    return sorted({method for route in here for method in getattr(route, "methods", ())})


async def _invalid(_: Request, error: RequestValidationError) -> Response:
    return problem(422, faults(error.errors()))


async def _as_told(_: Request, error: RequestRefusedError) -> Response:
    return error.response


async def _not_now(_: Request, error: YongwenError) -> Response:
    log.error("the API could not do what was asked: %s", error)
    return problem(503)


_HANDLERS: dict[Any, Any] = {
    HTTPException: _refused,
    RequestValidationError: _invalid,
    RequestRefusedError: _as_told,
    YongwenError: _not_now,
}
