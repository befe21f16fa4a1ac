"""What still names a service that was taken away, and how it reads without. Pure."""

from collections.abc import Collection, Sequence
from typing import Any

from bot.catalogue.records import Address, ByAddress, Edits, Fields


def taken_away(before: ByAddress, after: ByAddress) -> tuple[str, ...]:
    """The ids of the services that are there before and not after."""
    return tuple(a.id for a in before if a.kind == "services" and a not in after)


def without_mentions(records: ByAddress, services: Collection[str]) -> Edits:
    """Each record that names one of these services, as it is without; None: nothing is left of it."""
    gone = frozenset(services)
    found = {address: _without(address, fields, gone) for address, fields in records.items() if gone}
    return {address: fields for address, fields in found.items() if fields != records[address]}


def _without(address: Address, fields: Fields, gone: frozenset[str]) -> Fields | None:
    match address.kind:
        case "known" if not gone.isdisjoint(address.id.split("+")):
            return None
        case "examples" if fields.get("service") in gone:
            return None
        case "services" | "examples" | "talk":
            left = {name: _left(name, value, gone) for name, value in fields.items()}
            return left if any(value for value in left.values()) else None
        case _:
            return fields


def _left(field: str, value: Any, gone: frozenset[str]) -> Any:
    """A field without the items that name a service; a dialogue goes whole, as its turns build on others."""
    if not isinstance(value, list):
        return value
    if field == "related":
        return [service for service in value if service not in gone]
    if field in ("near_misses", "openings", "dialogues", "several"):
        return [item for item in value if not _lands(item, gone)]
    return value


def _lands(item: Any, gone: frozenset[str]) -> bool:
    turns: Sequence[Any] = item if isinstance(item, list) else [item]
    named = (turn.get("lands") for turn in turns if isinstance(turn, dict))
    return any(not gone.isdisjoint(n) if isinstance(n, list) else n in gone for n in named)
