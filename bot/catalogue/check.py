"""Every fault of the knowledge files in one pass. Pure: documents in, catalogue and faults out."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from bot.catalogue.examples import ExampleFile
from bot.catalogue.model import Catalogue, Contact, Service
from bot.catalogue.numbers import unlisted_numbers
from bot.text.normalise import normalise

Location = tuple[int | str, ...]
T = TypeVar("T", bound=BaseModel)
FEWEST_PHRASINGS = 25
FEWEST_EXAMPLES = 12
LONGEST_ANSWER = 160


class Document(NamedTuple):
    """One knowledge file: its path below knowledge/, its data, and where each part stands."""

    path: str
    data: Any
    line_of: Callable[[Location], int]


class Fault(NamedTuple):
    """One thing that is wrong, where, and what to do."""

    code: str
    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"[{self.code}] {self.path}:{self.line}: {self.message}"


class Checked(NamedTuple):
    """What a check came to: the catalogue (None where it cannot be built), examples, faults."""

    catalogue: Catalogue | None
    examples: tuple[ExampleFile, ...]
    faults: tuple[Fault, ...]


_LISTS = {
    "domains.yaml": {"domains": "domains"},
    "contacts.yaml": {"contacts": "contacts", "organizations": "organizations"},
    "signposts.yaml": {"signposts": "signposts"},
    "elsewhere.yaml": {"elsewhere": "signposts"},
    "smalltalk.yaml": {"smalltalk": "smalltalk"},
    "urgent.yaml": {"emergencies": "emergencies", "lookalikes": "lookalikes"},
}
_NEEDED = ("plan.yaml", "domains.yaml", "contacts.yaml", "replies.yaml", "cues.yaml", "confidence.yaml")
_ADVICE = {
    "extra_forbidden": ("unknown-field", "没有这个字段,请删掉或改成 knowledge/README.md 里的字段名"),
    "missing": ("missing-field", "缺这个字段,请补上"),
}


def check(documents: Sequence[Document], today: date) -> Checked:
    """Check all documents together; `today` decides what is overdue."""
    faults: list[Fault] = []
    parts = _gather(documents, faults)
    catalogue = _validated(Catalogue, parts.raw, parts.locate, faults)
    examples = list(_example_files(documents, faults))
    if catalogue is not None:
        for rule in _RULES:
            faults.extend(rule(_Context(catalogue, parts, examples, today)))
    faults.sort(key=lambda f: (f.path, f.line, f.code))
    return Checked(catalogue, tuple(e for _, e in examples), tuple(faults))


def _example_files(
    documents: Sequence[Document], faults: list[Fault]
) -> Iterator[tuple[Document, ExampleFile]]:
    for document in documents:
        if not document.path.startswith("examples/"):
            continue
        file = _validated(ExampleFile, document.data, partial(_within, document), faults)
        if file is not None:
            yield document, file


def _within(document: Document, loc: Location) -> tuple[Document, Location]:
    return document, loc


class _Parts(NamedTuple):
    """The documents put together as one Catalogue's fields, and the way back to their lines."""

    raw: dict[str, Any]
    places: dict[str, list[tuple[Document, Location]]]

    def locate(self, loc: Location) -> tuple[Document | None, Location]:
        """The document and the place in it that a place in the catalogue came from."""
        found = self.places.get(str(loc[0])) if loc else None
        if not found:
            return None, loc
        if len(loc) > 1 and isinstance(loc[1], int) and isinstance(self.raw[str(loc[0])], list):
            document, prefix = found[loc[1]]
            return document, (*prefix, *loc[2:])
        return found[0][0], loc[1:]


class _Context(NamedTuple):
    catalogue: Catalogue
    parts: _Parts
    examples: list[tuple[Document, ExampleFile]]
    today: date

    def fault(self, code: str, loc: Location, message: str) -> Fault:
        """A fault at a place of the catalogue."""
        document, inner = self.parts.locate(loc)
        if document is None:
            return Fault(code, "knowledge", 1, message)
        return Fault(code, document.path, document.line_of(inner), message)


def _gather(documents: Sequence[Document], faults: list[Fault]) -> _Parts:
    raw: dict[str, Any] = {"services": []}
    places: dict[str, list[tuple[Document, Location]]] = {"services": []}
    paths = {d.path for d in documents}
    faults.extend(
        Fault("missing-file", name, 1, "缺这个文件,请补上") for name in _NEEDED if name not in paths
    )
    for document in documents:
        _gather_one(document, raw, places, faults)
    return _Parts(raw, places)


