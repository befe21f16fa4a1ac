"""A service, or the lack of one, put into words: data and sentences come from the catalogue."""

import re
from collections.abc import Iterable, Mapping, Sequence

from bot.catalogue.figures import chosen_figure, shown_value
from bot.catalogue.lookup import Lookup
from bot.catalogue.model import Contact, Figure, Service
from bot.catalogue.sentences import FALLBACK
from bot.messages import Button, Match, Role
from bot.text.normalise import normalise
from bot.text.numerals import plain

DETAILS: Mapping[str, Mapping[str, str]] = {
    "how": {"steps": "how", "documents": "documents", "processing_time": "lasts"},
    "where": {"location": "where"},
    "when": {"opening_hours": "when", "processing_time": "lasts"},
    "eligibility": {"conditions": "eligibility"},
    "cost": {"fees": "cost"},
}
"""For each kind of question the fields of a service that answer it, and as what each is told."""
_FREE = "免费"
_MONEY = "元"


def phones_of(service: Service, lookup: Lookup) -> tuple[Contact, ...]:
    """The lines to ring about a service, the fittest first, 12345 always among them."""
    listed = [lookup.contacts[c] for c in service.contacts]
    if FALLBACK not in service.contacts:
        listed.append(lookup.contacts[FALLBACK])
    return tuple(listed)


def phones_in(text: str, contacts: Iterable[Contact]) -> tuple[str, ...]:
    """The numbers of these contacts that a text shows, in the contacts' order."""
    return tuple(c.phone for c in contacts if re.search(rf"(?<!\d){c.phone}(?!\d)", text))


def service_text(service: Service, kind: str, question: str, lookup: Lookup) -> str:
    """The whole reply about one service: what was asked first, then policy, caveat, contact, source."""
    if service.id in lookup.lapsed:
        return _lapsed_text(service, lookup)
    first = headline(service, kind, question, lookup)
    lines = [
        first,
        service.answer,
        _caveat(service, f"{first}\n{service.answer}", lookup),
        _contact_line(service, lookup),
        _source_line(service, lookup),
    ]
    return "\n".join(line for line in lines if line)


def short_text(service: Service, lookup: Lookup) -> str:
    """The service in one sentence, where more was told, and whom to ask who does not understand it."""
    if service.id in lookup.lapsed:
        return _lapsed_text(service, lookup)
    phone = phones_of(service, lookup)[0].phone
    if service.answer == service.summary:
        return lookup.say("shorter-whole", phone=phone)
    lines = (service.summary, _caveat(service, service.summary, lookup), lookup.say("shorter", phone=phone))
    return "\n".join(line for line in lines if line)


def _lapsed_text(service: Service, lookup: Lookup) -> str:
    """Instead of a text past its date: since when, and whom to ask."""
    why, day = lookup.lapsed[service.id]
    return lookup.say(
        f"lapsed-{why}",
        name=service.name,
        year=str(day.year),
        month=str(day.month),
        day=str(day.day),
        organization=lookup.organizations[service.organization].name,
        phone=phones_of(service, lookup)[0].phone,
    )


def headline(service: Service, kind: str, question: str, lookup: Lookup) -> str:
    """The line that answers just what was asked; empty where the policy's own first line does."""
    contact = phones_of(service, lookup)[0]
    if kind == "contact":
        return lookup.say("answer-contact", phone=contact.phone, phone_name=contact.name)
    money = kind == "cost" and any(f.unit.startswith(_MONEY) for f in service.figures)
    if kind == "howmany" or (money and not service.fees):
        return _figure_line(service, question, contact, lookup)
    if kind in DETAILS:
        return _detail_lines(service, kind, contact, lookup)
    return ""


def _figure_line(service: Service, question: str, contact: Contact, lookup: Lookup) -> str:
    figure = chosen_figure(service, question)
    if figure is None:
        return lookup.say("gap-howmany", phone=contact.phone)
    value = shown_value(figure)
    if _says(lookup.normalised(service.summary), figure):
        return ""
    return lookup.say("answer-figure", metric=figure.metric, value=value)


def _says(text: str, figure: Figure) -> bool:
    """Whether normalised text gives this number, of this unit or of none."""
    number, unit = re.escape(plain(float(figure.value))), re.escape(normalise(figure.unit)[:1])
    return re.search(rf"(?<![\d.]){number}(?:{unit}|(?![\w.%]))", text) is not None


def _detail_lines(service: Service, kind: str, contact: Contact, lookup: Lookup) -> str:
    found = {told: getattr(service, field) for field, told in DETAILS[kind].items()}
    values = {told: v if isinstance(v, str) else "；".join(v) for told, v in found.items() if v}
    if values:
        return "\n".join(lookup.say(f"field-{told}", value=value) for told, value in values.items())
    if kind == "cost" and _FREE in service.answer:
        return ""
    return lookup.say(f"gap-{kind}", phone=contact.phone)


def _caveat(service: Service, said: str, lookup: Lookup) -> str:
    text = lookup.normalised(said) if service.figures else ""
    shown = next((f for f in service.figures if _says(text, f)), None)
    if shown is None:
        return ""
    organization = lookup.organizations[service.organization].name
    return lookup.say("caveat", year=str(shown.year), organization=organization)


def _contact_line(service: Service, lookup: Lookup) -> str:
    first, *others = phones_of(service, lookup)
    organization = lookup.organizations[service.organization].name
    if others:
        return lookup.say(
            "contact-extra", organization=organization, phone=first.phone, other=others[0].phone
        )
    return lookup.say("contact", organization=organization, phone=first.phone)


def _source_line(service: Service, lookup: Lookup) -> str:
    """Where the plan says it, and for which years: so every answer shows its age."""
    plan = lookup.plan
    return lookup.say(
        "source",
        plan=plan.short_title,
        first=str(plan.valid_from.year),
        last=str(plan.valid_through.year),
        section=str(service.source.section),
    )


def match_of(service: Service, score: float, role: Role, lookup: Lookup) -> Match:
    """A service as programs are shown it; past its date without the text and figures withheld."""
    withheld = service.id in lookup.lapsed
    return Match(
        role=role,
        service=service.id,
        domain=service.source.section,
        title=service.name,
        answer="" if withheld else service.answer,
        score=round(score, 4),
        figures=() if withheld else tuple(_figure_data(f) for f in service.figures),
        contacts=tuple({"name": c.name, "phone": c.phone} for c in phones_of(service, lookup)),
        source={
            "plan": lookup.plan.title,
            "section": service.source.section,
            "paragraph": service.source.paragraph,
        },
    )


def _figure_data(figure: Figure) -> dict[str, object]:
    whole = figure.value == figure.value.to_integral_value()
    number = int(figure.value) if whole else float(figure.value)
    return figure.model_dump(mode="json") | {"value": number}


def options(names: Sequence[str], lookup: Lookup) -> str:
    """Choices by number, one a line."""
    return "\n".join(lookup.say("clarify-option", number=str(i), name=n) for i, n in enumerate(names, 1))


def buttons(names: Sequence[str]) -> tuple[Button, ...]:
    """Buttons that say the name they show."""
    return tuple(Button(name, name) for name in names)
