"""A check of danger over a grid: all that happens × all ways to cry for help, and × what makes it none."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from bot.catalogue.examples import TALK, Frames, Grid, Sort, TalkFile
from bot.catalogue.model import BLANK
from bot.errors import InputError
from bot.staff.cases import CALM, Case
from bot.staff.evaluation import Evaluation
from bot.staff.files import read_document
from bot.staff.perturbation import perturbed
from bot.text.pinyin import reading

FILE = f"{TALK}danger.yaml"
"""Where the grid stands, below the knowledge folder."""


class Share(NamedTuple):
    """How many of one sort, cries or calm sayings, were taken rightly, and what share (0–1) must be."""

    sort: str
    right: int
    asked: int
    least: float

    @property
    def enough(self) -> bool:
        """Whether as many are right as must be."""
        return self.asked > 0 and self.right >= self.least * self.asked


def read(path: Path) -> Grid:
    """The grid of a file. InputError where it holds none."""
    try:
        grid = TalkFile.model_validate(read_document(path, path.name).data).grid
    except ValidationError as error:
        raise InputError(f"{path}: {error}") from error
    if grid is None:
        raise InputError(f"{path}: there is no grid in it")
    return grid


def cases(grid: Grid) -> Iterator[Case]:
    """Every cry, those said as they are in other spellings too, and every calm saying.

    `style` is the frame or the spelling.
    """
    for danger in grid.dangers:
        numbers = frozenset(danger.numbers)
        for frame, text in _framed(grid.cries, danger.said):
            yield Case(text, (), numbers, style=frame)
            for name, spelt in _spelt(text) if frame == BLANK else ():
                yield Case(spelt, (), numbers, style=name)
        for frame, text in _framed(grid.calm, danger.said):
            yield Case(text, (), frozenset(), style=frame)


def shares(evaluation: Evaluation, grid: Grid) -> list[Share]:
    """How the cries and the calm sayings were taken."""
    least = {"urgent": grid.least.cries, CALM: grid.least.calm}
    found = ((sort, evaluation.of(sort)) for sort in least)
    return [Share(sort, sum(r.right for r in of), len(of), least[sort]) for sort, of in found]


def _framed(frames: Frames, said: Mapping[Sort, Sequence[str]]) -> Iterator[tuple[str, str]]:
    """(frame, text) for each frame of each sort of words, with each of its words in it."""
    for sort, words in said.items():
        for word in words:
            yield from ((frame, frame.replace(BLANK, word)) for frame in frames.get(sort, ()))


def _spelt(text: str) -> Iterator[tuple[str, str]]:
    """(spelling, text) for each other way to write a text, where it differs."""
    spelt = {name: perturbed(text, name) for name in ("traditional characters", "one homophone")}
    spelt["pinyin"] = " ".join(filter(None, map(reading, text)))
    return ((name, said) for name, said in spelt.items() if said not in ("", text))