def _gather_one(
    document: Document,
    raw: dict[str, Any],
    places: dict[str, list[tuple[Document, Location]]],
    faults: list[Fault],
) -> None:
    path, data = document.path, document.data
    if path.startswith("services/"):
        raw["services"].append(data)
        places["services"].append((document, ()))
    elif path in _LISTS:
        _gather_lists(document, raw, places, faults)
    elif path == "synonyms.yaml":
        raw["concepts"] = [{"id": k, "words": v} for k, v in (data or {}).items()]
        places["concepts"] = [(document, (k,)) for k in data or {}]
    elif path in ("plan.yaml", "replies.yaml", "cues.yaml", "confidence.yaml", "words.txt"):
        field = path.split(".")[0]
        raw[field], places[field] = data, [(document, ())]
    elif not path.startswith("examples/") and path != "known_failures.yaml":
        faults.append(Fault("unknown-file", path, 1, "不认识这个文件,请删掉或移到该放的地方"))


def _gather_lists(
    document: Document,
    raw: dict[str, Any],
    places: dict[str, list[tuple[Document, Location]]],
    faults: list[Fault],
) -> None:
    fields = _LISTS[document.path]
    for key, rows in (document.data or {}).items():
        if key not in fields:
            message = f"没有“{key}”这个字段,请删掉"
            faults.append(Fault("unknown-field", document.path, document.line_of((key,)), message))
            continue
        raw.setdefault(fields[key], []).extend(rows)
        places.setdefault(fields[key], []).extend((document, (key, i)) for i in range(len(rows)))


def _validated(
    model: type[T],
    data: Any,
    locate: Callable[[Location], tuple[Document | None, Location]],
    faults: list[Fault],
) -> T | None:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        for one in error.errors(include_url=False):
            document, loc = locate(one["loc"])
            code, advice = _ADVICE.get(one["type"], ("bad-value", f"值不对:{one['msg']}"))
            name = ".".join(map(str, loc)) or "文件"
            path, line = (document.path, document.line_of(loc)) if document else ("knowledge", 1)
            faults.append(Fault(code, path, line, f"{name}:{advice}"))
        return None


def _file_names(c: _Context) -> Iterator[Fault]:
    domains = {d.id: d.number for d in c.catalogue.domains}
    for i, service in enumerate(c.catalogue.services):
        document, _ = c.parts.places["services"][i]
        folder, _, name = document.path.removeprefix("services/").partition("/")
        if name != f"{service.id}.yaml":
            yield c.fault(
                "file-name", ("services", i, "id"), f"id 与文件名不同,请把文件改名为 {service.id}.yaml"
            )
        if domains.get(folder) != service.source.section:
            yield c.fault(
                "wrong-folder",
                ("services", i, "source"),
                f"文件夹 {folder} 与出处的部分对不上,请移到对的文件夹",
            )


def _repeated_ids(c: _Context) -> Iterator[Fault]:
    for field in ("services", "signposts", "smalltalk", "contacts", "organizations", "concepts"):
        seen: set[str] = set()
        for i, record in enumerate(getattr(c.catalogue, field)):
            if record.id in seen:
                yield c.fault("duplicate-id", (field, i, "id"), f"{record.id} 已经用过,请换一个 id")
            seen.add(record.id)


def _references(c: _Context) -> Iterator[Fault]:
    contacts = {x.id for x in c.catalogue.contacts}
    organizations = {x.id for x in c.catalogue.organizations}
    services = {x.id for x in c.catalogue.services}
    for i, s in enumerate(c.catalogue.services):
        if s.organization not in organizations:
            yield c.fault(
                "unknown-organization",
                ("services", i, "organization"),
                f"contacts.yaml 里没有 {s.organization},请改正或先加上",
            )
        for j, other in enumerate(s.related):
            if other not in services or other == s.id:
                yield c.fault(
                    "unknown-service", ("services", i, "related", j), f"没有别的服务叫 {other},请改正"
                )
    for field in ("services", "signposts", "emergencies"):
        for i, record in enumerate(getattr(c.catalogue, field)):
            for j, contact in enumerate(record.contacts):
                if contact not in contacts:
                    yield c.fault(
                        "unknown-contact",
                        (field, i, "contacts", j),
                        f"contacts.yaml 里没有 {contact},请改正或先加上",
                    )


def _phrasing_owners(c: _Context) -> Iterator[tuple[str, Location, str]]:
    """(owner, place, phrasing) for every phrasing of the catalogue."""
    for field in ("services", "signposts", "smalltalk", "domains", "emergencies"):
        for i, record in enumerate(getattr(c.catalogue, field)):
            for j, phrasing in enumerate(record.phrasings):
                yield f"{field}/{record.id}", (field, i, "phrasings", j), phrasing


