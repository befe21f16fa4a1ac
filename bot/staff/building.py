"""From knowledge files to a catalogue: gathered, checked, or refused with every fault."""

from collections.abc import Iterable
from datetime import date
from itertools import chain
from pathlib import Path

from bot.catalogue.check import Checked, check
from bot.catalogue.documents import Fault
from bot.catalogue.model import Catalogue
from bot.conversation.learning import models, prepare
from bot.errors import KnowledgeError
from bot.staff.faults import as_line
from bot.staff.files import parse_all, read_documents, read_texts, source
from bot.staff.progress import Progress, unreported
from bot.store.catalogue import build_file


def checked_files(folder: Path, today: date, progress: Progress = unreported) -> Checked:
    """Read and check a knowledge folder; faults of syntax come with the rest."""
    documents, unreadable = read_documents(folder, progress)
    checked = check(documents, today)
    return checked._replace(faults=_sorted(unreadable, checked.faults))


def releasable(checked: Checked) -> Catalogue:
    """The catalogue, if nothing is wrong with it that blocks a release. KnowledgeError carries the faults."""
    faults = [as_line(f) for f in checked.faults if f.blocks]
    if faults or checked.catalogue is None:
        raise KnowledgeError(f"{len(faults)} faults in the knowledge", faults)
    return checked.catalogue


async def build(folder: Path, target: Path, today: date, progress: Progress = unreported) -> Catalogue:
    """Build the catalogue file from the knowledge folder, if no fault blocks it."""
    texts, unreadable = read_texts(folder)
    documents, faults = parse_all(texts, progress)
    checked = check(documents, today)
    catalogue = releasable(checked._replace(faults=_sorted(unreadable, faults, checked.faults)))
    sources = {d.path: source(d, texts[d.path]) for d in documents}
    await build_file(target, catalogue, models(prepare(catalogue)), "knowledge/", sources)
    return catalogue


def _sorted(*faults: Iterable[Fault]) -> tuple[Fault, ...]:
    return tuple(sorted(chain(*faults), key=as_line))
