"""What must hold between the parts of a catalogue; each rule yields its faults."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import NamedTuple

from bot.catalogue import groups
from bot.catalogue.documents import Code, Document, Fault, Location, Parts, Reason
from bot.catalogue.examples import NO_TOPIC, ExampleFile, TalkFile
from bot.catalogue.model import Catalogue, Contact, Service
from bot.catalogue.numbers import allowed_numbers, unlisted_numbers
from bot.catalogue.sentences import FALLBACK, misfits
from bot.text.normalise import normalise

_key = lru_cache(maxsize=100_000)(normalise)  # a form checks after every press, and nearly all is as before
FEWEST_PHRASINGS = 25  # of a service
FEWEST_EXAMPLES = 12  # of a service
LONGEST_ANSWER = 160  # characters: what a phone shows without scrolling
MOST_WORDINGS = 1000  # of one part of a sign: each is kept in memory


class Phrased(NamedTuple):
    """A record with phrasings: its place, id and name, and how each of its phrasings reads."""

    place: Location
    id: str
    name: str
    phrasings: tuple[str, ...]
    keys: tuple[str, ...]


@dataclass(frozen=True)
class RuleContext:
    """What a rule may look at; `today` decides what is overdue."""

    catalogue: Catalogue
    parts: Parts
    examples: list[tuple[Document, ExampleFile]]
    talk: list[tuple[Document, TalkFile]]
    today: date

    @cached_property
    def topics(self) -> frozenset[str]:
        """What an example may say that something outside the plan is about."""
        return frozenset(signpost.id for signpost in self.catalogue.signposts) | {NO_TOPIC}

    @cached_property
    def phrased(self) -> tuple[Phrased, ...]:
        """Every record of the catalogue that has phrasings."""
        return tuple(_phrased(self.catalogue))

    def fault(self, code: Code, loc: Location, why: str = "", **blanks: object) -> Fault:
        """A fault at a place of the catalogue; `why` is the reason's key where the code has several."""
        document, inner = self.parts.locate(loc)
        if document is None:
            return Fault(code, "knowledge", 1, Reason(why or code, blanks))
        return _fault(code, document, inner, why, **blanks)


def _file_names(context: RuleContext) -> Iterator[Fault]:
    domains = {d.id: d.number for d in context.catalogue.domains}
    for i, service in enumerate(context.catalogue.services):
        document, _ = context.parts.places["services"][i]
        folder, _, name = document.path.removeprefix("services/").partition("/")
        if name != f"{service.id}.yaml":
            yield context.fault("file-name", ("services", i, "id"), id=service.id)
        if domains.get(folder) != service.source.section:
            yield context.fault("wrong-folder", ("services", i, "source"), folder=folder)


_UNIQUE = (
    *((field, "id") for field in ("domains", "contacts", "organizations", "services")),
    *(
        (field, "id")
        for field in (
            "signposts",
            "smalltalk",
            "emergencies",
            "followups",
            "clauses",
            "concepts",
            "groups",
            "menus",
        )
    ),
    ("domains", "number"),
)


def _repeated_ids(context: RuleContext) -> Iterator[Fault]:
    for field, key in _UNIQUE:
        seen: set[object] = set()
        for i, record in enumerate(getattr(context.catalogue, field)):
            value = getattr(record, key)
            if value in seen:
                yield context.fault("duplicate-id", (field, i, key), field=key, value=value)
            seen.add(value)


def _other_names(context: RuleContext) -> Iterator[Fault]:
    for i, s in enumerate(context.catalogue.services):
        seen = {s.name.casefold()}
        for j, name in enumerate(s.alternate_names):
            if name.casefold() in seen:
                yield context.fault("duplicate-name", ("services", i, "alternate_names", j), name=name)
            seen.add(name.casefold())


_NAMED = ("services", "domains", "signposts")


