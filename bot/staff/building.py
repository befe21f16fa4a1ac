"""From knowledge files to a catalogue: gathered, checked, or refused with every fault."""

from datetime import date
from pathlib import Path

from bot.catalogue.check import Checked, check
from bot.catalogue.model import Catalogue
from bot.conversation.knowledge import models, prepare
from bot.errors import KnowledgeError
from bot.staff.files import parse_all, read_documents, read_texts, source
from bot.staff.progress import Progress, unreported
from bot.store.catalogue import build_file


def checked_files(folder: Path, today: date, progress: Progress = unreported) -> Checked:
    """Read and check a knowledge folder; faults of syntax come with the rest."""
    documents, unreadable = read_documents(folder, progress)
    checked = check(documents, today)
    return Checked(
        checked.catalogue, checked.examples, tuple(sorted([*unreadable, *checked.faults], key=str))
    )


def releasable(checked: Checked) -> Catalogue:
    """The catalogue, if nothing is wrong with it. KnowledgeError carries the faults."""
    if checked.faults or checked.catalogue is None:
        raise KnowledgeError(f"{len(checked.faults)} faults in the knowledge", list(map(str, checked.faults)))
    return checked.catalogue


async def build(folder: Path, target: Path, today: date, progress: Progress = unreported) -> Catalogue:
    """Build the catalogue file from the knowledge folder, if it is free of faults."""
    texts, unreadable = read_texts(folder)
    documents, faults = parse_all(texts, progress)
    checked = check(documents, today)
    all_faults = tuple(sorted([*unreadable, *faults, *checked.faults], key=str))
    catalogue = releasable(Checked(checked.catalogue, checked.examples, all_faults))
    sources = {d.path: source(d, texts[d.path]) for d in documents}
    await build_file(target, catalogue, models(prepare(catalogue)), "knowledge/", sources)
    return catalogue
