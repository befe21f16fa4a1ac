"""What an editor looks at and writes into: a draft, or the live release and then a draft made for it."""

import asyncio
from collections.abc import Sequence
from types import MappingProxyType
from typing import NamedTuple

from bot.catalogue.records import Address, ByAddress, Edits, Merge, merge
from bot.errors import ConflictError
from bot.staff.changing import with_records
from bot.staff.console.console import Console
from bot.staff.console.showing import title_of
from bot.staff.drafts import OPEN, steps_of
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


async def targets(console: Console, account: Account, *chosen: str) -> list[Draft]:
    """The drafts to save into: those being edited, one's own first, and before them those that are looked at
    or chosen, by their ids (empty: none), wherever they stand by now.
    """
    drafts = await console.drafts.all(("editing",))
    drafts.sort(key=lambda d: d.author != account.name)
    missing = dict.fromkeys(filter(None, chosen)).keys() - {d.id for d in drafts}
    return [*[await console.drafts.get(id_) for id_ in sorted(missing)], *drafts]


async def with_edits(snapshot: Snapshot, edits: Edits) -> Snapshot:
    """The knowledge with these records."""
    return await asyncio.to_thread(lambda: with_records(snapshot, edits).read())


async def save(
    console: Console, account: Account, seen: tuple[str, int], target_id: str, edits: Edits, title: str
) -> Draft:
    """Save records into a draft, a new one called `title` where none is named, as one version of it.

    `seen` is what the editor looked at: draft id (or empty) and version (or release). What is as before is
    left. Raises ClashError, or UnchangedError where there is nothing to make a draft of.
    """
    opened = await _opened(console, *seen)
    changed = {a: f for a, f in edits.items() if opened.get(a) != f}
    if target_id:
        return await _into(console, account, target_id, opened, changed)
    if not changed:
        raise UnchangedError
    live = await workspace(console, "")
    _refuse_clash(live, opened, changed)
    after = await asyncio.to_thread(with_records, live.snapshot, changed)
    texts = live.snapshot.differing(after.texts)
    if not texts:
        raise UnchangedError
    what = steps_of(changed)
    return await console.drafts.create(account, title, base=live.version, texts=texts, what=what)


async def _into(
    console: Console, account: Account, draft_id: str, opened: ByAddress, changed: Edits
) -> Draft:
    """Save records into a draft; where somebody else just saved into it, it is looked at again."""
    while True:
        draft = await console.drafts.get(draft_id)
        space = Workspace(draft, draft.version, await console.drafts.snapshot(draft))
        _refuse_clash(space, opened, changed)
        fresh = {a: f for a, f in changed.items() if space.snapshot.records.get(a) != f}
        if not fresh:
            return draft
        try:
            return await console.drafts.save(account, draft.id, draft.version, fresh)
        except ConflictError:
            continue


def _refuse_clash(space: Workspace, opened: ByAddress, changed: Edits) -> None:
    for address, fields in changed.items():
        theirs = space.snapshot.records.get(address)
        if theirs not in (opened.get(address), fields):
            raise ClashError(address, merge(opened.get(address), fields, theirs), space)


class UnchangedError(Exception):
    """Nothing differs from the live release, so that no draft was made."""


async def _opened(console: Console, draft_id: str, version: int) -> ByAddress:
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