def _names(context: RuleContext) -> Iterator[Fault]:
    """A name is what a button says and what residents type for it: it is of one thing only."""
    owners: dict[str, tuple[Location, str]] = {}
    for loc, id_, name in _written_names(context.catalogue):
        record, owner = owners.setdefault(_key(name), (loc[:2], id_))
        if record != loc[:2]:
            yield context.fault("duplicate-name", loc, "name-taken", name=name, owner=owner)


def _written_names(catalogue: Catalogue) -> Iterator[tuple[Location, str, str]]:
    """(place, id of the record, name), the other names of services last."""
    for field in _NAMED:
        yield from (((field, i, "name"), r.id, r.name) for i, r in enumerate(getattr(catalogue, field)))
    for i, s in enumerate(catalogue.services):
        yield from ((("services", i, "alternate_names", j), s.id, n) for j, n in enumerate(s.alternate_names))


def _references(context: RuleContext) -> Iterator[Fault]:
    contacts = {contact.id for contact in context.catalogue.contacts}
    organizations = {organization.id for organization in context.catalogue.organizations}
    services = {service.id for service in context.catalogue.services}
    if FALLBACK not in contacts:
        yield context.fault("unknown-contact", ("contacts",), "no-fallback", phone=FALLBACK)
    for i, s in enumerate(context.catalogue.services):
        if s.organization not in organizations:
            yield context.fault("unknown-organization", ("services", i, "organization"), id=s.organization)
        for j, other in enumerate(s.related):
            if other not in services or other == s.id:
                place = ("services", i, "related", j)
                yield context.fault("unknown-service", place, "unrelated", service=other)
    for field in ("services", "signposts", "emergencies"):
        for i, record in enumerate(getattr(context.catalogue, field)):
            for j, contact in enumerate(record.contacts):
                if contact not in contacts:
                    yield context.fault("unknown-contact", (field, i, "contacts", j), phone=contact)


def _domains(context: RuleContext) -> Iterator[Fault]:
    domains = {domain.id for domain in context.catalogue.domains}
    for field in ("domains", "members"):
        for domain in getattr(context.catalogue.cues, field):
            if domain not in domains:
                yield context.fault("unknown-domain", ("cues", field, domain), id=domain)


def _cues(context: RuleContext) -> Iterator[Fault]:
    emergencies = {emergency.id for emergency in context.catalogue.emergencies}
    for kind in context.catalogue.cues.dangers:
        if kind not in emergencies:
            yield context.fault("unknown-emergency", ("cues", "dangers", kind), id=kind)
    for name, value in context.catalogue.cues:
        parts = value.items() if isinstance(value, dict) else [((), value)]
        for part, words in parts:
            place = ("cues", name, *([part] if part else []))
            if part and not words:
                yield context.fault("bad-value", place, "no-words")
            for j, word in enumerate(words):
                if not any(map(str.isalnum, word)):
                    yield context.fault("bad-value", (*place, j), "no-word")


def _menus(context: RuleContext) -> Iterator[Fault]:
    numbers = {domain.id: domain.number for domain in context.catalogue.domains}
    sections = {service.id: service.source.section for service in context.catalogue.services}
    for i, menu in enumerate(context.catalogue.menus):
        if menu.id not in numbers:
            yield context.fault("unknown-domain", ("menus", i, "id"), id=menu.id)
            continue
        for j, service in enumerate(menu.services):
            if sections.get(service) != numbers[menu.id]:
                place = ("menus", i, "services", j)
                yield context.fault("unknown-service", place, "not-of-domain", service=service, id=menu.id)


def _phrased(catalogue: Catalogue) -> Iterator[Phrased]:
    for field in ("services", "signposts", "smalltalk", "domains", "emergencies"):
        for i, record in enumerate(getattr(catalogue, field)):
            phrasings: tuple[str, ...] = record.phrasings
            name = getattr(record, "name", record.id)
            yield Phrased((field, i), record.id, name, phrasings, tuple(map(_key, phrasings)))


