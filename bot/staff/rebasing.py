"""A draft's changes put on top of a newer release, record by record, field by field."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from bot.catalogue.records import WHOLE, Address, Fields, Merge, changes, merge
from bot.staff.editing import edited_together
from bot.staff.snapshot import Snapshot

Choices = Mapping[tuple[Address, str], Any]
"""What a field in conflict shall be, by record and field; under WHOLE the whole record or None."""


class Rebased(NamedTuple):
    """The draft's files on the newer release, what is still in conflict, and files whose layout was lost.

    `texts` is by path, None where the file is taken away; `layout` lists files in which only comments or
    order differed, while the newer release changed them too.
    """

    texts: dict[str, str | None]
    conflicts: tuple[tuple[Address, Merge], ...]
    layout: tuple[str, ...]


def rebased(base: Snapshot, mine: Snapshot, theirs: Snapshot, choices: Choices) -> Rebased:
    """Bring what differs between `base` and `mine` over to `theirs`."""
    texts: dict[str, str | None] = {}
    conflicts: list[tuple[Address, Merge]] = []
    layout: list[str] = []
    for path, text in base.differing(mine.texts).items():
        others = theirs.texts.get(path)
        if others in (base.texts.get(path), text):
            texts[path] = text
            continue
        found, clashes, touched = _merged_file(path, base, mine, theirs, choices)
        conflicts += clashes
        texts[path] = found
        if not touched:
            layout.append(path)
    kept = {path: text for path, text in texts.items() if theirs.texts.get(path) != text}
    return Rebased(kept, tuple(conflicts), tuple(layout))


def _merged_file(
    path: str, base: Snapshot, mine: Snapshot, theirs: Snapshot, choices: Choices
) -> tuple[str | None, list[tuple[Address, Merge]], bool]:
    conflicts = []
    edits: dict[Address, Fields | None] = {}
    before, after, now = (_of(snapshot, path) for snapshot in (base, mine, theirs))
    touched = dict.fromkeys(change.address for change in changes(before, after))
    for address in touched:
        merged = merge(before.get(address), after.get(address), now.get(address))
        left = tuple(c for c in merged.conflicts if (address, c.field) not in choices)
        if left:
            conflicts.append((address, merged._replace(conflicts=left)))
        edits[address] = _chosen(address, merged, choices)
    text = theirs.texts.get(path)
    return (edited_together(text, path, edits) if edits else text), conflicts, bool(touched)


def _chosen(address: Address, merged: Merge, choices: Choices) -> Fields | None:
    if (address, WHOLE) in choices:
        whole: Fields | None = choices[address, WHOLE]
        return whole
    if merged.fields is None:
        return None
    chosen = {c.field: choices[address, c.field] for c in merged.conflicts if (address, c.field) in choices}
    return {name: value for name, value in {**merged.fields, **chosen}.items() if value is not None}


def _of(snapshot: Snapshot, path: str) -> dict[Address, Fields]:
    kept = snapshot.sources.get(path)
    return Snapshot({path: kept}).records if kept else {}
