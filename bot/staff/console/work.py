"""What an editor looks at and writes into: a draft, or the live release and then a draft made for it."""

import asyncio
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from bot.catalogue.records import Address, Edits, Fields, Merge, merge
from bot.errors import ConflictError
from bot.staff.changing import with_records
from bot.staff.console.console import Console
from bot.staff.console.showing import title_of
from bot.staff.drafts import OPEN
from bot.staff.snapshot import Snapshot
from bot.store.accounts import Account
from bot.store.drafts import Draft

NO_EDITS: Edits = MappingProxyType({})


class Workspace(NamedTuple):
    """The knowledge an editor sees: of a draft in a version, or of a release by its number."""

    draft: Draft | None
    version: int
    snapshot: Snapshot

    @property
    def seen(self) -> str:
        """The draft's id, or empty for a release."""
        return self.draft.id if self.draft else ""

    @property
    def suffix(self) -> str:
        """What an address carries to stay in this workspace."""
        return f"?draft={self.draft.id}" if self.draft else ""


class ClashError(ConflictError):
    """Somebody else changed the same record: `merge` has both versions, `workspace` what there is now."""

    def __init__(self, address: Address, found: Merge, workspace: Workspace) -> None:
        super().__init__(f"{address} was changed meanwhile", found)
        self.address, self.merge, self.workspace = address, found, workspace


async def workspace(console: Console, draft_id: str) -> Workspace:
    """The workspace of an open draft, else of the live release."""
    if draft_id:
        draft = await console.drafts.get(draft_id)
        if draft.state in OPEN:
            return Workspace(draft, draft.version, await console.drafts.snapshot(draft))
    number = await console.drafts.history.newest()
    return Workspace(None, number, await console.drafts.history.snapshot(number))


async def open_drafts(console: Console, account: Account) -> list[Draft]:
    """The drafts one can write into, one's own first."""
    drafts = await console.drafts.all(("editing",))
    return sorted(drafts, key=lambda d: d.author != account.name)


async def with_edits(snapshot: Snapshot, edits: Edits) -> Snapshot:
    """The knowledge with these records."""
    return await asyncio.to_thread(lambda: with_records(snapshot, edits).read())


async def save(
    console: Console, account: Account, seen: tuple[str, int], target_id: str, edits: Edits, title: str
) -> Draft:
    """Save records into a draft, a new one called `title` where none is named; what is as before is left.

    `seen` is what the editor looked at: draft id (or empty) and version (or release). Raises ClashError.
    """
    opened = await _opened(console, *seen)
    changed = {a: f for a, f in edits.items() if opened.get(a) != f}
    if target_id:
        draft = await console.drafts.get(target_id)
    elif not changed:
        raise UnchangedError
    else:
        draft = await console.drafts.create(account, title)
    if not changed:
        return draft
    now = await console.drafts.snapshot(draft)
    for address, fields in changed.items():
        theirs = now.records.get(address)
        if theirs not in (opened.get(address), fields):
            found = merge(opened.get(address), fields, theirs)
            raise ClashError(address, found, Workspace(draft, draft.version, now))
    for address, fields in changed.items():
        if now.records.get(address) != fields:
            draft = await _saved(console, account, draft, address, fields)
    return draft


async def _saved(
    console: Console, account: Account, draft: Draft, address: Address, fields: Fields | None
) -> Draft:
    try:
        return await console.drafts.save(account, draft.id, draft.version, address, fields)
    except ConflictError as error:
        if not isinstance(error.conflict, Merge):
            raise
        raise ClashError(address, error.conflict, await workspace(console, draft.id)) from error


class UnchangedError(Exception):
    """Nothing differs from the live release, so that no draft was made."""


async def _opened(console: Console, draft_id: str, version: int) -> Mapping[Address, Fields]:
    if draft_id:
        return (await console.drafts.snapshot(await console.drafts.get(draft_id), version)).records
    return (await console.drafts.history.snapshot(version)).records


def options(snapshot: Snapshot) -> dict[str, Sequence[tuple[str, str]]]:
    """What a form's choices offer, by the kind they choose from: (id, what is read)."""
    found: dict[str, list[tuple[str, str]]] = {
        k: [] for k in ("organizations", "contacts", "services", "replies")
    }
    domains: list[tuple[str, str]] = []
    for address, fields in snapshot.records.items():
        if address.kind == "contacts":
            found["contacts"].append((address.id, f"{fields.get('phone')} {fields.get('name')}"))
        elif address.kind == "domains":
            domains.append((str(fields.get("number")), f"{fields.get('number')} {fields.get('name')}"))
        elif address.kind in found:
            found[address.kind].append((address.id, title_of(address, fields)))
    return {**found, "domains": domains}
