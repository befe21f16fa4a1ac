"""What everyday words mean, as directions: 退钱 lies near 退款, and "refund" near both.

A table of Chinese words and English stems, made by `scripts/meanings` from dictionaries, from where an
encoder of sentences puts each word, and from what people say to each other every day. A text lies where its
words lie, the rarer in the FAQ the heavier; an intent in the middle of its phrasings.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.matching.centroids import Bags, blocks, holders
from bot.matching.features import stem

# So much of how often intents would hold a word if they spoke as everyone does counts with how often they do.
_USUAL = 3.0
_BLOCK = 50_000  # words looked at together: some tens of megabytes
_SHRUNK = 3.0  # how much of a ball goes to one part of the spread within intents
_COARSE = 48  # directions enough to find candidates by
_PAIR, _LENGTHS = (2,), (2, 3, 4)
_UNSEEN = 20.0  # what a character costs that the table does not hold: more than the rarest word
_RUN = re.compile(r"[a-z]+|[^\sa-z\d%]+")

Place = NDArray[np.float32]


class Table(NamedTuple):
    """Word → its row; by rows, what a word costs (the negative logarithm of its frequency in Chinese) and
    its direction (whole numbers; only their proportions count) and what brings that to norm 1; how words of
    three or more begin."""

    rows: Mapping[str, int]
    costs: list[float]
    directions: NDArray[np.int8]
    shrink: NDArray[np.float32]
    beginnings: frozenset[str]

    def words(self, text: str) -> list[int]:
        """The rows of a normalised text's words, each once: Chinese cut the likeliest way, English stems."""
        found: list[int] = []
        for run in _RUN.findall(text):
            if not run.isascii():
                found += self._cut(run)
            elif (row := self.rows.get(stem(run), self.rows.get(run))) is not None:
                found.append(row)
        return list(dict.fromkeys(found))

    def _cut(self, run: str) -> list[int]:
        size, find, costs = len(run), self.rows.get, self.costs
        best = [0.0] * (size + 1)
        taken: list[tuple[int, int | None]] = [(1, None)] * size
        for at in range(size - 1, -1, -1):
            row = find(run[at])
            least, choice = best[at + 1] + (_UNSEEN if row is None else costs[row]), (1, row)
            for length in _LENGTHS if run[at : at + 2] in self.beginnings else _PAIR:
                row = find(run[at : at + length]) if at + length <= size else None
                if row is not None and (cost := costs[row] + best[at + length]) < least:
                    least, choice = cost, (length, row)
            best[at], taken[at] = least, choice
        found, at = [], 0
        while at < size:
            length, row = taken[at]
            at += length
            if row is not None:
                found.append(row)
        return found


@cache
def table() -> Table:
    """The table that comes with the engine."""
    with resources.files("bot.matching").joinpath("meanings.npz").open("rb") as file, np.load(file) as stored:
        words = stored["words"].tobytes().decode().split("\n")
        rows = {word: row for row, word in enumerate(words)}
        beginnings = frozenset(word[:2] for word in words if len(word) > 2)
        directions = stored["directions"]
        norms = np.sqrt(np.einsum("ij,ij->i", directions, directions, dtype=np.float32))
        return Table(rows, stored["costs"].tolist(), directions, 1 / np.maximum(norms, 1), beginnings)


@dataclass(frozen=True)
class Meanings:
    """Where each intent lies (intents × directions, norm 1 or 0), what each word of the table weighs, and how
    directions are turned: those count less in which the phrasings of one intent differ anyway, and those come
    first in which intents differ most. `coarse` holds the first alone, `narrow` how alike the phrasings of an
    intent are (the mean cosine of two of them; 0 where there is one)."""

    places: NDArray[np.float32]
    narrow: NDArray[np.float32]
    coarse: NDArray[np.float32]
    weight: NDArray[np.float32]
    turn: NDArray[np.float32]

    def place(self, words: list[int]) -> Place | None:
        """Where a text of these words lies, norm 1; None where nothing is known of it."""
        if not words:
            return None
        found = self.weight[words] @ table().directions[words].astype(np.float32) @ self.turn
        norm = float(np.sqrt(found @ found))
        return found / np.float32(norm) if norm else None

    def near(self, place: Place | None, numbers: NDArray[np.int64]) -> NDArray[np.float64]:
        """How near these intents lie to a place, -1 to 1; 0 where there is none."""
        return np.round(_along(self.places[numbers], place), 5)  # or equals would differ in the last digit

    def roughly(self, place: Place | None) -> NDArray[np.float64]:
        """How near every intent lies to a place, looking at the directions alone that tell most."""
        return _along(self.coarse, None if place is None else place[:_COARSE])


