"""A workbook or a JSON export turned into a draft: only what was changed in it is changed.

It is compared with the release it was made from, which it names itself: what others have released since
is no difference of its own, and stays.
"""

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from bot.catalogue.advice import advice
from bot.catalogue.model import Catalogue
from bot.catalogue.records import LISTED, MAPPINGS, SINGLE, UNORDERED, Address, ByAddress, FieldFault, Fields
from bot.catalogue.shapes import SHAPES
from bot.errors import InputError, KnowledgeError, WorkerError
from bot.staff import spreadsheet
from bot.staff.changing import with_records
from bot.staff.drafts import Drafts
from bot.staff.editing import edited_together, path_of
from bot.staff.faults import told
from bot.staff.mentions import taken_away, without_mentions
from bot.staff.progress import Progress, unreported
from bot.staff.snapshot import Snapshot
from bot.staff.spreadsheet import Read, RowFault
from bot.staff.workbook import OWNERS, heading_of, layout
from bot.staff.workers import Runner, in_process
from bot.store.accounts import Account
from bot.store.drafts import Draft, Texts

_MOST_MEMORY = 1024**3  # to read a file with; a workbook of 50,000 phrasings takes a sixth of it
T = TypeVar("T")
RowPlaces = Mapping[tuple[str, ...], tuple[str, int]]
Records = Mapping[str, Mapping[str, Any]]
"""Records as JSON values by kind and id; of words and replies the record is the text itself."""

_LISTS = ("services", *(kind for kind in LISTED if kind in Catalogue.model_fields), "concepts")
"""Kinds that a catalogue holds as lists of records with an id."""
_WORD_LISTS = {"concepts": "words", "lookalikes": "lines"}
_TEXTS = {"words": "word", "replies": "text"}


class Imported(NamedTuple):
    """What a file would change of a release: files by path, and each fault with its sheet and row."""

    texts: Texts
    faults: tuple[RowFault, ...]
    base: int


async def workbook(drafts: Drafts, data: bytes, run: Runner = in_process) -> Imported:
    """What was changed in a workbook, read where `run` says. InputError where it is none."""
    read = await _apart(run, spreadsheet.read, data)
    base = await _base(drafts, read.release)
    before = (await drafts.history.snapshot(base)).records
    faults = (*read.faults, *_renamed(before, read), *_strangers(before, read))
    if faults:
        return Imported({}, tuple(sorted(faults)), base)
    return await _imported(drafts, base, read.records, read.places)


def _strangers(before: ByAddress, read: Read) -> Iterator[RowFault]:
    """Rows about records that never were; those about one just taken away go with it."""
    for (kind, name), faults in read.strangers.items():
        if kind not in OWNERS or name not in _homes(before, kind):
            yield from faults


def _renamed(before: ByAddress, read: Read) -> Iterator[RowFault]:
    """Rows whose id was changed: whatever names the record by its old one would go with that."""
    for kind in OWNERS:
        homes, wanted = _homes(before, kind), read.records[kind]
        gone = {before[a].get("name"): name for name, a in homes.items() if name not in wanted}
        for name, record in wanted.items():
            if name not in homes and record.get("name") in gone:
                said = layout().faults["id-changed"].format(id=gone[record["name"]])
                yield RowFault(*read.places[kind, name], heading_of(kind, "id"), said)


def _homes(records: ByAddress, kind: str) -> dict[str, Address]:
    """Where each record of a file's kind is, by its id."""
    kinds = ("signposts", "elsewhere") if kind == "signposts" else (kind,)
    return {a.id: a for a in records if a.kind in kinds}


async def _apart(run: Runner, read: Callable[[bytes], T], data: bytes) -> T:
    """What a file says, read in a process of its own: some kilobytes can fill the memory, or be meant to."""
    try:
        return await run(_read, read, data, progress=unreported, memory=_MOST_MEMORY)
    except WorkerError as error:
        raise InputError("what the file holds does not fit the memory", "file-bomb") from error


def _read(read: Callable[[bytes], T], data: bytes, _progress: Progress) -> T:
    return read(data)


async def _base(drafts: Drafts, told: int | None) -> int:
    """The release a file was made from, as it says itself; the live one where it says none that is here."""
    known = {release.number for release in await drafts.history.all()}
    return told if told in known else await drafts.history.newest()


async def _imported(drafts: Drafts, base: int, records: Records, places: RowPlaces) -> Imported:
    under = await drafts.history.snapshot(base)
    after = await asyncio.to_thread(_changed, under, records)
    found = await drafts.checker.faults(after)
    # A new service's examples have no place in such a file: its draft asks for them.
    faults = tuple(_row(f, after.records, places) for f in found.blocking if f.fault.code != "no-examples")
    return Imported(under.differing(after.texts), faults, base)


def _changed(under: Snapshot, records: Records) -> Snapshot:
    """The knowledge with these records; what names a service taken away goes with it."""
    after = under.with_texts(changed_texts(under, records))
    gone = taken_away(under.records, after.records)
    return with_records(after, without_mentions(after.records, gone))


def _row(fault: FieldFault, records: ByAddress, places: RowPlaces) -> RowFault:
    """A fault at its row; where no sheet has the record, at its kind and by its name."""
    if fault.address is None:
        stem = fault.fault.path.partition("/")[0].removesuffix(".yaml")
        kind, _ = MAPPINGS.get(fault.fault.path, (stem, ""))
        return RowFault(kind, 0, "", told(fault.fault.reason))
    kind, name = fault.address
    kind = "signposts" if kind == "elsewhere" else "services" if kind == "examples" else kind
    if fault.field == "phrasings" and fault.item is not None:
        said = records[fault.address]["phrasings"][fault.item]
        if (kind, name, said) in places:
            where = places[kind, name, said]
            return RowFault(*where, heading_of("phrasings", "text"), told(fault.fault.reason))
    if (kind, name) in places:
        return RowFault(*places[kind, name], heading_of(kind, fault.field), told(fault.fault.reason))
    return RowFault(kind, 0, fault.field, f"{name}：{told(fault.fault.reason)}")


