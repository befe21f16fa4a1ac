"""What still names a service or an outside topic that was taken away, and how it reads without. Pure."""

from collections.abc import Collection, Sequence
from typing import Any

from bot.catalogue.records import Address, ByAddress, Edits, Fields

_SERVICES = "services"
_TOPICS = ("signposts", "elsewhere")


def taken_away(before: ByAddress, after: ByAddress) -> tuple[Address, ...]:
    """The services and topics that are there before and not after."""
    return tuple(a for a in before if a.kind in (_SERVICES, *_TOPICS) and a not in after)


def without_mentions(records: ByAddress, gone: Collection[Address]) -> Edits:
    """Each record that names one of these, as it is without; None: nothing is left of it."""
    services = frozenset(a.id for a in gone if a.kind == _SERVICES)
    topics = frozenset(a.id for a in gone if a.kind in _TOPICS)
    found = {
        address: _without(address, fields, services, topics) for address, fields in records.items() if gone
    }
    return {address: fields for address, fields in found.items() if fields != records[address]}


def _without(
    address: Address, fields: Fields, services: frozenset[str], topics: frozenset[str]
) -> Fields | None:
    match address.kind:
        case "known" if not services.isdisjoint(address.id.split("+")):
            return None
        case "examples" if fields.get("service") in services:
            return None
        case "menus" if not services.isdisjoint(fields.get("services", ())):
            kept = [service for service in fields["services"] if service not in services]
            return {**fields, "services": kept} if kept else None
        case "services" | "examples" | "talk":
            left = {name: _left(name, value, services, topics) for name, value in fields.items()}
            return left if any(value for value in left.values()) else None
        case _:
            return fields


def _left(field: str, value: Any, services: frozenset[str], topics: frozenset[str]) -> Any:
    """A field without the items that name a service; a dialogue goes whole, as its turns build on others.

    Of what names a topic, only the name goes.
    """
    if not isinstance(value, list):
        return value
    if field == "related":
        return [service for service in value if service not in services]
    if field in ("near_misses", "openings", "dialogues", "several", "outside"):
        return [_unnamed(item, topics) for item in value if not _lands(item, services)]
    return value


def _unnamed(item: Any, topics: frozenset[str]) -> Any:
    if not isinstance(item, dict) or topics.isdisjoint(item.get("topics", ())):
        return item
    left = [topic for topic in item["topics"] if topic not in topics]
    return {n: left if n == "topics" else value for n, value in item.items() if left or n != "topics"}


def _lands(item: Any, gone: frozenset[str]) -> bool:
    turns: Sequence[Any] = item if isinstance(item, list) else [item]
    named = (turn.get("lands") for turn in turns if isinstance(turn, dict))
    return any(not gone.isdisjoint(n) if isinstance(n, list) else n in gone for n in named)
