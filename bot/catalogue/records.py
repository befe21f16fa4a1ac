"""Knowledge as records — a service, a contact, one reply — whichever file each is in; how they differ."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from bot.catalogue.documents import LISTS, PLAIN, Document, Fault, Location
from bot.catalogue.examples import TALK

Fields = Mapping[str, Any]
"""A record as plain JSON values."""

# path → (kind, field): one record for each key of the file, with one field
MAPPINGS: Mapping[str, tuple[str, str]] = {
    "synonyms.yaml": ("concepts", "words"),
    "replies.yaml": ("replies", "text"),
    "known_failures.yaml": ("known", "questions"),
}
SINGLE = ("plan", "cues", "confidence")
# Kinds of which each record is a file of its own, which comes and goes with it.
FILES = ("services", "examples", "talk")
LISTED = tuple(kind for kinds in LISTS.values() for kind in kinds)
"""Kinds whose records stand in a list of their file, each with an id."""
KINDS = (
    *FILES,
    *LISTED,
    *(kind for kind, _ in MAPPINGS.values()),
    "lookalikes",
    "words",
    *SINGLE,
)
# Lists whose order says nothing: two people's additions to them go together.
UNORDERED = frozenset(
    {"phrasings", "alternate_names", "audience", "words", "lines", "questions", "signs", "examples"}
    | {"near_misses"}
)


class Address(NamedTuple):
    """Which record: `kind` is one of KINDS, `id` its own name (`services`, `dibao-standard`)."""

    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.id}"


ByAddress = Mapping[Address, Fields]
"""Records by their address."""
Edits = Mapping[Address, Fields | None]
"""Records as they shall be; None: taken away."""


class Placed(NamedTuple):
    """A record with the place in its document where it stands."""

    address: Address
    location: Location
    fields: Fields


def records_of(document: Document) -> Iterator[Placed]:
    """The records of a document; what does not have the shape of one is left out (check says why)."""
    path, data = document.path, document.data
    if path == "words.txt":
        yield from (Placed(Address("words", w), (i,), {"word": w}) for i, w in enumerate(data))
    elif not isinstance(data, dict):
        return
    elif path.startswith("services/"):
        yield Placed(Address("services", str(data.get("id"))), (), data)
    elif path.startswith(TALK):
        yield Placed(Address("talk", path.removeprefix(TALK).removesuffix(".yaml")), (), data)
    elif path.startswith("examples/"):
        yield Placed(Address("examples", str(data.get("service"))), (), data)
    elif path in MAPPINGS:
        kind, field = MAPPINGS[path]
        yield from (Placed(Address(kind, str(key)), (key,), {field: v}) for key, v in data.items())
    elif path.removesuffix(".yaml") in SINGLE:
        name = path.removesuffix(".yaml")
        yield Placed(Address(name, name), (), data)
    else:
        yield from _listed(path, data)


def _listed(path: str, data: Mapping[str, Any]) -> Iterator[Placed]:
    for kind in LISTS.get(path, ()):
        rows = data.get(kind)
        for i, row in enumerate(rows if isinstance(rows, list) else ()):
            if isinstance(row, dict):
                yield Placed(Address(kind, str(row.get("id"))), (kind, i), row)
    for kind in PLAIN.get(path, ()):
        if isinstance(data.get(kind), list):
            yield Placed(Address(kind, kind), (kind,), {"lines": data[kind]})


def all_records(documents: Iterable[Document]) -> dict[Address, Fields]:
    """Every record of these documents by its address."""
    return {placed.address: placed.fields for document in documents for placed in records_of(document)}


class FieldFault(NamedTuple):
    """A fault at the record and field it is about, and the item of a list.

    `address` is None where it is about a whole file.
    """

    address: Address | None
    field: str
    item: int | None
    fault: Fault


def addressed(faults: Iterable[Fault], documents: Iterable[Document]) -> list[FieldFault]:
    """Faults with the record and field each is about, so that a form can show them where they belong."""
    by_path = {d.path: d for d in documents}
    placed = {path: list(records_of(by_path[path])) for path in {f.path for f in faults} & by_path.keys()}
    return [_addressed(fault, placed.get(fault.path, ())) for fault in faults]


def _addressed(fault: Fault, placed: Sequence[Placed]) -> FieldFault:
    for record in placed:
        length = len(record.location)
        if fault.place[:length] != record.location or (not fault.place and length):
            continue
        rest = fault.place[length:]
        if record.address.kind in (*(k for k, _ in MAPPINGS.values()), "lookalikes", "words"):
            rest = (next(iter(record.fields)), *rest)
        item = next((part for part in rest[1:] if isinstance(part, int)), None)
        return FieldFault(record.address, str(rest[0]) if rest else "", item, fault)
    return FieldFault(None, "", None, fault)


class Change(NamedTuple):
    """One field that differs; None where it, or the whole record, is not there."""

    address: Address
    field: str
    before: Any
    after: Any


def changes(before: Mapping[Address, Fields], after: Mapping[Address, Fields]) -> list[Change]:
    """What differs between two sets of records, record by record, field by field."""
    found = []
    for address in dict.fromkeys((*before, *after)):
        old, new = before.get(address, {}), after.get(address, {})
        for field in dict.fromkeys((*old, *new)):
            if old.get(field) != new.get(field):
                found.append(Change(address, field, old.get(field), new.get(field)))
    return found


class FieldConflict(NamedTuple):
    """A field that two people changed, each in another way."""

    field: str
    base: Any
    mine: Any
    theirs: Any


class Merge(NamedTuple):
    """Two people's changes of one record put together; in a conflict the field is as `theirs`.

    `fields` is None where the record is taken away.
    """

    base: Fields | None
    mine: Fields | None
    theirs: Fields | None
    fields: Fields | None
    conflicts: tuple[FieldConflict, ...]


WHOLE = "*"
"""The field of a conflict about the record itself: one changed it, the other took it away."""


def merge(base: Fields | None, mine: Fields | None, theirs: Fields | None) -> Merge:
    """Put `mine` and `theirs`, both made from `base`, together field by field."""
    if mine == theirs or base == mine:
        return Merge(base, mine, theirs, theirs, ())
    if base == theirs:
        return Merge(base, mine, theirs, mine, ())
    if mine is None or theirs is None:
        return Merge(base, mine, theirs, theirs, (FieldConflict(WHOLE, base, mine, theirs),))
    before = base or {}
    fields: dict[str, Any] = {}
    conflicts = []
    for name in dict.fromkeys((*theirs, *mine)):
        one = FieldConflict(name, before.get(name), mine.get(name), theirs.get(name))
        value, clash = _merged(one)
        if value is not None:
            fields[name] = value
        if clash:
            conflicts.append(one)
    return Merge(base, mine, theirs, fields, tuple(conflicts))


def _merged(one: FieldConflict) -> tuple[Any, bool]:
    field, base, mine, theirs = one
    if mine in (theirs, base):
        return theirs, False
    if theirs == base:
        return mine, False
    if field in UNORDERED and isinstance(mine, list) and isinstance(theirs, list):
        return _together(base or [], mine, theirs), False
    return theirs, True


def _together(base: Sequence[Any], mine: Sequence[Any], theirs: Sequence[Any]) -> list[Any]:
    ours, others, before = (frozenset(map(_item_key, items)) for items in (mine, theirs, base))
    kept = [x for x in theirs if _item_key(x) in ours or _item_key(x) not in before]
    known = before | others
    return [*kept, *(x for x in mine if _item_key(x) not in known)]


def _item_key(item: Any) -> str:
    """What tells items of a list apart: too many of them to compare each with each."""
    return json.dumps(item, sort_keys=True, default=str)