async def exported(drafts: Drafts, data: bytes, run: Runner = in_process) -> Imported:
    """What was changed in a JSON export, read where `run` says. InputError where it is none."""
    catalogue, release = await _apart(run, read_export, data)
    return await _imported(drafts, await _base(drafts, release), of_catalogue(catalogue), {})


async def into_draft(drafts: Drafts, account: Account, imported: Imported, title: str) -> Draft:
    """Make what was imported a draft on the release it was made from, all or nothing.

    KnowledgeError carries the faults; InputError where nothing differs from that release.
    """
    if imported.faults:
        raise KnowledgeError(f"{len(imported.faults)} faults in the file", list(map(str, imported.faults)))
    if not imported.texts:
        raise InputError("the file says what its release says; there is nothing to change", "unchanged")
    return await drafts.create(account, title, base=imported.base, texts=imported.texts, what=title)


def read_export(data: bytes) -> tuple[Catalogue, int | None]:
    """The catalogue of a JSON export, and which release it says it was made from.

    InputError says what is wrong with it.
    """
    try:
        whole = json.loads(data)
        release = whole.get("release")
        return Catalogue.model_validate(whole["catalogue"]), release if isinstance(release, int) else None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        said = told(advice(first["type"], first.get("ctx", {})))
        raise InputError(f"{place}: {first['msg']}", "export-value", place=place, said=said) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError("this is not a JSON export of the catalogue", "no-export") from error


def of_catalogue(catalogue: Catalogue) -> Records:
    """A catalogue's records."""
    whole = catalogue.model_dump(mode="json")
    found: dict[str, dict[str, Any]] = {
        kind: {record["id"]: record for record in whole[kind]} for kind in _LISTS
    }
    found |= {kind: {kind: whole[kind]} for kind in SINGLE}
    found["lookalikes"] = {"lookalikes": whole["lookalikes"]}
    return found | {"words": {word: word for word in whole["words"]}, "replies": dict(whole["replies"])}


def changed_texts(live: Snapshot, records: Records) -> Texts:
    """The files that say something else once these records stand in them; None: taken away.

    Kinds that `records` does not have stay as they are.
    """
    by_path: dict[str, dict[Address, Fields | None]] = defaultdict(dict)
    for address, fields in changed(live, records):
        by_path[_path(live, address, fields)][address] = fields
        home = live.path_of_record(address)
        if fields is not None and home not in (None, _path(live, address, fields)):
            by_path[str(home)][address] = None
    return {path: edited_together(live.texts.get(path), path, edits) for path, edits in by_path.items()}


def _path(live: Snapshot, address: Address, fields: Fields | None) -> str:
    if address.kind != "services":
        return path_of(address)
    if fields is None:
        return str(live.path_of_record(address))
    return path_of(address, live.folder_of(fields["source"]["section"]))


def changed(live: Snapshot, records: Records) -> Iterator[tuple[Address, Fields | None]]:
    """Each record that differs, as the knowledge files have it; None where it was taken out."""
    for kind, wanted in records.items():
        homes = _homes(live.records, kind)
        for name, record in wanted.items():
            address = homes.get(name, Address(kind, name))
            fields = _differing(kind, live.records.get(address), record)
            if fields is not None:
                yield address, fields
        yield from ((address, None) for name, address in homes.items() if name not in wanted)


def _differing(kind: str, before: Fields | None, record: Any) -> Fields | None:
    """The record's fields, those that say the same left as they stand; None where all do."""
    if kind in _TEXTS:
        wanted = {_TEXTS[kind]: record}
        return None if before == wanted else wanted
    if kind in _WORD_LISTS:
        field = _WORD_LISTS[kind]
        wanted = {field: list(record[field] if isinstance(record, Mapping) else record)}
        wanted = _in_order(before or {}, wanted)
        return None if before is not None and list(before[field]) == wanted[field] else wanted
    model = SHAPES[kind]
    was = _normal(model, before) if before is not None else {}
    record = _in_order(was, record)
    differ = {field: _as_in_files(value) for field, value in record.items() if was.get(field, ...) != value}
    return None if not differ else {**(before or {}), **differ}


def _in_order(before: Fields, record: Fields) -> dict[str, Any]:
    """The record, its lists of which the order says nothing as they were, and what is new behind.

    Who sorts a sheet has changed nothing.
    """
    found = dict(record)
    for field in UNORDERED & record.keys():
        left = Counter[str](record[field])
        found[field] = [*_taken(before.get(field) or (), left), *_taken(record[field], left)]
    return found


def _taken(items: Iterable[str], left: Counter[str]) -> Iterator[str]:
    """Those items that are left, each as often as it is."""
    for item in items:
        if left[item] > 0:
            left[item] -= 1
            yield item


def _normal(model: type[BaseModel], fields: Fields) -> Fields:
    try:
        return model.model_validate(fields).model_dump(mode="json")
    except ValidationError:
        return {}


def _as_in_files(value: Any) -> Any:
    """Figures' values are numbers there, not text."""
    if isinstance(value, dict):
        return {k: _number(v) if k == "value" else _as_in_files(v) for k, v in value.items()}
    return [_as_in_files(inner) for inner in value] if isinstance(value, list) else value


def _number(value: Any) -> int | float:
    number = Decimal(str(value))
    return int(number) if number == number.to_integral_value() else float(number)
