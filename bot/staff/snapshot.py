"""Knowledge at one moment — a release, or a draft on top of one — as files, documents and records."""

from collections.abc import Mapping
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any

from bot.catalogue.documents import Document
from bot.catalogue.records import Address, Fields, all_records
from bot.errors import KnowledgeError
from bot.staff.faults import as_line
from bot.staff.files import document, parse_all, source
from bot.staff.rereading import reread
from bot.store.drafts import Texts
from bot.store.sources import SourceFile

_NO_DOCUMENTS: Mapping[str, Document] = MappingProxyType({})
_NO_SOURCES: Mapping[str, SourceFile] = MappingProxyType({})


class Snapshot:
    """Files by path, with what they say. Never changed once made."""

    def __init__(
        self, sources: Mapping[str, SourceFile], made: Mapping[str, Document] = _NO_DOCUMENTS
    ) -> None:
        self.sources = dict(sorted(sources.items()))
        self._made = made

    @cached_property
    def documents(self) -> list[Document]:
        """The files as documents."""
        return [self._made.get(path) or document(path, kept) for path, kept in self.sources.items()]

    @cached_property
    def records(self) -> dict[Address, Fields]:
        """Every record by its address."""
        return all_records(self.documents)

    @cached_property
    def texts(self) -> dict[str, str]:
        """The text of each file."""
        return {path: kept.text for path, kept in self.sources.items()}

    def read(self) -> "Snapshot":
        """The same with its records made: slow, so not to be done first where residents wait."""
        _ = self.records
        return self

    def folder_of(self, section: Any) -> str:
        """The folder of a section's services: the id of its domain, or `other` where there is none."""
        for address, fields in self.records.items():
            if address.kind == "domains" and fields.get("number") == section:
                return address.id
        return "other"

    def path_of_record(self, address: Address) -> str | None:
        """The file that holds a service or its examples, where there is one."""
        return self._homes.get(address)

    @cached_property
    def _homes(self) -> dict[Address, str]:
        return {
            next(iter(all_records([d])), Address("", "")): d.path
            for d in self.documents
            if d.path.startswith(("services/", "examples/"))
        }

    def with_texts(self, texts: Texts, *, whole: bool = False) -> "Snapshot":
        """The same with other texts for some files (None: taken away). KnowledgeError: not YAML.

        `whole`: each is read whole, not only what differs in it.
        """
        kept = {path: s for path, s in self.sources.items() if path not in texts}
        made = {document.path: document for document in self.documents if document.path in kept}
        before = _NO_SOURCES if whole else self.sources
        new = read_texts({p: t for p, t in texts.items() if t is not None}, before)
        return Snapshot(kept | new, made)

    def differing(self, texts: Mapping[str, str]) -> dict[str, str | None]:
        """Which of these files, taken as the whole folder, differ from this; None: not among them."""
        changed: dict[str, str | None] = {p: t for p, t in texts.items() if self.texts.get(p) != t}
        return changed | {path: None for path in self.sources if path not in texts}


def read_texts(
    texts: Mapping[str, str], before: Mapping[str, SourceFile] = _NO_SOURCES
) -> dict[str, SourceFile]:
    """Texts read, quicker where they are much like those `before`.

    KnowledgeError carries a fault for each whose syntax is wrong.
    """
    faults: list[str] = []
    found = {}
    for path, text in texts.items():
        kept, wrong = _read(path, text, before.get(path))
        faults += wrong
        if kept is not None:
            found[path] = kept
    if faults:
        raise KnowledgeError(f"{len(faults)} files cannot be read", faults)
    return found


@lru_cache(maxsize=512)
def _read(path: str, text: str, before: SourceFile | None) -> tuple[SourceFile | None, tuple[str, ...]]:
    if before and path.endswith(".yaml") and (known := reread(before, text, path)):
        return known, ()
    documents, faults = parse_all({path: text})
    return (source(documents[0], text) if documents else None), tuple(map(as_line, faults))
