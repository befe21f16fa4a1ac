"""The catalogue by key, and its sentences with their blanks filled."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

from bot.catalogue.model import (
    Catalogue,
    Contact,
    Domain,
    Emergency,
    Organization,
    Plan,
    Service,
    Signpost,
    SmallTalk,
)
from bot.catalogue.sentences import INSTEAD
from bot.text.normalise import normalise


class Lapse(NamedTuple):
    """Why a service's text is withheld: `expired` on a day, or `overdue` since it was verified on a day."""

    why: Literal["expired", "overdue"]
    day: date


_WITHHELD: Mapping[str, object] = {
    **dict.fromkeys(("summary", "description"), ""),
    **dict.fromkeys(("figures", "audience", "conditions", "documents", "steps"), ()),
    **dict.fromkeys(("fees", "processing_time", "location", "opening_hours"), None),
}


@dataclass(frozen=True)
class Lookup:
    """Everything of a release that a reply needs, by id or by name.

    `lapsed` and `stale`, the contacts not verified again in time, are empty until a day is set.
    """

    plan: Plan
    services: Mapping[str, Service]
    domains: Mapping[int, Domain]
    contacts: Mapping[str, Contact]
    organizations: Mapping[str, Organization]
    signposts: Mapping[str, Signpost]
    smalltalk: Mapping[str, SmallTalk]
    emergencies: Mapping[str, Emergency]
    replies: Mapping[str, str]
    named: Mapping[str, str]
    lapsed: Mapping[str, Lapse] = field(default_factory=dict)
    stale: frozenset[str] = frozenset()
    _normalised: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    def normalised(self, told: str) -> str:
        """A text that a reply tells, normalised; found out once, as there are but so many."""
        known = self._normalised.get(told)
        if known is None:
            known = self._normalised[told] = normalise(told)
        return known

    def say(self, key: str, **blanks: str) -> str:
        """The sentence of replies.yaml under a key. KeyError where it or a blank is missing."""
        known = key if key in self.replies else INSTEAD.get(key, key)
        return self.replies[known].format(**blanks)

    def sayable(self, service: Service) -> Service:
        """The service as it may be told: past its date without all that the policy says."""
        return service.model_copy(update=_WITHHELD) if service.id in self.lapsed else service

    def of_domain(self, number: int) -> tuple[Service, ...]:
        """The services of a domain, those that its menu names first."""
        return tuple(s for s in self.services.values() if s.source.section == number)

    def near(self, service: Service) -> tuple[Service, ...]:
        """The services it names as related, then the others of its domain."""
        related = (self.services[r] for r in service.related)
        found = {s.id: s for s in (*related, *self.of_domain(service.source.section))}
        return tuple(s for s in found.values() if s.id != service.id)


def _listed(catalogue: Catalogue) -> list[Service]:
    """The services in the order in which residents are shown them."""
    first = {service: place for menu in catalogue.menus for place, service in enumerate(menu.services)}
    return sorted(catalogue.services, key=lambda service: first.get(service.id, len(first)))


def lookup(catalogue: Catalogue) -> Lookup:
    """Index a catalogue by id; `named` leads from a normalised name to a service or domain id."""
    named = {normalise(s.name): f"service/{s.id}" for s in catalogue.services}
    named |= {normalise(d.name): f"domain/{d.id}" for d in catalogue.domains}
    return Lookup(
        plan=catalogue.plan,
        services={s.id: s for s in _listed(catalogue)},
        domains={d.number: d for d in catalogue.domains},
        contacts={c.id: c for c in catalogue.contacts},
        organizations={o.id: o for o in catalogue.organizations},
        signposts={s.id: s for s in catalogue.signposts},
        smalltalk={t.id: t for t in catalogue.smalltalk},
        emergencies={e.id: e for e in catalogue.emergencies},
        replies=catalogue.replies,
        named=named,
    )
