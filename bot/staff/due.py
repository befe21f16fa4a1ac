"""Which records a person must verify again, by the calendar. Pure."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal, NamedTuple

from bot.catalogue.lookup import Lookup

PHONE_DAYS = 90
VERIFIED_FOR = timedelta(days=PHONE_DAYS)
DueReason = Literal["phone", "check", "ended", "plan"]


class Due(NamedTuple):
    """A record to verify: `kind` and `id` as in the knowledge, why, and since when it is due.

    `phone`: a number not verified for 90 days; `check`: past its own date; `ended`: past a last day of its
    own, so that residents are not told its text; `plan`: only the whole plan's period is over.
    """

    kind: str
    id: str
    name: str
    reason: DueReason
    since: date


def due(lookup: Lookup, today: date) -> list[Due]:
    """All records to verify: numbers first, then the longest overdue; what ended with the plan last."""
    order = {"phone": 0, "check": 1, "ended": 2, "plan": 3}
    return sorted(_due(lookup, today), key=lambda d: (order[d.reason], d.since, d.kind, d.id))


def _due(lookup: Lookup, today: date) -> Iterator[Due]:
    for contact in lookup.contacts.values():
        last = min(contact.due_on, contact.checked_on + VERIFIED_FOR)
        if last < today:
            yield Due("contacts", contact.id, f"{contact.phone} {contact.name}", "phone", last)
    for service in lookup.services.values():
        if service.due_on < today:
            yield Due("services", service.id, service.name, "check", service.due_on)
        elif service.valid_through < today:
            reason: DueReason = "plan" if service.valid_through == lookup.plan.valid_through else "ended"
            yield Due("services", service.id, service.name, reason, service.valid_through)


def verified(today: date) -> dict[str, str]:
    """The fields of a record that say it was verified on this day."""
    return {"checked_on": today.isoformat(), "due_on": (today + VERIFIED_FOR).isoformat()}
