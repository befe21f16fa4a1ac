"""导入导出: files out of the live release, files in as drafts; each way is one entry of a list."""

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.errors import InputError
from bot.staff.console.access import Visit

PATH = "/staff/exchange"


class Download(NamedTuple):
    """A file to download: its key in the address and in words.json, its file name, and what makes it."""

    key: str
    filename: str
    media_type: str
    make: Callable[[], Awaitable[bytes]]


class Upload(NamedTuple):
    """A way in: its key in words.json, and what takes the file and answers with a page."""

    key: str
    accepts: str
    take: Callable[[Visit], Awaitable[Response]]


class ExchangePage:
    """The page with the buttons, none of which is there without something behind it."""

    def __init__(self, downloads: Sequence[Download], uploads: Sequence[Upload]) -> None:
        self._downloads = {d.key: d for d in downloads}
        self._uploads = {u.key: u for u in uploads}

    async def page(self, visit: Visit) -> Response:
        """What can be downloaded and uploaded."""
        return self._page(visit, "", 200)

    def _page(self, visit: Visit, fault: str, status_code: int) -> Response:
        downloads, uploads = tuple(self._downloads), tuple(self._uploads.values())
        return visit.page(
            "exchange", status_code, here=PATH, downloads=downloads, uploads=uploads, fault=fault
        )

    async def download(self, visit: Visit) -> Response:
        """One file."""
        found = self._downloads.get(visit.part("key"))
        if found is None:
            raise HTTPException(404)
        headers = {
            "Content-Disposition": f'attachment; filename="{found.filename}"',
            "Cache-Control": "no-store",
        }
        return Response(await found.make(), headers=headers, media_type=found.media_type)

    async def upload(self, visit: Visit) -> Response:
        """Take one file; why it cannot be taken is said where another can be chosen."""
        found = self._uploads.get(visit.part("key"))
        if found is None:
            raise HTTPException(404)
        try:
            if not visit.form.file("file"):
                raise InputError("no file, or an empty one", "no-file")
            return await found.take(visit)
        except InputError as error:
            return self._page(visit, visit.pages.unread(error), 400)
