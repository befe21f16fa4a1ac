"""A catalogue whose every text is what a careless or hostile hand could put in it."""

from functools import cache
from typing import Any

import tiny_knowledge

from bot.catalogue.model import Catalogue

HTML = "<script>alert('甬')</script>&\"'"
FORMULA = '=HYPERLINK("http://x","点")'


@cache
def plain() -> Catalogue:
    """The tiny catalogue."""
    found = tiny_knowledge.checked(tiny_knowledge.tiny()).catalogue
    assert found is not None
    return found


def nasty(text: str) -> Catalogue:
    """The tiny catalogue with this text in every field of a service that may hold any, and in names."""
    whole: dict[str, Any] = plain().model_dump(mode="json")
    for service in whole["services"]:
        service |= dict.fromkeys(("name", "summary", "description", "fees", "location"), text)
        service |= dict.fromkeys(("processing_time", "opening_hours"), text)
        service |= {field: [text, f"{text}2"] for field in ("conditions", "documents", "steps", "audience")}
        service |= {"alternate_names": [text], "url": "https://example.org/a?b=<c>&d='e'"}
        service["phrasings"] = [f"{text}{i}" for i in range(30)]
        service["figures"] = [
            {"metric": text, "comparator": "≥", "value": "1.5", "unit": text[:20], "year": 2025}
        ]
    for contact in whole["contacts"]:
        contact |= {"name": text, "purpose": text}
    for organization in whole["organizations"]:
        organization["name"] = text
    for domain in whole["domains"]:
        domain |= {"name": text, "about": text}
    return Catalogue.model_validate(whole)