def _along(places: NDArray[np.float32], place: Place | None) -> NDArray[np.float64]:
    return np.zeros(len(places)) if place is None else (places @ place).astype(np.float64)


def build(bags: Bags, intents: int) -> Meanings:
    """Learn from phrasings as bags of the table's rows, those of one intent side by side."""
    directions = table().directions
    size = directions.shape[1]
    often = holders(bags, len(directions)) + 0.5 + _USUAL * _usually(len(bags.ids), intents)
    weight = np.log1p(intents / often).astype(np.float32)
    places = np.zeros((intents, size), np.float32)
    spread, apart = np.zeros((size, size)), 0
    for texts, owners, heads in _texts(bags, weight):
        places[owners[heads]] = _unit(_sums(texts, heads))
        texts -= places[owners]
        spread += texts.T @ texts
        apart += len(owners) - len(heads)
    turn = _turn(spread / max(1, apart))
    narrow = _narrow(bags, weight, turn, intents)
    places = _unit(places @ turn)
    first = _axes(places.T @ places)
    places = places @ first
    return Meanings(places, narrow, np.ascontiguousarray(places[:, :_COARSE]), weight, turn @ first)


def _texts(
    bags: Bags, weight: NDArray[np.float32]
) -> Iterator[tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]]:
    """By the block, where texts lie (norm 1), the intent of each, and which are the first of an intent."""
    directions = table().directions
    for block in blocks(bags, _BLOCK):
        firsts = np.flatnonzero(np.diff(block.rows, prepend=-1))
        owners = block.intents[firsts]
        heads = np.flatnonzero(np.diff(owners, prepend=-1))
        texts = np.empty((len(firsts), directions.shape[1]), np.float32)
        for which, members in _alike_long(firsts, len(block.ids)):
            ids = block.ids[members]
            texts[which] = (weight[ids][:, None] @ directions[ids].astype(np.float32))[:, 0]
        yield _unit(texts), owners, heads


def _alike_long(firsts: NDArray[np.int64], end: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Runs that begin at `firsts`, those of one length together, by their numbers (runs) and what is in them
    (runs × length): summing each by itself, as `reduceat` does, takes numpy ten times as long."""
    lengths = np.diff(firsts, append=end)
    for length in np.unique(lengths):
        which = np.flatnonzero(lengths == length)
        yield which, firsts[which, None] + np.arange(length)


def _sums(rows: NDArray[np.float32], firsts: NDArray[np.int64]) -> NDArray[np.float32]:
    """The sum of the rows of each run."""
    found = np.empty((len(firsts), rows.shape[1]), np.float32)
    for which, members in _alike_long(firsts, len(rows)):
        found[which] = rows[members].sum(axis=1)
    return found


def _narrow(
    bags: Bags, weight: NDArray[np.float32], turn: NDArray[np.float32], intents: int
) -> NDArray[np.float32]:
    """How alike the phrasings of each intent are, as they lie when turned."""
    found = np.zeros(intents, np.float32)
    for texts, owners, heads in _texts(bags, weight):
        sums = _sums(_unit(texts @ turn), heads)
        found[owners[heads]] = _alike(sums, np.diff(heads, append=len(owners)))
    return found


def _alike(sums: NDArray[np.float32], counts: NDArray[np.int64]) -> NDArray[np.float32]:
    """The mean cosine of two of so many texts of norm 1 each, by their sums."""
    pairs = np.maximum(counts * (counts - 1), 1)
    found: NDArray[np.float32] = (np.einsum("ij,ij->i", sums, sums) - counts) / pairs
    return found


def _usually(words: int, intents: int) -> NDArray[np.float64]:
    """By the table's rows, how many intents would hold each if their words were drawn from all Chinese."""
    chances = np.exp(-np.array(table().costs))
    found: NDArray[np.float64] = intents * -np.expm1(-chances * words / max(1, intents))
    return found


def _turn(spread: NDArray[np.float64]) -> NDArray[np.float32]:
    """Linear discriminant analysis, shrunk: what brings this spread within intents near to that of a ball."""
    ball = float(np.trace(spread)) / len(spread) * np.eye(len(spread))
    if not ball.any():
        return np.eye(len(spread), dtype=np.float32)
    sizes, axes = np.linalg.eigh(spread + _SHRUNK * ball)
    turn: NDArray[np.float32] = (axes / np.sqrt(sizes)).astype(np.float32)
    return turn


def _axes(scatter: NDArray[np.float32]) -> NDArray[np.float32]:
    """The directions of a scatter, the widest first."""
    axes: NDArray[np.float32] = np.linalg.eigh(scatter)[1][:, ::-1].astype(np.float32)
    return axes


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    norms = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    norms[norms == 0] = 1
    unit: NDArray[np.float32] = rows / norms[:, None].astype(np.float32)
    return unit
