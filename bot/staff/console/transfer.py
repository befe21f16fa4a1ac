"""What the exchange page offers: every export of the live release, and files that become drafts."""

from collections.abc import Awaitable, Callable
from functools import partial

from starlette.responses import Response

from bot.errors import KnowledgeError
from bot.staff import importing
from bot.staff.console.access import Visit
from bot.staff.console.console import Console
from bot.staff.console.exchange import PATH, Download, Upload
from bot.staff.console.faultlist import rows_lines
from bot.staff.exports.faq import Stamp
from bot.staff.exports.formats import FORMATS, packed
from bot.staff.importing import Imported
from bot.staff.progress import unreported

_MOST_LINES = 200
_READERS: dict[str, tuple[str, Callable[..., Awaitable[Imported]]]] = {
    "xlsx": (".xlsx", importing.workbook),
    "json": (".json", importing.exported),
}


def downloads(console: Console) -> list[Download]:
    """The live release in every format."""
    return [
        Download(name, form.filename, form.media_type, partial(_made, console, name))
        for name, form in FORMATS.items()
    ]


async def _made(console: Console, name: str) -> bytes:
    """Made in a process of its own: a leaflet takes seconds, and residents are being answered."""
    history = console.drafts.history
    number = await history.newest()
    catalogue = (await console.drafts.checker.check(await history.snapshot(number))).catalogue
    if catalogue is None:
        raise KnowledgeError(f"release {number} cannot be read as a catalogue")
    return await console.run(packed, name, catalogue, Stamp(number, console.today), progress=unreported)


def uploads(console: Console) -> list[Upload]:
    """The files that may come back."""
    return [Upload(key, accepts, partial(_take, console, key)) for key, (accepts, _) in _READERS.items()]


async def _take(console: Console, key: str, visit: Visit) -> Response:
    """Make a draft of a file, or show what is wrong with it, and in which rows."""
    _, reader = _READERS[key]
    imported = await reader(console.drafts, visit.form.file("file"), console.run)
    if imported.faults:
        lines = rows_lines(imported.faults)
        return visit.page("exchange-faults", 422, here=PATH, lines=lines, most=_MOST_LINES)
    title = visit.pages.words["uploaded"][key]
    draft = await importing.into_draft(console.drafts, visit.account, imported, title)
    return visit.go(f"/staff/drafts/{draft.id}", "imported")
