"""What must hold between the parts of a catalogue; each rule yields its faults."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from bot.catalogue import groups
from bot.catalogue.documents import Document, Fault, Location, Parts
from bot.catalogue.examples import ExampleFile, TalkFile
from bot.catalogue.model import Catalogue, Contact, Service
from bot.catalogue.numbers import unlisted_numbers
from bot.catalogue.sentences import FALLBACK, misfits
from bot.text.normalise import normalise

_key = lru_cache(maxsize=100_000)(normalise)  # a form checks after every press, and nearly all is as before
FEWEST_PHRASINGS = 25  # of a service
FEWEST_EXAMPLES = 12  # of a service
LONGEST_ANSWER = 160  # characters: what a phone shows without scrolling
MOST_WORDINGS = 1000  # of one part of a sign: each is kept in memory


class Context(NamedTuple):
    """What a rule may look at; `today` decides what is overdue."""

    catalogue: Catalogue
    parts: Parts
    examples: list[tuple[Document, ExampleFile]]
    talk: list[tuple[Document, TalkFile]]
    today: date

    def fault(self, code: str, loc: Location, message: str) -> Fault:
        """A fault at a place of the catalogue."""
        document, inner = self.parts.locate(loc)
        if document is None:
            return Fault(code, "knowledge", 1, message)
        return _fault(code, document, inner, message)


def _file_names(context: Context) -> Iterator[Fault]:
    domains = {d.id: d.number for d in context.catalogue.domains}
    for i, service in enumerate(context.catalogue.services):
        document, _ = context.parts.places["services"][i]
        folder, _, name = document.path.removeprefix("services/").partition("/")
        if name != f"{service.id}.yaml":
            yield context.fault(
                "file-name", ("services", i, "id"), f"id 与文件名不同,请把文件改名为 {service.id}.yaml"
            )
        if domains.get(folder) != service.source.section:
            yield context.fault(
                "wrong-folder",
                ("services", i, "source"),
                f"文件夹 {folder} 与出处的部分对不上,请移到对的文件夹",
            )


_UNIQUE = (
    *((field, "id") for field in ("domains", "contacts", "organizations", "services")),
    *(
        (field, "id")
        for field in ("signposts", "smalltalk", "emergencies", "followups", "concepts", "groups")
    ),
    ("domains", "number"),
)


def _repeated_ids(context: Context) -> Iterator[Fault]:
    for field, key in _UNIQUE:
        seen: set[object] = set()
        for i, record in enumerate(getattr(context.catalogue, field)):
            value = getattr(record, key)
            if value in seen:
                yield context.fault("duplicate-id", (field, i, key), f"{key} {value} 已经用过,请换一个")
            seen.add(value)


def _references(context: Context) -> Iterator[Fault]:
    contacts = {contact.id for contact in context.catalogue.contacts}
    organizations = {organization.id for organization in context.catalogue.organizations}
    services = {service.id for service in context.catalogue.services}
    if FALLBACK not in contacts:
        yield context.fault("unknown-contact", ("contacts", 0), f"登记的电话里必须有 {FALLBACK},请补上")
    for i, s in enumerate(context.catalogue.services):
        if s.organization not in organizations:
            yield context.fault(
                "unknown-organization",
                ("services", i, "organization"),
                f"没有登记叫 {s.organization} 的责任单位,请改正或先登记",
            )
        for j, other in enumerate(s.related):
            if other not in services or other == s.id:
                yield context.fault(
                    "unknown-service", ("services", i, "related", j), f"没有别的服务叫 {other},请改正"
                )
    for field in ("services", "signposts", "emergencies"):
        for i, record in enumerate(getattr(context.catalogue, field)):
            for j, contact in enumerate(record.contacts):
                if contact not in contacts:
                    yield context.fault(
                        "unknown-contact",
                        (field, i, "contacts", j),
                        f"没有登记 {contact} 这个电话,请改正或先登记",
                    )


def _phrasing_owners(context: Context) -> Iterator[tuple[tuple[str, str], Location, str]]:
    """((owner, what it is called), place, phrasing) for every phrasing of the catalogue."""
    for field in ("services", "signposts", "smalltalk", "domains", "emergencies"):
        for i, record in enumerate(getattr(context.catalogue, field)):
            for j, phrasing in enumerate(record.phrasings):
                owner = f"{field}/{record.id}", getattr(record, "name", record.id)
                yield owner, (field, i, "phrasings", j), phrasing


def _phrasings(context: Context) -> Iterator[Fault]:
    seen: dict[str, tuple[str, str]] = {}
    for owner, loc, phrasing in _phrasing_owners(context):
        key = _key(phrasing)
        if seen.setdefault(key, owner) != owner:
            yield context.fault("duplicate-phrasing", loc, f"“{phrasing}”已经在“{seen[key][1]}”里,只留一处")
    for i, s in enumerate(context.catalogue.services):
        if len(s.phrasings) < FEWEST_PHRASINGS:
            yield context.fault(
                "few-phrasings",
                ("services", i, "phrasings"),
                f"问法只有 {len(s.phrasings)} 句,至少要 {FEWEST_PHRASINGS} 句",
            )


_TEXTS = ("name", "summary", "description", "fees", "processing_time", "location", "opening_hours")


def _numbers(context: Context) -> Iterator[Fault]:
    for i, s in enumerate(context.catalogue.services):
        for loc, text in _shown(s):
            yield from _number_faults(context, ("services", i, *loc), text, s)
    for key, text in context.catalogue.replies.items():
        yield from _number_faults(context, ("replies", key), text, None)
    for i, domain in enumerate(context.catalogue.domains):
        yield from _number_faults(context, ("domains", i), f"{domain.name} {domain.about}", None)
    for i, signpost in enumerate(context.catalogue.signposts):
        yield from _number_faults(context, ("signposts", i, "name"), signpost.name, None)
    for i, emergency in enumerate(context.catalogue.emergencies):
        yield from _number_faults(context, ("emergencies", i, "reply"), emergency.reply, None)


def _shown(service: Service) -> Iterator[tuple[Location, str]]:
    """Each text of a service that a resident may read, with its place."""
    yield from (((field,), text) for field in _TEXTS if (text := getattr(service, field)))
    yield from ((("figures", j), figure.metric) for j, figure in enumerate(service.figures))
    for field in ("conditions", "documents", "steps"):
        yield from (((field, j), text) for j, text in enumerate(getattr(service, field)))


def _number_faults(context: Context, loc: Location, text: str, service: Service | None) -> Iterator[Fault]:
    for number, like_a_phone in unlisted_numbers(text, context.catalogue, service):
        if like_a_phone:
            yield context.fault(
                "unlisted-number", loc, f"{number} 不是登记过的电话,不能给居民看;请删掉或先核实登记"
            )
        else:
            yield context.fault("unlisted-figure", loc, f"数字 {number} 没有登记,请补进“数字”(figures)或删掉")


def _lengths(context: Context) -> Iterator[Fault]:
    for i, s in enumerate(context.catalogue.services):
        if len(s.answer) > LONGEST_ANSWER:
            yield context.fault(
                "too-long",
                ("services", i, "description"),
                f"答案有 {len(s.answer)} 字,手机上最多 {LONGEST_ANSWER} 字,请改短",
            )


def _dates(context: Context) -> Iterator[Fault]:
    records: Iterable[tuple[str, int, Service | Contact]] = [
        *(("services", i, s) for i, s in enumerate(context.catalogue.services)),
        *(("contacts", i, contact) for i, contact in enumerate(context.catalogue.contacts)),
    ]
    for field, i, record in records:
        if record.due_on < context.today:
            yield context.fault(
                "overdue", (field, i, "due_on"), f"{record.due_on} 前该再核对一次,请核对后改核对的日期"
            )
        if record.due_on < record.checked_on:
            yield context.fault("bad-dates", (field, i, "due_on"), "下次核对早于上次核对,请改正")


def _fault(code: str, document: Document, place: Location, message: str) -> Fault:
    return Fault(code, document.path, document.line_of(place), message, place)


def _examples(context: Context) -> Iterator[Fault]:
    services = {s.id: i for i, s in enumerate(context.catalogue.services)}
    targets = services.keys() | {"outside"}
    phrasings = {_key(p) for _, _, p in _phrasing_owners(context)}
    seen: set[str] = set()
    for document, file in context.examples:
        seen.add(file.service)
        if file.service not in targets:
            message = f"没有服务叫 {file.service},请改名或删掉这些例句"
            yield _fault("orphan-example", document, ("service",), message)
        if file.service in services and len(file.examples) < FEWEST_EXAMPLES:
            message = f"例句只有 {len(file.examples)} 句,至少要 {FEWEST_EXAMPLES} 句"
            yield _fault("few-examples", document, ("examples",), message)
        for j, example in enumerate(file.examples):
            if _key(example.q) in phrasings:
                message = f"“{example.q}”也是问法;例句不能照抄问法,请改一处"
                yield _fault("copied-example", document, ("examples", j), message)
        for j, near in enumerate(file.near_misses):
            if near.lands not in targets or near.lands == file.service:
                message = f"该落到的 {near.lands} 不对,请写别的服务或 outside"
                yield _fault("unknown-service", document, ("near_misses", j), message)
    for name in services.keys() - seen:
        yield context.fault("no-examples", ("services", services[name], "id"), "还没有例句,请补上")


def _talk(context: Context) -> Iterator[Fault]:
    targets = {s.id for s in context.catalogue.services} | {"outside"}
    phones = {contact.phone for contact in context.catalogue.contacts}
    for document, file in context.talk:
        for place, name in file.landings():
            if name not in targets:
                message = f"没有服务叫 {name},请写别的服务或 outside"
                yield _fault("unknown-service", document, place, message)
        for place, number in file.numbers():
            if number not in phones:
                yield _fault("unknown-contact", document, place, f"没有登记 {number} 这个电话,请改正")


def _signs(context: Context) -> Iterator[Fault]:
    known = groups.by_name(context.catalogue.groups)
    for place, sign in _written_signs(context.catalogue):
        if unknown := [name for name in groups.named(sign) if name not in known]:
            message = f"没有叫{'、'.join(unknown)}的一组词,请改正,或先写进 urgent.yaml 的 groups"
            yield context.fault("unknown-group", place, message)
        elif (count := groups.most(sign, known)) > MOST_WORDINGS:
            message = f"这一条有 {count} 种说法,最多 {MOST_WORDINGS} 种,请用 + 分开写"
            yield context.fault("too-many-wordings", place, message)


def _written_signs(catalogue: Catalogue) -> Iterator[tuple[Location, str]]:
    """Each sign of danger, and of its being far away, with its place."""
    for i, emergency in enumerate(catalogue.emergencies):
        yield from ((("emergencies", i, "signs", j), sign) for j, sign in enumerate(emergency.signs))
    yield from ((("cues", "distant", j), sign) for j, sign in enumerate(catalogue.cues.distant))


def _replies(context: Context) -> Iterator[Fault]:
    for key, message in misfits(context.catalogue):
        yield context.fault("bad-reply", ("replies", key), message)


RULES: tuple[Callable[[Context], Iterator[Fault]], ...] = (
    _file_names,
    _repeated_ids,
    _references,
    _phrasings,
    _numbers,
    _lengths,
    _dates,
    _examples,
    _talk,
    _signs,
    _replies,
)
