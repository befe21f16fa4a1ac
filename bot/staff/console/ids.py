"""The ids that stand in a form's text areas, and the names they go by. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from bot.catalogue.records import Address, ByAddress, Fields
from bot.staff.console.showing import title_of

_SERVICES = ("lands", "services")
"""Fields that name services."""
_TOPICS = "topics"
_WRITTEN = ("menus", "talk", "examples")
"""Kinds in whose forms ids are typed."""


class NamedIds(NamedTuple):
    """Ids with their names, under a heading; empty where the console has a word of its own for it."""

    heading: str
    rows: Sequence[tuple[str, str]]


def by_domain(records: ByAddress) -> list[NamedIds]:
    """Every service, by domain, as the plan has them."""
    listed: dict[object, list[tuple[str, str]]] = {}
    for address, fields in records.items():
        if address.kind == "services":
            section = fields.get("source", {}).get("section")
            listed.setdefault(section, []).append((address.id, title_of(address, fields)))
    names = {f.get("number"): title_of(a, f) for a, f in records.items() if a.kind == "domains"}
    ordered = sorted(listed.items(), key=lambda item: str(item[0]).zfill(2))
    return [NamedIds(names.get(section, str(section)), rows) for section, rows in ordered]


def glossary(address: Address, fields: Fields, records: ByAddress) -> list[NamedIds]:
    """What may be typed into the form of a record by its id: services, and the topics it speaks of."""
    services = by_domain(records)
    if address.kind == "menus":
        domain = records.get(Address("domains", address.id), {}).get("name")
        first = [str(id_) for id_ in fields.get("services", ())]
        return [_with_first(one, first) for one in services if one.heading == domain]
    topics = dict.fromkeys(_topics(fields))
    known = ((id_, Address(kind, id_)) for id_ in topics for kind in ("signposts", "elsewhere"))
    named = [(id_, title_of(a, records[a])) for id_, a in known if a in records]
    return [*services, NamedIds("", named)] if named else services


def _with_first(named: NamedIds, first: Sequence[str]) -> NamedIds:
    places = {id_: place for place, id_ in enumerate(first)}
    return named._replace(rows=sorted(named.rows, key=lambda row: places.get(row[0], len(places))))


def _topics(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _topics(inner, name)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _topics(inner, key)
    elif key == _TOPICS:
        yield str(value)


def with_ids(kind: str, fields: dict[str, Any], records: ByAddress) -> dict[str, Any]:
    """Fields as typed, with the id of each service that is called by its name."""
    if kind not in _WRITTEN:
        return fields
    ids = {f.get("name"): a.id for a, f in records.items() if a.kind == "services"}
    return {name: _with_ids(value, ids, name) for name, value in fields.items()}


def _with_ids(value: Any, ids: Mapping[Any, str], key: str) -> Any:
    if isinstance(value, Mapping):
        return {name: _with_ids(inner, ids, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_with_ids(inner, ids, key) for inner in value]
    return ids.get(value, value) if key in _SERVICES else value
