"""Every fault of the knowledge files in one pass. Pure: documents in, catalogue and faults out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from bot.catalogue.advice import advice
from bot.catalogue.documents import Code, Document, Fault, Location, gather
from bot.catalogue.examples import TALK, ExampleFile, TalkFile
from bot.catalogue.mending import Mender
from bot.catalogue.model import Catalogue
from bot.catalogue.rules import RULES, RuleContext

T = TypeVar("T", bound=BaseModel)


class Checked(NamedTuple):
    """What a check came to: the catalogue (None where it cannot be built), examples, faults."""

    catalogue: Catalogue | None
    examples: tuple[ExampleFile, ...]
    faults: tuple[Fault, ...]
    talk: tuple[TalkFile, ...] = ()


_MOST_MENDINGS = 6
_CODES: Mapping[str, Code] = {"extra_forbidden": "unknown-field", "missing": "missing-field"}


def check(documents: Sequence[Document], today: date) -> Checked:
    """Check all documents together; `today` decides what is overdue."""
    faults: list[Fault] = []
    parts = gather(documents, faults)
    catalogue = _validated(Catalogue, parts.raw, parts.locate, faults)
    examples = list(_files(ExampleFile, documents, faults))
    talk = list(_files(TalkFile, documents, faults))
    ruled = catalogue or _mended(Catalogue, parts.raw, today)
    if ruled is not None:
        unfit = {(f.path, f.place) for f in faults}
        fitting = _fitting(ExampleFile, examples, today), _fitting(TalkFile, talk, today)
        context = RuleContext(ruled, parts, *fitting, today)
        broken = (f for rule in RULES for f in rule(context))
        faults.extend(f for f in broken if not _is_within(f, unfit))
    faults.sort(key=lambda f: (f.path, f.line, f.code))
    return Checked(catalogue, _sound(examples), tuple(faults), _sound(talk))


def _mended(model: type[T], raw: Any, today: date) -> T | None:
    """The knowledge with stand-ins for what does not fit: whatever else is wrong is to be told at once."""
    mender = Mender(today)
    for _ in range(_MOST_MENDINGS):
        try:
            return model.model_validate(raw)
        except ValidationError as error:
            raw = mender.mended(raw, error.errors(include_url=False))
    return None


def _is_within(fault: Fault, unfit: set[tuple[str, Location]]) -> bool:
    """Whether a fault is about a place that does not fit anyway."""
    return any((fault.path, fault.place[:length]) in unfit for length in range(1, len(fault.place) + 1))


def _files(
    model: type[T], documents: Sequence[Document], faults: list[Fault]
) -> Iterator[tuple[Document, T | None]]:
    """The example files of one shape, None for what does not fit it; those of talk stand in a folder of
    their own.
    """
    for document in documents:
        talk = document.path.startswith(TALK)
        if not document.path.startswith("examples/") or talk != (model is TalkFile):
            continue
        yield document, _validated(model, document.data, partial(_within, document), faults)


def _sound(files: Sequence[tuple[Document, T | None]]) -> tuple[T, ...]:
    return tuple(file for _, file in files if file is not None)


def _fitting(
    model: type[T], files: Sequence[tuple[Document, T | None]], today: date
) -> list[tuple[Document, T]]:
    """The files with what does not fit mended, without those that cannot be."""
    mended = ((document, file or _mended(model, document.data, today)) for document, file in files)
    return [(document, file) for document, file in mended if file is not None]


def _within(document: Document, loc: Location) -> tuple[Document, Location]:
    return document, loc


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
            code = _CODES.get(one["type"], "bad-value")
            path, line = (document.path, document.line_of(loc)) if document else ("knowledge", 1)
            faults.append(Fault(code, path, line, advice(one["type"], one.get("ctx", {})), loc))
        return None
