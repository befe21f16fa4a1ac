"""What of a release may still be said on a day: past its date a record is withheld, not repeated.

The plan's own period is over for every service alike; what a planning figure is worth, the caveat says.
A service that ends on another day has ended. A record past `due_on` has not been verified again: its text
is withheld; a telephone line past it is no longer shown as the department's. Emergency numbers and 12345
stay.
"""

from collections.abc import Sequence, Set
from dataclasses import replace
from datetime import date

from bot.catalogue.lookup import Lapse, Lookup
from bot.catalogue.model import Service
from bot.catalogue.sentences import FALLBACK
from bot.conversation.knowledge import Knowledge


def as_of(knowledge: Knowledge, today: date) -> Knowledge:
    """The knowledge as it may be spoken on a day."""
    return knowledge.speaking_by(current(knowledge.lookup, today))


def current(lookup: Lookup, today: date) -> Lookup:
    """The catalogue with what lapsed marked, and the lines that were not verified again taken from services
    and topics.
    """
    stay = {FALLBACK, *(c for emergency in lookup.emergencies.values() for c in emergency.contacts)}
    stale = frozenset(c.id for c in lookup.contacts.values() if c.due_on < today and c.id not in stay)
    lapsed = {s.id: lapse for s in lookup.services.values() if (lapse := _lapse(s, lookup, today))}
    if not stale and not lapsed:
        return lookup
    return replace(
        lookup,
        services={
            s.id: s.model_copy(update={"contacts": _fresh(s.contacts, stale)})
            for s in lookup.services.values()
        },
        signposts={
            s.id: s.model_copy(update={"contacts": _fresh(s.contacts, stale)})
            for s in lookup.signposts.values()
        },
        lapsed=lapsed,
        stale=stale,
    )


def _fresh(contacts: Sequence[str], stale: Set[str]) -> tuple[str, ...]:
    kept = tuple(c for c in contacts if c not in stale)
    return kept or (FALLBACK,) * bool(contacts)


def _lapse(service: Service, lookup: Lookup, today: date) -> Lapse | None:
    ended = service.valid_through < today
    if ended and service.valid_through != lookup.plan.valid_through:
        return Lapse("expired", service.valid_through)
    if service.due_on < today:
        return Lapse("overdue", service.checked_on)
    return None