def _phrasings(context: RuleContext) -> Iterator[Fault]:
    seen: dict[str, Phrased] = {}
    for record in context.phrased:
        for j, key in enumerate(record.keys):
            first = seen.setdefault(key, record)
            if (first.place[0], first.id) != (record.place[0], record.id):
                place, phrasing = (*record.place, "phrasings", j), record.phrasings[j]
                yield context.fault("duplicate-phrasing", place, phrasing=phrasing, owner=first.name)
    for i, s in enumerate(context.catalogue.services):
        if len(s.phrasings) < FEWEST_PHRASINGS:
            place = ("services", i, "phrasings")
            yield context.fault("few-phrasings", place, count=len(s.phrasings), least=FEWEST_PHRASINGS)


def _concepts(context: RuleContext) -> Iterator[Fault]:
    """A word stands for one thing; of two groups that have it, the later would take it from the other.

    A group's own name is its own, even where an earlier one has it among its words.
    """
    owners: dict[str, str] = {}
    for i, concept in enumerate(context.catalogue.concepts):
        owners.setdefault(_key(concept.id), concept.id)
        for j, word in enumerate(concept.words):
            owner = owners.setdefault(_key(word), concept.id)
            if owner != concept.id or word in concept.words[:j]:
                yield context.fault("duplicate-word", ("concepts", i, j), word=word, owner=owner)


_TEXTS = ("name", "summary", "description", "fees", "processing_time", "location", "opening_hours")


def _numbers(context: RuleContext) -> Iterator[Fault]:
    for i, s in enumerate(context.catalogue.services):
        allowed = allowed_numbers(context.catalogue, s)
        for loc, text in _shown(s):
            yield from _number_faults(context, ("services", i, *loc), text, allowed)
    allowed = allowed_numbers(context.catalogue, None)
    for loc, text in _shown_elsewhere(context.catalogue):
        yield from _number_faults(context, loc, text, allowed)


def _shown_elsewhere(catalogue: Catalogue) -> Iterator[tuple[Location, str]]:
    """Each text of no service that a resident may read, with its place."""
    yield from ((("replies", key), text) for key, text in catalogue.replies.items())
    yield from ((("domains", i), f"{d.name} {d.about}") for i, d in enumerate(catalogue.domains))
    yield from ((("signposts", i, "name"), s.name) for i, s in enumerate(catalogue.signposts))
    yield from ((("emergencies", i, "reply"), e.reply) for i, e in enumerate(catalogue.emergencies))


def _shown(service: Service) -> Iterator[tuple[Location, str]]:
    """Each text of a service that a resident may read, with its place."""
    yield from (((field,), text) for field in _TEXTS if (text := getattr(service, field)))
    yield from ((("figures", j), figure.metric) for j, figure in enumerate(service.figures))
    for field in ("conditions", "documents", "steps"):
        yield from (((field, j), text) for j, text in enumerate(getattr(service, field)))


def _number_faults(
    context: RuleContext, loc: Location, text: str, allowed: Collection[str]
) -> Iterator[Fault]:
    for number, like_a_phone in unlisted_numbers(text, allowed):
        code: Code = "unlisted-number" if like_a_phone else "unlisted-figure"
        figures = like_a_phone or loc[0] == "services"  # nothing else has any to add it to
        yield context.fault(code, loc, "" if figures else "no-figures", number=number)


def _lengths(context: RuleContext) -> Iterator[Fault]:
    for i, s in enumerate(context.catalogue.services):
        if len(s.answer) > LONGEST_ANSWER:
            place = ("services", i, "description")
            yield context.fault("too-long", place, length=len(s.answer), most=LONGEST_ANSWER)


