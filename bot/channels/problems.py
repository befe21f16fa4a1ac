"""What went wrong, for a program: problem details (RFC 9457), with a sentence a resident may be shown."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from starlette.responses import Response

from bot.rendering import PAGES

MEDIA_TYPE = "application/problem+json"
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
    """The sentence for each status, and `phone`, the number it may name."""
    found: dict[str, str] = json.loads(_SENTENCES.read_text("utf-8"))
    return found


def sentence(status: int) -> str:
    """What a resident is told about a status."""
    return sentences().get(str(status)) or sentences()["400" if status < 500 else "500"]


def faults(errors: Iterable[Any]) -> list[Fault]:
    """Pydantic's errors; the input itself is left out, as it may be private."""
    return [Fault(at="/".join(map(str, e["loc"])), detail=e["msg"]) for e in errors]


def problem(status: int, errors: Iterable[Fault] = (), headers: Mapping[str, str] | None = None) -> Response:
    """The response for a status that is an error."""
    title = HTTPStatus(status).phrase
    body = Problem(
        type="about:blank", title=title, status=status, detail=sentence(status), errors=list(errors)
    )
    given = {"Cache-Control": "no-store"} | dict(headers or {})
    return Response(body.model_dump_json(), status, given, MEDIA_TYPE)
