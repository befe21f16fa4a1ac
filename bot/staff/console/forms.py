"""What a form sent, read strictly."""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import Request

LONGEST_FORM = 2 * 1024 * 1024
_MOST_FIELDS = 4000
_URLENCODED = "application/x-www-form-urlencoded"


class Form:
    """Fields by name; what was not sent is empty."""

    def __init__(self, fields: Mapping[str, Sequence[str]] | None = None) -> None:
        self._fields = dict(fields or {})

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def one(self, name: str) -> str:
        """The first value of a field, without space around it."""
        return (self._fields.get(name) or [""])[0].strip()

    def raw(self, name: str) -> str:
        """The first value of a field just as typed: a password."""
        return (self._fields.get(name) or [""])[0]

    def all(self, name: str) -> list[str]:
        """Every value of a field."""
        return list(self._fields.get(name, ()))

    def lines(self, name: str) -> list[str]:
        """The lines of a text area that are not empty."""
        return [line for raw in self.one(name).splitlines() if (line := raw.strip())]


async def read_form(request: Request) -> Form:
    """The form of a POST. HTTPException 413, 415 or 400 where it is none of ours."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _URLENCODED:
        raise HTTPException(415)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_FORM:
            raise HTTPException(413)
    try:
        text = body.decode("ascii")
        return Form(parse_qs(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS))
    except ValueError as error:
        raise HTTPException(400) from error
