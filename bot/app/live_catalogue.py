"""The release in force as channels may read it."""

import hashlib
from datetime import date

from bot.app.answering import Yongwen
from bot.catalogue import model
from bot.catalogue.lookup import Lookup
from bot.channels.open_catalogue import Domain, Found, PublishedCatalogue, Service
from bot.conversation.finding import find
from bot.conversation.knowledge import Knowledge
from bot.conversation.reply import match_of

_KEPT_AS_THEY_ARE = frozenset(Service.model_fields) & frozenset(model.Service.model_fields) - {
    "figures",
    "contacts",
    "source",
    "organization",
}


class LiveCatalogue:
    """Reads the knowledge that 甬问 answers from; made anew when a release has replaced it."""

    def __init__(self, yongwen: Yongwen) -> None:
        self._yongwen = yongwen
        self._made: tuple[Knowledge, PublishedCatalogue] | None = None

    def catalogue(self) -> PublishedCatalogue:
        """The release in force now."""
        knowledge = self._yongwen.knowledge
        if self._made is None or self._made[0] is not knowledge:
            found = published(knowledge.lookup, self._yongwen.release, self._yongwen.today)
            self._made = knowledge, found
        return self._made[1]

    def find(self, question: str) -> list[Found]:
        """The services that speak to a question, best first."""
        summaries = self.catalogue().summaries
        found = find(question, self._yongwen.knowledge)
        return [
            Found(service=summaries[s.id], score=round(score, 4)) for s, score in found if s.id in summaries
        ]


def published(lookup: Lookup, release: int, today: date) -> PublishedCatalogue:
    """A release in the shape that machines read; `lookup` as it may be spoken today."""
    services = {s.id: _service(s, lookup, today) for s in lookup.services.values()}
    domains = tuple(_domain(d, lookup) for d in lookup.domains.values())
    content = "".join(part.model_dump_json() for part in (*services.values(), *domains))
    digest = hashlib.blake2b(content.encode(), digest_size=6).hexdigest()
    return PublishedCatalogue(release, f"{release}-{digest}", domains, services)


def _service(service: model.Service, lookup: Lookup, today: date) -> Service:
    match, withheld = match_of(service, 0.0, "answer", lookup), service.id in lookup.lapsed
    return Service.model_validate(
        lookup.sayable(service).model_dump(include=set(_KEPT_AS_THEY_ARE))
        | {
            "domain": match.domain,
            "answer": match.answer,
            "figures": match.figures,
            "contacts": match.contacts,
            "source": match.source,
            "organization": lookup.organizations[service.organization].name,
            "ended": service.valid_through < today,
            "withheld": withheld,
            "in_force": not withheld,
        }
    )


def _domain(domain: model.Domain, lookup: Lookup) -> Domain:
    services = tuple(s.id for s in lookup.of_domain(domain.number))
    return Domain(number=domain.number, id=domain.id, name=domain.name, about=domain.about, services=services)
