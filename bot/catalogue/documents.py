"""Knowledge files as documents, put together as one catalogue's fields, with the way back to their lines."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

Location = tuple[int | str, ...]

Code = Literal[
    "encoding",
    "syntax",
    "unknown-file",
    "missing-file",
    "unknown-field",
    "missing-field",
    "bad-value",
    "file-name",
    "wrong-folder",
    "duplicate-id",
    "duplicate-name",
    "unknown-organization",
    "unknown-contact",
    "unknown-service",
    "unknown-domain",
    "unknown-emergency",
    "unknown-topic",
    "duplicate-phrasing",
    "duplicate-word",
    "few-phrasings",
    "unlisted-number",
    "unlisted-figure",
    "too-long",
    "overdue",
    "bad-dates",
    "orphan-example",
    "no-examples",
    "few-examples",
    "copied-example",
    "unknown-group",
    "too-many-wordings",
    "bad-reply",
]
"""What kinds of fault there are."""


class Document(NamedTuple):
    """One knowledge file: its path below knowledge/, its data, and where each part stands."""

    path: str
    data: Any
    line_of: Callable[[Location], int]


class Reason(NamedTuple):
    """Why something is wrong: the key of a sentence for staff, and what fills its blanks."""

    key: str
    blanks: Mapping[str, object] = MappingProxyType({})


class Fault(NamedTuple):
    """One thing that is wrong, on which line (from 1) and why; `place` leads to it within the data."""

    code: Code
    path: str
    line: int
    reason: Reason
    place: Location = ()

    @property
    def blocks(self) -> bool:
        """Whether it keeps the knowledge from being released; being overdue changes answers instead."""
        return self.code != "overdue"


LISTS: Mapping[str, tuple[str, ...]] = {
    "domains.yaml": ("domains", "menus"),
    "contacts.yaml": ("contacts", "organizations"),
    "signposts.yaml": ("signposts",),
    "elsewhere.yaml": ("elsewhere",),
    "smalltalk.yaml": ("smalltalk",),
    "followups.yaml": ("followups",),
    "clauses.yaml": ("clauses",),
    "urgent.yaml": ("groups", "emergencies"),
}
"""Path → the keys under which it has lists of records with an id; a record's kind is called like its key."""
PLAIN: Mapping[str, tuple[str, ...]] = {"urgent.yaml": ("lookalikes",)}
"""Path → the keys under which it has a plain list, which is one record with the field `lines`."""
_FIELDS = {"elsewhere": "signposts"}  # keys that the catalogue holds in a field of another name
_FOLDERS = ("services/", "examples/")
_WHOLE = ("plan.yaml", "replies.yaml", "cues.yaml", "confidence.yaml")  # each is a field of the catalogue
_NEEDED = (*_WHOLE, "domains.yaml", "contacts.yaml")
_OTHERS = ("synonyms.yaml", "words.txt", "known_failures.yaml")


def is_knowledge(path: str) -> bool:
    """Whether a knowledge file can have this path: a name of its own, or a place under a domain."""
    if path.startswith(_FOLDERS):
        return path.endswith(".yaml") and path.count("/") <= 2
    return path in (*LISTS, *_WHOLE, *_OTHERS)


class Parts(NamedTuple):
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


def gather(documents: Sequence[Document], faults: list[Fault]) -> Parts:
    """Put the documents together; what does not fit in at all becomes a fault."""
    raw: dict[str, Any] = {"services": []}
    places: dict[str, list[tuple[Document, Location]]] = {"services": []}
    paths = {d.path for d in documents}
    faults.extend(
        Fault("missing-file", name, 1, Reason("missing-file")) for name in _NEEDED if name not in paths
    )
    for document in documents:
        _gather_one(document, raw, places, faults)
    return Parts(raw, places)


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
    elif path in LISTS:
        _gather_lists(document, raw, places, faults)
    elif path == "synonyms.yaml":
        groups = _mapping(document, faults)
        raw["concepts"] = [{"id": k, "words": v} for k, v in groups.items()]
        places["concepts"] = [(document, (k,)) for k in groups]
    elif path == "words.txt":
        raw["words"], places["words"] = data, [(document, (i,)) for i in range(len(data))]
    elif path in _WHOLE:
        field = path.split(".")[0]
        raw[field], places[field] = data, [(document, ())]
    elif not path.startswith("examples/") and path != "known_failures.yaml":
        faults.append(Fault("unknown-file", path, 1, Reason("unknown-file")))


def _gather_lists(
    document: Document,
    raw: dict[str, Any],
    places: dict[str, list[tuple[Document, Location]]],
    faults: list[Fault],
) -> None:
    path = document.path
    fields = {key: _FIELDS.get(key, key) for key in (*LISTS[path], *PLAIN.get(path, ()))}
    for key, rows in _mapping(document, faults).items():
        # A line is looked up for a fault only: for files kept in a release it means parsing them again.
        if key not in fields:
            line = document.line_of((key,))
            faults.append(Fault("unknown-field", path, line, Reason("unknown-field"), (key,)))
            continue
        if not isinstance(rows, list):
            line = document.line_of((key,))
            faults.append(Fault("bad-value", path, line, Reason("no-list"), (key,)))
            continue
        raw.setdefault(fields[key], []).extend(rows)
        places.setdefault(fields[key], []).extend((document, (key, i)) for i in range(len(rows)))


def _mapping(document: Document, faults: list[Fault]) -> dict[str, Any]:
    if isinstance(document.data, dict):
        return document.data
    faults.append(Fault("bad-value", document.path, 1, Reason("no-mapping")))
    return {}
