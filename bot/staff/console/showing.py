"""Values and differences of records as a page shows them. Pure."""

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, Literal, NamedTuple

from bot.catalogue.records import Address, Change, Fields
from bot.staff.whatif import Shift


class DiffPart(NamedTuple):
    """A part of a difference: taken away (`del`) or come in (`ins`)."""

    sign: Literal["del", "ins"]
    text: str


def shown(value: Any) -> str:
    """A field's value in one text: lists one item a line, a figure as one reads it."""
    if value is None:
        return "—"
    if isinstance(value, Mapping):
        if "metric" in value:
            return "{metric} {comparator} {value}{unit}（{year}）".format_map(_Lenient(value))
        return " ".join(map(shown, value.values()))
    if isinstance(value, (list, tuple)):
        return "\n".join(map(shown, value))
    return str(value)


class _Lenient(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


def pieces(change: Change) -> list[DiffPart]:
    """What went and what came; of a list, or of lists under names, only the items that differ."""
    before, after = _items(change.before), _items(change.after)
    if isinstance(before, list) or isinstance(after, list):
        old, new = _by_key(before or ()), _by_key(after or ())
        went, came = dict(old).keys() - dict(new), dict(new).keys() - dict(old)
        gone = [DiffPart("del", shown(x)) for key, x in old if key in went]
        come = [DiffPart("ins", shown(x)) for key, x in new if key in came]
        if gone or come:
            return gone + come
    found = [] if before is None else [DiffPart("del", shown(before))]
    return found if after is None else [*found, DiffPart("ins", shown(after))]


def _by_key(items: Iterable[Any]) -> list[tuple[str, Any]]:
    """Items with what tells them apart: some lists have thousands, too many to compare each with each."""
    return [(json.dumps(item, sort_keys=True, default=str), item) for item in items]


def by_record(changes: Iterable[Change]) -> list[tuple[Address, list[Change]]]:
    """Changes grouped by the record they belong to, in their order."""
    return [(address, list(group)) for address, group in groupby(changes, key=lambda c: c.address)]


def by_verdict(shifts: Iterable[Shift]) -> list[tuple[str, list[Shift]]]:
    """Shifts of answers grouped by what became of them, in their order."""
    return [(verdict, list(group)) for verdict, group in groupby(shifts, key=lambda s: s.verdict)]


def _items(value: Any) -> Any:
    if isinstance(value, Mapping) and value and all(isinstance(inner, list) for inner in value.values()):
        return [item for listed in value.values() for item in listed]
    return value


_TITLES = ("name", "word", "text", "service")


def title_of(address: Address, fields: Fields) -> str:
    """What a list calls a record."""
    if address.kind == "contacts":
        return f"{fields.get('phone', '')} {fields.get('name', '')}"
    if address.kind in ("concepts", "smalltalk", "groups", "emergencies"):
        return address.id
    if address.kind == "replies":
        return brief(" ".join(str(fields.get("text", "")).split())) or address.id
    return next((str(fields[name]) for name in _TITLES if fields.get(name)), address.id)


_CALLED_AS = {"examples": "services", "menus": "domains"}


def titled(address: Address, *records: Mapping[Address, Fields]) -> str:
    """What to call a record, by the first of these that knows it, else by its id.

    Examples are called as their service, what is listed first of a domain as the domain.
    """
    named = address._replace(kind=_CALLED_AS.get(address.kind, address.kind))
    fields = next((r[a] for a in (named, address) for r in records if a in r), None)
    return address.id if fields is None else title_of(address, fields)


def titles_of(changes: Iterable[Change], *records: Mapping[Address, Fields]) -> dict[Address, str]:
    """What to call the records that change, by the first of these that knows them."""
    return {address: titled(address, *records) for address in dict.fromkeys(c.address for c in changes)}


_REFERRED = {
    "organization": "organizations",
    "contacts": "contacts",
    "related": "services",
    "services": "services",
}
"""Fields that name other records by their ids, and of which kind."""


def with_names(changes: Iterable[Change], *records: Mapping[Address, Fields]) -> list[Change]:
    """Changes to be read: records that they refer to are called as in the first of these that knows them."""
    return [_with_names(change, *records) for change in changes]


def _with_names(change: Change, *records: Mapping[Address, Fields]) -> Change:
    kind = _REFERRED.get(change.field)
    if kind is None:
        return change

    def called(value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            return [called(one) for one in value]
        return value if value is None else titled(Address(kind, str(value)), *records)

    return change._replace(before=called(change.before), after=called(change.after))


_BESIDE = {"concepts": "words", "groups": "words", "emergencies": "reply", "contacts": "purpose"}
_LONGEST_BESIDE = 60


def beside(address: Address, fields: Fields) -> str:
    """A few words more about a record in a list."""
    if address.kind == "replies":
        return address.id
    value = fields.get(_BESIDE.get(address.kind, ""), "")
    return brief("、".join(map(str, value)) if isinstance(value, list) else str(value))


def brief(text: str) -> str:
    """As much of a text as a list has room for."""
    return text if len(text) <= _LONGEST_BESIDE else f"{text[:_LONGEST_BESIDE]}…"


class SearchHit(NamedTuple):
    """A record that a search found, and the field in which the words stood."""

    address: Address
    title: str
    where: str


def search(records: Mapping[Address, Fields], words: str, kinds: Sequence[str]) -> list[SearchHit]:
    """Records in which all words stand, those with them in the title first, the kinds in their order."""
    wanted, order = words.lower().split(), {kind: place for place, kind in enumerate(kinds)}
    found: list[tuple[tuple[int, int], SearchHit]] = []
    for address, fields in records.items():
        if address.kind not in order:
            continue
        title = titled(address, records)
        texts = [
            (f"{title} {address.id}", ""),
            *((shown(v), shown_field(v, wanted)) for v in fields.values()),
        ]
        hit = next(((i, where) for i, (text, where) in enumerate(texts) if _all_in(wanted, text)), None)
        if hit is not None:
            found.append(((min(hit[0], 1), order[address.kind]), SearchHit(address, title, hit[1])))
    found.sort(key=lambda f: f[0])
    return [one for _, one in found]


def shown_field(value: Any, wanted: Sequence[str]) -> str:
    """The line of a value that has the words in it."""
    return next((line for line in shown(value).splitlines() if _all_in(wanted, line)), "")


def _all_in(wanted: Sequence[str], text: str) -> bool:
    lowered = text.lower()
    return all(word in lowered for word in wanted)
