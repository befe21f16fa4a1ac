"""The FAQ for search engines and data portals: schema.org's FAQPage and GovernmentService.

Field names after scripts/fields.json.
"""

import json
from collections.abc import Iterable
from typing import Any

from bot.catalogue.model import Catalogue, Contact
from bot.staff.exports.faq import Item, Stamp, items, words

_CONTEXT = "https://schema.org"
_LANGUAGE = "zh-Hans"


def document(catalogue: Catalogue, stamp: Stamp) -> str:
    """One JSON-LD document: the FAQ page and every service."""
    found = list(items(catalogue, stamp.day))
    graph = [faq_page(found), *(government_service(item, catalogue) for item in found)]
    whole = {"@context": _CONTEXT, "@graph": graph}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def linked(graph: Iterable[dict[str, Any]]) -> str:
    """A graph as the text of a page's script element; it cannot end the element."""
    whole = {"@context": _CONTEXT, "@graph": list(graph)}
    return json.dumps(whole, ensure_ascii=False).replace("<", "\\u003c")


def faq_page(found: Iterable[Item]) -> dict[str, Any]:
    """Questions with their accepted answers."""
    questions = [
        {
            "@type": "Question",
            "@id": f"urn:yongwen:question:{item.service.id}",
            "name": item.question,
            "about": {"@id": f"urn:yongwen:service:{item.service.id}"},
            "acceptedAnswer": {"@type": "Answer", "text": "\n".join(item.answer)},
        }
        for item in found
    ]
    return {"@type": "FAQPage", "inLanguage": _LANGUAGE, "mainEntity": questions}


def government_service(item: Item, catalogue: Catalogue) -> dict[str, Any]:
    """A service; a field that staff have yet to fill in is left out."""
    service = item.service
    channel = {
        "@type": "ServiceChannel",
        "availableLanguage": _LANGUAGE,
        "servicePhone": [_phone(contact) for contact in item.phones],
        "serviceUrl": service.url,
        "processingTime": _described("Duration", service.processing_time),
        "serviceLocation": _described("Place", service.location),
    }
    whole = {
        "@type": "GovernmentService",
        "@id": f"urn:yongwen:service:{service.id}",
        "identifier": service.id,
        "name": service.name,
        "alternateName": list(service.alternate_names),
        "disambiguatingDescription": service.summary,
        "description": service.description,
        "category": item.domain.name,
        "serviceType": item.domain.about,
        "audience": [{"@type": "Audience", "audienceType": who} for who in service.audience],
        "areaServed": {"@type": "City", "name": words()["city"]},
        "provider": {"@type": "GovernmentOrganization", "name": item.organization},
        "availableChannel": _filled(channel),
        "offers": _described("Offer", service.fees),
        "hoursAvailable": _described("OpeningHoursSpecification", service.opening_hours),
        "isRelatedTo": [{"@id": f"urn:yongwen:service:{other}"} for other in service.related],
        "subjectOf": {
            "@type": "CreativeWork",
            "name": catalogue.plan.title,
            "datePublished": catalogue.plan.issued_on.isoformat(),
        },
    }
    return _filled(whole)


def _phone(contact: Contact) -> dict[str, str]:
    return {"@type": "ContactPoint", "telephone": contact.phone, "name": contact.name}


def _described(kind: str, text: str | None) -> dict[str, str] | None:
    """What schema.org wants as a thing of its own, where the catalogue has it in words."""
    return {"@type": kind, "description": text} if text else None


def _filled(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value not in (None, "", [])}
