"""Messengers that push: one route each, bodies limited, refusals with their status.

A messenger's own file knows how to check and read a push and how to answer it, and nothing of the server.
"""

import hmac
import json
import logging
import math
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from starlette.requests import ClientDisconnect
from starlette.requests import Request as StarletteRequest
from starlette.responses import Response as StarletteResponse
from starlette.routing import Route

from bot.bodies import read_limited
from bot.errors import StoreError

log = logging.getLogger("yongwen.webhook")

LONGEST_BODY = 256 * 1024
"""Bytes. A Telegram update that quotes another takes up to some 100 KB."""
OLDEST_SECONDS = 300.0
JSON = "application/json"


class Request(NamedTuple):
    """A push as it came: header names in lower case."""

    method: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Response:
    """What to answer a push with."""

    body: str = ""
    media_type: str = "text/plain"
    status: int = 200


class PushRefusedError(Exception):
    """A push that is not answered: the HTTP status, and why, for the log alone. Caught by the route.

    `after` is for how many seconds it had better not be made again; 0 where that is not known.
    """

    def __init__(self, status: int, why: str, after: float = 0.0) -> None:
        super().__init__(why)
        self.status = status
        self.after = after


class Hook(NamedTuple):
    """A messenger's route: where it is, and what happens there. `receive` raises PushRefusedError."""

    path: str
    receive: Callable[[Request], Awaitable[Response]]
    methods: tuple[str, ...] = ("POST",)


def route(hook: Hook) -> Route:
    """The hook as a route of our server."""

    async def endpoint(request: StarletteRequest) -> StarletteResponse:
        try:
            pushed = Request(request.method, request.query_params, request.headers, await _body(request))
            answered = await hook.receive(pushed)
        except PushRefusedError as error:
            log.info("%s: %d: %s", hook.path, error.status, error)
            headers = {"retry-after": str(math.ceil(error.after))} if error.after else None
            return StarletteResponse(status_code=error.status, headers=headers)
        except StoreError as error:
            log.error("%s: not taken, it will be offered again: %s", hook.path, error)
            return StarletteResponse(status_code=503)
        return StarletteResponse(answered.body, answered.status, media_type=answered.media_type)

    return Route(hook.path, endpoint, methods=list(hook.methods))


async def _body(request: StarletteRequest) -> bytes:
    try:
        body = await read_limited(request.stream(), LONGEST_BODY)
    except ClientDisconnect as error:
        raise PushRefusedError(400, "broken off") from error
    if body is None:
        raise PushRefusedError(413, "too long")
    return body


def same(one: str, other: str) -> bool:
    """Whether two secrets are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))


def check_age(timestamp: str, now: float, unit: float = 1.0) -> None:
    """Refuse what was signed over five minutes ago, or ahead; `timestamp` counts units of `unit` seconds."""
    if not re.fullmatch(r"\d{1,16}", timestamp, re.ASCII):
        raise PushRefusedError(400, "no timestamp")
    if abs(now - int(timestamp) * unit) > OLDEST_SECONDS:
        raise PushRefusedError(403, "stale")


def read_json(body: bytes) -> dict[str, Any]:
    """A JSON object; refused with 400 where it is none."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise PushRefusedError(400, "not JSON") from error
    if not isinstance(data, dict):
        raise PushRefusedError(400, "not an object")
    return data


def as_json(data: Mapping[str, Any]) -> Response:
    """A JSON object to answer with."""
    return Response(json.dumps(data, ensure_ascii=False), JSON)
