"""A release as questions and answers: what every export is made from."""

import json
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from bot.catalogue.figures import shown_value
from bot.catalogue.lookup import Lookup, lookup
from bot.catalogue.model import Catalogue, Contact, Domain, Service
from bot.conversation.expiry import current
from bot.conversation.reply import phones_of, service_text
from bot.rendering import PAGES

FOLDER = PAGES / "exports"
"""Where the templates of the exports stand, and their words."""


_WITHIN_QUOTES = str.maketrans("“”", "‘’")


class Stamp(NamedTuple):
    """Which release an export was made from, and when."""

    release: int
    day: date


class Item(NamedTuple):
    """One question with its answer as a resident would get it, line by line; `service` as it may be told."""

    domain: Domain
    service: Service
    question: str
    answer: tuple[str, ...]
    figures: tuple[str, ...]
    organization: str
    phones: tuple[Contact, ...]


@cache
def words() -> dict[str, Any]:
    """The sentences and headings of the exports, by key."""
    found: dict[str, Any] = json.loads((FOLDER / "words.json").read_text("utf-8"))
    return found


def items(catalogue: Catalogue, day: date) -> Iterator[Item]:
    """Every service as it may be told on a day, by domain and then in the catalogue's order."""
    known = current(lookup(catalogue), day)
    for domain in catalogue.domains:
        for service in known.of_domain(domain.number):
            yield _item(domain, service, known)


def _item(domain: Domain, service: Service, known: Lookup) -> Item:
    told = known.sayable(service)
    return Item(
        domain=domain,
        service=told,
        question=words()["question"].format(name=service.name.translate(_WITHIN_QUOTES)),
        answer=tuple(service_text(service, "policy", "", known).splitlines()),
        figures=tuple(f"{f.metric}：{shown_value(f)}（{f.year}）" for f in told.figures),
        organization=known.organizations[service.organization].name,
        phones=phones_of(service, known),
    )
