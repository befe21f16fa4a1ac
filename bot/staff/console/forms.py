"""What a form sent, read strictly."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from urllib.parse import parse_qs

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from bot.bodies import read_limited
from bot.staff.xlsx_guard import LARGEST_FILE

LONGEST_FORM = 2 * 1024 * 1024
_MOST_FIELDS = 4000
_MOST_DIGITS = 9
NUL = "\0"
_URLENCODED = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"


def count_of(text: str) -> int | None:
    """The number somebody sent, of a release or version or of days; None where it is none such."""
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else None


class Form:
    """Fields by name; what was not sent is empty."""

    def __init__(
        self, fields: Mapping[str, Sequence[str]] | None = None, files: Mapping[str, bytes] | None = None
    ) -> None:
        self._fields = dict(fields or {})
        self._files = dict(files or {})

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def names(self) -> list[str]:
        """The names of all fields, as they came."""
        return list(self._fields)

    def one(self, name: str) -> str:
        """The first value of a field, without space around it."""
        return (self._fields.get(name) or [""])[0].strip()

    def parts(self, name: str) -> list[str]:
        """The names after `name-` of the fields that belong together."""
        return [key.removeprefix(f"{name}-") for key in self._fields if key.startswith(f"{name}-")]

    def raw(self, name: str) -> str:
        """The first value of a field just as typed: a password."""
        return (self._fields.get(name) or [""])[0]

    def all(self, name: str) -> list[str]:
        """Every value of a field."""
        return list(self._fields.get(name, ()))

    def file(self, name: str) -> bytes:
        """What an uploaded file holds; empty where none was chosen."""
        return self._files.get(name, b"")

    def lines(self, name: str) -> list[str]:
        """The lines of a text area that are not empty."""
        return [line for raw in self.one(name).splitlines() if (line := raw.strip())]


async def read_form(request: Request) -> Form:
    """The form of a POST, perhaps with a file. HTTPException 413, 415 or 400 where it is none of ours."""
    if _media_type(request) == _MULTIPART:
        return await _multipart(request, await _body(request, LARGEST_FILE + LONGEST_FORM))
    return await read_plain(request)


async def read_plain(request: Request, longest: int = LONGEST_FORM) -> Form:
    """The form of a POST, without files and up to so many bytes. HTTPException 413, 415 or 400 as above."""
    if _media_type(request) != _URLENCODED:
        raise HTTPException(415)
    body = await _body(request, longest)
    try:
        text = body.decode("ascii")
        fields = parse_qs(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise HTTPException(400) from error
    return Form(_typed(fields))


def _typed(fields: Mapping[str, Sequence[str]]) -> Mapping[str, Sequence[str]]:
    """The fields, where nothing stands in them that no keyboard types and PostgreSQL does not keep."""
    if any(NUL in value for values in fields.values() for value in values):
        raise HTTPException(400)
    return fields


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def _body(request: Request, longest: int) -> bytes:
    body = await read_limited(request.stream(), longest)
    if body is None:
        raise HTTPException(413)
    return body


@asynccontextmanager
async def _closed_after(form: FormData) -> AsyncIterator[FormData]:
    try:
        yield form
    finally:
        await form.close()


async def _multipart(request: Request, body: bytes) -> Form:
    """A form with one file."""

    async def stream() -> AsyncGenerator[bytes, None]:
        yield body

    parser = MultiPartParser(request.headers, stream(), max_files=1, max_fields=_MOST_FIELDS)
    try:
        async with _closed_after(await parser.parse()) as found:
            files = {name: await f.read() for name, f in found.multi_items() if isinstance(f, UploadFile)}
            texts = {name: [value] for name, value in found.multi_items() if isinstance(value, str)}
    except (MultiPartException, KeyError, ValueError) as error:
        raise HTTPException(400) from error
    return Form(_typed(texts), files)
