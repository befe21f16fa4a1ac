"""What went wrong, for a program: problem details (RFC 9457), with a sentence a resident may be shown."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.rendering import PAGES

MEDIA_TYPE = "application/problem+json"
LONGEST_NAME = 200  # characters of what is missing
_SENTENCES = PAGES / "problems.json"


class Fault(BaseModel):
    """One thing wrong with a request: `at`, like `body/session` or `query/limit`, and what is wrong."""

    at: str
    detail: str


class Problem(BaseModel):
    """RFC 9457. `detail` is in plain words for residents, `errors` is for whoever wrote the client."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Fault]


@cache
def sentences() -> Mapping[str, str]:
    """The sentence for each status, and `phones`, the numbers it may name."""
    found: dict[str, str] = json.loads(_SENTENCES.read_text("utf-8"))
    return found


def sentence(status: int, about: str = "") -> str:
    """What a resident is told about a status, and about what it is where there are words for it."""
    keys = (f"{status}-{about}", str(status), "400" if status < 500 else "500")
    return next(found for key in keys if (found := sentences().get(key)))


def faults(errors: Iterable[Any]) -> list[Fault]:
    """Pydantic's errors; the input itself is left out, as it may be private, and so are links to Pydantic."""
    return [Fault(at="/".join(map(str, e["loc"])), detail=e["msg"]) for e in errors]


def problem(
    status: int, errors: Iterable[Fault] = (), headers: Mapping[str, str] | None = None, about: str = ""
) -> Response:
    """The response for a status that is an error; `about` chooses its sentence, as for `sentence`."""
    title = HTTPStatus(status).phrase
    detail = sentence(status, about)
    body = Problem(type="about:blank", title=title, status=status, detail=detail, errors=list(errors))
    given = {"Cache-Control": "no-store"} | dict(headers or {})
    return Response(body.model_dump_json(), status, given, MEDIA_TYPE)


def missing(what: str, at: str, named: str) -> Response:
    """The 404 that names what is not there: a service, an answer, a path."""
    return problem(404, [Fault(at=at, detail=f"there is no {what} {named[:LONGEST_NAME]!r}")], about=what)


def refused(request: Request, error: HTTPException) -> Response:
    """The response for an error of the server itself; it says at which path nothing is, or what to send."""
    if error.status_code == 404:
        return missing("path", "path", request.url.path)
    wanted = (error.headers or {}).get("Accept") if error.status_code == 415 else None
    errors = [Fault(at="header/content-type", detail=f"want {wanted}")] if wanted else []
    return problem(error.status_code, errors, error.headers)


class RequestRefusedError(Exception):
    """A request that gets this response."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response
