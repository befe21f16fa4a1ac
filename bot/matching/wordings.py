"""How many of a question's words an intent's words cover, each by the one nearest in meaning.

The vector of a whole text hides a word that fits nowhere; here each word must find its like. This is the
maximum similarity of ColBERT (SIGIR 2020) over the word vectors of `bot.matching.meanings`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.matching.centroids import Bags, blocks
from bot.matching.meanings import table


@dataclass(frozen=True)
class Wordings:
    """The words of each intent as rows of the table: intent n has words[start[n]:start[n + 1]]."""

    words: NDArray[np.int32]
    start: NDArray[np.int64]

    def covered(
        self, asked: list[int], weight: NDArray[np.float32], numbers: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """The share (0–1) of the words `asked`, weighted by `weight`, that each of these intents covers."""
        found = np.zeros(len(numbers))
        lengths = self.start[numbers + 1] - self.start[numbers]
        some = np.flatnonzero(lengths)
        if not asked or not len(some):
            return found
        firsts = np.cumsum(lengths[some]) - lengths[some]
        places = np.arange(lengths.sum()) + np.repeat(self.start[numbers[some]] - firsts, lengths[some])
        likeness = _likeness(np.array(asked), self.words[places])
        nearest = np.maximum(np.maximum.reduceat(likeness, firsts, axis=1), 0)
        heavy = weight[asked]
        found[some] = np.round(heavy @ nearest / heavy.sum(), 4)  # or equals would differ in the last digit
        return found


def _likeness(some: NDArray[np.int64], others: NDArray[np.int32]) -> NDArray[np.float32]:
    """The cosines (some × others) of rows of the table."""
    known = table()
    one, two = (known.directions.take(rows, 0).astype(np.float32) for rows in (some, others))
    found: NDArray[np.float32] = one @ two.T * known.shrink[some, None] * known.shrink[others]
    return found


def build(bags: Bags, intents: int) -> Wordings:
    """The words of a number of intents from their phrasings as bags of rows of the table, each row once."""
    size = len(table().directions)
    keys = [np.unique(block.intents * size + block.ids) for block in blocks(bags)]
    owners, words = np.divmod(np.concatenate([np.zeros(0, np.int64), *keys]), size)
    start = np.searchsorted(owners, np.arange(intents + 1))
    return Wordings(words.astype(np.int32), start.astype(np.int64))
