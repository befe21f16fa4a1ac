"""Work on the knowledge files: check, build, evaluate, fit."""

import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from bot.app.loading import load_knowledge, warm
from bot.catalogue.check import Checked
from bot.config import Settings
from bot.local_time import day_of
from bot.staff import building, evaluation, fitting, grid, known, perturbation
from bot.staff.building import checked_files
from bot.staff.cases import first_turns, nameable, read_cases
from bot.staff.evaluation import Evaluation
from bot.staff.progress import Progress


def check_knowledge(settings: Settings, progress: Progress) -> Checked:
    """Every fault of the knowledge files, as of today."""
    return checked_files(settings.knowledge, day_of(time.time()), progress)


async def build(settings: Settings, progress: Progress) -> int:
    """Build the catalogue file from the knowledge files; returns how many services it holds."""
    catalogue = await building.build(settings.knowledge, settings.catalogue, day_of(time.time()), progress)
    return len(catalogue.services)


async def evaluate(settings: Settings, files: Sequence[Path], progress: Progress) -> Evaluation:
    """Score labelled questions against the catalogue file. InputError: a label it cannot meet."""
    knowledge = await load_knowledge(settings)
    conversations = read_cases(files, nameable(knowledge.lookup))
    warm(knowledge)  # the times are those of a bot that runs
    return evaluation.evaluate(conversations, knowledge, partial(_of, progress, len(conversations)))


async def perturb(settings: Settings, files: Sequence[Path], progress: Progress) -> dict[str, Any]:
    """How often small changes to labelled questions change the answer of the catalogue file."""
    knowledge = await load_knowledge(settings)
    cases = first_turns(read_cases(files, nameable(knowledge.lookup)))
    return perturbation.robustness(cases, knowledge, partial(_of, progress, len(cases)))


async def check_danger(settings: Settings, progress: Progress) -> tuple[Evaluation, list[grid.Share]]:
    """Try the knowledge folder's grid of dangers on the catalogue file: what came of it, and what shares."""
    tried = grid.read(settings.knowledge / grid.FILE)
    cases = list(grid.cases(tried))
    knowledge = await load_knowledge(settings)
    found = evaluation.evaluate(((case,) for case in cases), knowledge, partial(_of, progress, len(cases)))
    return found, grid.shares(found, tried)


async def list_failures(settings: Settings, progress: Progress) -> str:
    """Write the examples that miss to the knowledge folder's known failures; returns a summary."""
    evaluated = await evaluate(settings, [settings.knowledge / fitting.EXAMPLES], progress)
    path = settings.knowledge / known.FILE
    known.write(path, known.failures(evaluated))
    return f"{path}: {len(evaluated.wrong)} of {len(evaluated.results)} examples miss"


def _of(progress: Progress, total: int, done: int) -> None:
    progress(done, total)


async def fit_confidence(settings: Settings, progress: Progress) -> str:
    """Fit the confidence on the knowledge folder's examples and write it there; says what changed."""
    checked = checked_files(settings.knowledge, day_of(time.time()), progress)
    catalogue = building.releasable(checked)
    return fitting.refit(catalogue, settings.knowledge)