def _dates(context: RuleContext) -> Iterator[Fault]:
    records: Iterable[tuple[str, int, Service | Contact]] = [
        *(("services", i, s) for i, s in enumerate(context.catalogue.services)),
        *(("contacts", i, contact) for i, contact in enumerate(context.catalogue.contacts)),
    ]
    for field, i, record in records:
        if record.due_on < context.today:
            yield context.fault("overdue", (field, i, "due_on"), day=record.due_on)
        if record.due_on < record.checked_on:
            yield context.fault("bad-dates", (field, i, "due_on"))
    for i, s in enumerate(context.catalogue.services):
        if s.valid_through < s.valid_from:
            yield context.fault("bad-dates", ("services", i, "valid_through"), "ends-first")


def _fault(code: Code, document: Document, place: Location, why: str = "", **blanks: object) -> Fault:
    return Fault(code, document.path, document.line_of(place), Reason(why or code, blanks), place)


def _examples(context: RuleContext) -> Iterator[Fault]:
    services = {s.id: i for i, s in enumerate(context.catalogue.services)}
    targets = services.keys() | {"outside"}
    phrasings = {key for record in context.phrased for key in record.keys}
    seen: set[str] = set()
    for document, file in context.examples:
        seen.add(file.service)
        if file.service not in targets:
            yield _fault("orphan-example", document, ("service",), service=file.service)
        if file.service in services and len(file.examples) < FEWEST_EXAMPLES:
            count = len(file.examples)
            yield _fault("few-examples", document, ("examples",), count=count, least=FEWEST_EXAMPLES)
        for j, example in enumerate(file.examples):
            if _key(example.q) in phrasings:
                yield _fault("copied-example", document, ("examples", j), question=example.q)
        for j, near in enumerate(file.near_misses):
            if near.lands not in targets or near.lands == file.service:
                place = ("near_misses", j)
                yield _fault("unknown-service", document, place, "no-landing", service=near.lands)
            for topic in set(near.topics) - context.topics:
                yield _fault("unknown-topic", document, ("near_misses", j), topic=topic)
    for name in services.keys() - seen:
        yield context.fault("no-examples", ("services", services[name], "id"))


def _talk(context: RuleContext) -> Iterator[Fault]:
    targets = {s.id for s in context.catalogue.services} | {"outside"}
    phones = {contact.phone for contact in context.catalogue.contacts}
    for document, file in context.talk:
        for place, name in file.landings():
            if name not in targets:
                yield _fault("unknown-service", document, place, service=name)
        for place, topic in file.topics():
            if topic not in context.topics:
                yield _fault("unknown-topic", document, place, topic=topic)
        for place, number in file.numbers():
            if number not in phones:
                yield _fault("unknown-contact", document, place, phone=number)


def _signs(context: RuleContext) -> Iterator[Fault]:
    known = groups.by_name(context.catalogue.groups)
    for place, sign in _written_signs(context.catalogue):
        if unknown := [name for name in groups.named(sign) if name not in known]:
            yield context.fault("unknown-group", place, names=unknown)
        elif (count := groups.most(sign, known)) > MOST_WORDINGS:
            yield context.fault("too-many-wordings", place, count=count, most=MOST_WORDINGS)


def _written_signs(catalogue: Catalogue) -> Iterator[tuple[Location, str]]:
    """Each sign of danger, and of its being far away, with its place."""
    for i, emergency in enumerate(catalogue.emergencies):
        yield from ((("emergencies", i, "signs", j), sign) for j, sign in enumerate(emergency.signs))
    yield from ((("cues", "distant", j), sign) for j, sign in enumerate(catalogue.cues.distant))


def _replies(context: RuleContext) -> Iterator[Fault]:
    for key, reason in misfits(context.catalogue):
        yield context.fault("bad-reply", ("replies", key), reason.key, **reason.blanks)


RULES: tuple[Callable[[RuleContext], Iterator[Fault]], ...] = (
    _file_names,
    _repeated_ids,
    _other_names,
    _names,
    _references,
    _domains,
    _cues,
    _menus,
    _phrasings,
    _concepts,
    _numbers,
    _lengths,
    _dates,
    _examples,
    _talk,
    _signs,
    _replies,
)