def _phrasings(c: _Context) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for owner, loc, phrasing in _phrasing_owners(c):
        key = normalise(phrasing)
        if seen.setdefault(key, owner) != owner:
            yield c.fault("duplicate-phrasing", loc, f"“{phrasing}”已经在 {seen[key]} 里,只留一处")
    for i, s in enumerate(c.catalogue.services):
        if len(s.phrasings) < FEWEST_PHRASINGS:
            yield c.fault(
                "few-phrasings",
                ("services", i, "phrasings"),
                f"问法只有 {len(s.phrasings)} 句,至少要 {FEWEST_PHRASINGS} 句",
            )


def _numbers(c: _Context) -> Iterator[Fault]:
    for i, s in enumerate(c.catalogue.services):
        for field in ("summary", "description", "fees", "processing_time", "location", "opening_hours"):
            if text := getattr(s, field):
                yield from _number_faults(c, ("services", i, field), text, s)
        for field in ("conditions", "documents", "steps"):
            for j, text in enumerate(getattr(s, field)):
                yield from _number_faults(c, ("services", i, field, j), text, s)
    for key, text in c.catalogue.replies.items():
        yield from _number_faults(c, ("replies", key), text, None)
    for i, emergency in enumerate(c.catalogue.emergencies):
        yield from _number_faults(c, ("emergencies", i, "reply"), emergency.reply, None)


def _number_faults(c: _Context, loc: Location, text: str, service: Service | None) -> Iterator[Fault]:
    for number, like_a_phone in unlisted_numbers(text, c.catalogue, service):
        if like_a_phone:
            yield c.fault(
                "unlisted-number", loc, f"{number} 不在 contacts.yaml 里,不能给居民看;请删掉或先核实登记"
            )
        else:
            yield c.fault("unlisted-figure", loc, f"数字 {number} 不在 figures 里,请补进 figures 或删掉")


def _lengths(c: _Context) -> Iterator[Fault]:
    for i, s in enumerate(c.catalogue.services):
        if len(s.answer) > LONGEST_ANSWER:
            yield c.fault(
                "too-long",
                ("services", i, "description"),
                f"答案有 {len(s.answer)} 字,手机上最多 {LONGEST_ANSWER} 字,请改短",
            )


def _dates(c: _Context) -> Iterator[Fault]:
    records: Iterable[tuple[str, int, Service | Contact]] = [
        *(("services", i, s) for i, s in enumerate(c.catalogue.services)),
        *(("contacts", i, x) for i, x in enumerate(c.catalogue.contacts)),
    ]
    for field, i, record in records:
        if record.due_on < c.today:
            yield c.fault(
                "overdue",
                (field, i, "due_on"),
                f"{record.due_on} 前该再核对一次,请核对后改 checked_on 和 due_on",
            )
        if record.due_on < record.checked_on:
            yield c.fault("bad-dates", (field, i, "due_on"), "下次核对早于上次核对,请改正")


def _examples(c: _Context) -> Iterator[Fault]:
    services = {s.id: i for i, s in enumerate(c.catalogue.services)}
    targets = services.keys() | {"outside"}
    phrasings = {normalise(p) for _, _, p in _phrasing_owners(c)}
    seen: set[str] = set()
    for document, file in c.examples:
        seen.add(file.service)
        at = document.line_of
        if file.service not in targets:
            yield Fault(
                "orphan-example",
                document.path,
                at(("service",)),
                f"没有服务叫 {file.service},请改名或删掉这个文件",
            )
        if file.service in services and len(file.examples) < FEWEST_EXAMPLES:
            yield Fault(
                "few-examples",
                document.path,
                at(("examples",)),
                f"例句只有 {len(file.examples)} 句,至少要 {FEWEST_EXAMPLES} 句",
            )
        for j, example in enumerate(file.examples):
            if normalise(example.q) in phrasings:
                yield Fault(
                    "copied-example",
                    document.path,
                    at(("examples", j)),
                    f"“{example.q}”也是问法;例句不能照抄问法,请改一处",
                )
        for j, near in enumerate(file.near_misses):
            if near.lands not in targets or near.lands == file.service:
                yield Fault(
                    "unknown-service",
                    document.path,
                    at(("near_misses", j)),
                    f"lands 写的 {near.lands} 不对,请写别的服务或 outside",
                )
    for name in services.keys() - seen:
        yield c.fault(
            "no-examples", ("services", services[name], "id"), "没有例句文件,请在 examples/ 同名处补上"
        )


def _replies(c: _Context) -> Iterator[Fault]:
    for i, talk in enumerate(c.catalogue.smalltalk):
        if talk.reply not in c.catalogue.replies:
            yield c.fault(
                "missing-reply", ("smalltalk", i, "reply"), f"replies.yaml 里没有 {talk.reply},请补上"
            )


_RULES: tuple[Callable[[_Context], Iterator[Fault]], ...] = (
    _file_names,
    _repeated_ids,
    _references,
    _phrasings,
    _numbers,
    _lengths,
    _dates,
    _examples,
    _replies,
)
