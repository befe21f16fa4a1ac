"""What `python -m bot kb` does: drafts and releases from and to folders of knowledge files."""

import asyncio
from datetime import date
from pathlib import Path
from typing import NamedTuple

from bot.app.editorial import Editorial
from bot.catalogue.records import ByAddress, Change, changes
from bot.errors import AccessError, InputError
from bot.staff.faults import as_line
from bot.staff.files import Written, read_texts, working_in, write_texts
from bot.staff.progress import Progress
from bot.staff.publishing import Released
from bot.staff.release_history import PastAnswer
from bot.staff.snapshot import Snapshot
from bot.store.accounts import Account
from bot.store.drafts import Draft

MARK = ".release"
"""Beside exported files: the release they are of, so that what was released since is merged, not undone."""


async def named(editorial: Editorial, name: str) -> Snapshot:
    """Knowledge by the number of a release, `live`, the id of a draft, or a folder of files."""
    history = editorial.drafts.history
    if name == "live":
        return await history.live()
    if _is_number(name):
        return await history.snapshot((await history.release(int(name))).number)
    if Path(name).is_dir():
        texts = await asyncio.to_thread(_texts, Path(name))
        live = await history.live()
        return await asyncio.to_thread(live.with_texts, live.differing(texts))
    return await editorial.drafts.snapshot(await editorial.drafts.get(name))


def _is_number(name: str) -> bool:
    """Whether this is a release's number; the id of a draft may be digits alone too, but is longer."""
    return name.isdecimal() and len(name) < 10


async def diff(editorial: Editorial, before: str, after: str) -> tuple[list[Change], list[str]]:
    """What differs field by field, and the files in which only layout does."""
    old, new = await named(editorial, before), await named(editorial, after)
    found = changes(old.records, new.records)
    quiet = [path for path in old.differing(new.texts) if _same_records(path, old, new)]
    return found, quiet


def _same_records(path: str, old: Snapshot, new: Snapshot) -> bool:
    before, after = old.sources.get(path), new.sources.get(path)
    return before is not None and after is not None and before.parsed == after.parsed


def _texts(folder: Path) -> dict[str, str]:
    texts, faults = read_texts(folder)
    if faults:
        raise InputError("; ".join(map(as_line, faults)))
    return texts


class Tally(NamedTuple):
    """How many records a folder adds, changes and takes away."""

    added: int
    changed: int
    removed: int

    def __str__(self) -> str:
        return f"{self.added} records added, {self.changed} changed, {self.removed} taken away"


def _tally(before: ByAddress, after: ByAddress) -> Tally:
    changed = sum(before[address] != after[address] for address in before.keys() & after.keys())
    return Tally(len(after.keys() - before.keys()), changed, len(before.keys() - after.keys()))


async def import_files(
    editorial: Editorial,
    account: Account,
    folder: Path,
    *,
    title: str = "",
    reason: str = "",
    base: int | None = None,
    remove: bool = False,
) -> tuple[Draft, Tally]:
    """A folder of edited files as a draft on the release they were exported from.

    Part of a folder would be a draft that takes all else away: where no export wrote it, only `remove` lets
    it take anything away. InputError otherwise, and where nothing differs.
    """
    texts = await asyncio.to_thread(_texts, folder)
    history, mark = editorial.drafts.history, _marked(folder)
    named_base = mark if base is None else base
    on = await history.newest() if named_base is None else named_base
    under = await history.snapshot((await history.release(on)).number)
    changed = under.differing(texts)
    if not changed:
        raise InputError(f"{folder}: the same as release {on}; there is nothing to import")
    tally = _tally(under.records, (await asyncio.to_thread(under.with_texts, changed)).records)
    if tally.removed and mark is None and not remove:
        lacks = f"{folder}: lacks {tally.removed} of the {len(under.records)} records of release {on}"
        raise InputError(f"{lacks}, and bears no {MARK} of an export; --remove takes them away")
    title, what = title or folder.name or "files", f"files: {folder.name}"
    return await editorial.drafts.create(account, title, reason, base=on, texts=changed, what=what), tally


def _marked(folder: Path) -> int | None:
    try:
        return int((folder / MARK).read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise InputError(f"{folder / MARK}: {error}") from error


async def export_files(editorial: Editorial, folder: Path, name: str, *, prune: bool) -> Written:
    """Write knowledge back as files, byte for byte; `prune` deletes what an earlier export left there.

    InputError where it is to delete in a folder that no export wrote.
    """
    snapshot = await named(editorial, name)
    if prune and _marked(folder) is None and _holds_something(folder):
        raise InputError(
            f"{folder}: bears no {MARK}, so what lies there is not ours to delete;"
            " export without --prune first, or into a new folder"
        )
    mark = {MARK: f"{await _base(editorial, name)}\n"}
    return await asyncio.to_thread(write_texts, folder, snapshot.texts, mark, prune)


def _holds_something(folder: Path) -> bool:
    with working_in(folder):
        return folder.is_dir() and any(folder.iterdir())


async def _base(editorial: Editorial, name: str) -> int:
    """The release that knowledge of this name is, or is a draft on."""
    if name == "live":
        return await editorial.drafts.history.newest()
    return int(name) if _is_number(name) else (await editorial.drafts.get(name)).base


async def said(editorial: Editorial, service: str, day: date) -> list[PastAnswer]:
    """What was said about a service on a day, as said_on has it. InputError: no release ever had it."""
    history = editorial.drafts.history
    if not await history.store.has_service(service):
        raise InputError(f"no release has a service {service!r}")
    return await history.said_on(service, day)


async def release(editorial: Editorial, account: Account, draft_id: str, progress: Progress) -> Released:
    """Approve a submitted draft as its second person, where nobody did yet, and release it."""
    draft = await editorial.drafts.get(draft_id)
    if draft.state == "submitted":
        draft = await editorial.reviews.approve(account, draft_id, draft.version)
    return await editorial.publisher.release(account, draft_id, draft.version, progress)


async def signed_in(editorial: Editorial, name: str, password: str) -> Account:
    """The account someone at the terminal proves to be. AccessError where the password is wrong."""
    try:
        return await editorial.accounts.at_terminal(name, password)
    except AccessError as error:
        raise AccessError(f"{name}: {error}", error.code) from error
