"""Word vectors: what everyday words mean, so that 退钱 lies near 退款, and "refund" near both.

The table holds Chinese words and English stems; `scripts/meanings` makes it from dictionaries, a sentence
encoder and a list of everyday words. The vector of a text is the sum of its words', weighted by how rare they
are in the FAQ; that of an intent is the mean of its phrasings.
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

# How much the usual frequency of a word counts beside how many intents of the FAQ hold it, as a prior.
_USUAL = 3.0
_BLOCK = 50_000  # words processed at once: some tens of megabytes
_SHRUNK = 3.0  # shrinkage: parts of an even spread that are added to one part of the spread within intents
_COARSE = 48  # dimensions that suffice to find candidates
_PAIR, _LENGTHS = (2,), (2, 3, 4)
_UNSEEN = 20.0  # what a character costs that the table does not hold: more than the rarest word
_RUN = re.compile(r"[a-z]+|[^\sa-z\d%]+")

Embedding = NDArray[np.float32]


class Table(NamedTuple):
    """The word vectors.

    `rows`: word → its row. By rows: `costs`, the negative logarithm of the word's frequency in Chinese;
    `directions` (words × dimensions), integers of which only the proportions count; `shrink`, the factor
    that brings a row to norm 1. `beginnings`: the first two characters of the words of three or more.
    """

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
    """The vectors of a FAQ's intents, and what turns a text into such a vector.

    `places`: intents × dimensions, norm 1, or 0 where nothing is known of an intent. `coarse`: their first
    columns. `narrow`: how alike the phrasings of each intent are, the mean cosine of two of them (0 where
    there is one). `weight`: of each word of the table. `turn`: the matrix of a linear discriminant analysis:
    dimensions in which the phrasings of one intent differ anyway count less, and those in which intents
    differ most come first.
    """

    places: NDArray[np.float32]
    narrow: NDArray[np.float32]
    coarse: NDArray[np.float32]
    weight: NDArray[np.float32]
    turn: NDArray[np.float32]

    def place(self, words: list[int]) -> Embedding | None:
        """The vector (norm 1) of a text of these words, rows of the table; None where nothing is known."""
        if not words:
            return None
        found = self.weight[words] @ table().directions[words].astype(np.float32) @ self.turn
        norm = float(np.sqrt(found @ found))
        return found / np.float32(norm) if norm else None

    def near(self, place: Embedding | None, numbers: NDArray[np.int64]) -> NDArray[np.float64]:
        """The cosines of these intents' vectors with a text's; 0 where that is None."""
        return np.round(_along(self.places[numbers], place), 5)  # or equals would differ in the last digit

    def roughly(self, place: Embedding | None) -> NDArray[np.float64]:
        """About the same for every intent, by the first dimensions alone."""
        return _along(self.coarse, None if place is None else place[:_COARSE])


def _along(places: NDArray[np.float32], place: Embedding | None) -> NDArray[np.float64]:
    return np.zeros(len(places)) if place is None else (places @ place).astype(np.float64)


def build(bags: Bags, intents: int) -> Meanings:
    """The vectors of a number of intents from their phrasings, given as bags of rows of the table."""
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
    """By blocks: the texts' vectors (norm 1), the intent of each, and where each intent's first stands."""
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
    """The mean cosine of two phrasings of each intent, after the turn."""
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
    """Shrunk linear discriminant analysis: the matrix that evens out this scatter within intents."""
    ball = float(np.trace(spread)) / len(spread) * np.eye(len(spread))
    if not ball.any():
        return np.eye(len(spread), dtype=np.float32)
    sizes, axes = np.linalg.eigh(spread + _SHRUNK * ball)
    turn: NDArray[np.float32] = (axes / np.sqrt(sizes)).astype(np.float32)
    return turn


def _axes(scatter: NDArray[np.float32]) -> NDArray[np.float32]:
    """The principal axes of a scatter matrix, the widest first."""
    axes: NDArray[np.float32] = np.linalg.eigh(scatter)[1][:, ::-1].astype(np.float32)
    return axes


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    norms = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    norms[norms == 0] = 1
    unit: NDArray[np.float32] = rows / norms[:, None].astype(np.float32)
    return unit
