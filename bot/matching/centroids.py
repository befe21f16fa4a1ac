"""Centroids: the mean direction of each intent's phrasings, worked out block by block to bound the memory."""

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.matching.linear import LARGEST_WEIGHT, Weights

_BLOCK = 1_000_000  # features looked at together: some tens of megabytes


@dataclass
class Bags:
    """Phrasings as bags of feature numbers, those of one intent side by side.

    `ids` holds the features of all phrasings one after the other, `sizes` how many each phrasing has,
    `intents` the intent of each phrasing, ascending.
    """

    ids: "array[int]" = field(default_factory=lambda: array("i"))
    sizes: "array[int]" = field(default_factory=lambda: array("i"))
    intents: "array[int]" = field(default_factory=lambda: array("i"))

    def add(self, intent: int, features: list[int]) -> None:
        """Put a phrasing that has features at the end."""
        if features:
            self.ids.extend(features)
            self.sizes.append(len(features))
            self.intents.append(intent)


class Block(NamedTuple):
    """Phrasings of whole intents: feature numbers, and for each its phrasing and its intent."""

    ids: NDArray[np.int64]
    rows: NDArray[np.int64]
    intents: NDArray[np.int64]


def blocks(bags: Bags, size: int = 0) -> Iterator[Block]:
    """The bags in blocks of about `size` (else a million) features; an intent is never cut in two."""
    ids, sizes = np.asarray(bags.ids, np.int32), np.asarray(bags.sizes, np.int64)
    owners = np.asarray(bags.intents, np.int64)
    ends = np.cumsum(sizes)
    lasts = np.flatnonzero(np.diff(owners, append=-1))
    first = 0
    while first < len(sizes):
        begin = int(ends[first] - sizes[first])
        full = int(np.searchsorted(ends[lasts], begin + (size or _BLOCK)))
        last = max(int(lasts[min(full, len(lasts) - 1)]), first)
        rows = np.repeat(np.arange(first, last + 1), sizes[first : last + 1])
        yield Block(ids[begin : ends[last]].astype(np.int64), rows - first, owners[rows])
        first = last + 1


class Held(NamedTuple):
    """Three counts for each feature, over pairs of different phrasings of the same intent.

    `intents`: how many intents hold the feature. `pairs`: pairs whose first phrasing holds it. `shared`:
    those of them whose second phrasing holds it too.
    """

    intents: NDArray[np.int64]
    pairs: NDArray[np.int64]
    shared: NDArray[np.int64]


def held(bags: Bags, features: int) -> Held:
    """Count for each of so many features who holds it."""
    total = Held(*(np.zeros(features, np.int64) for _ in Held._fields))
    for block in blocks(bags):
        first = block.intents[0]
        keys, times = np.unique((block.intents - first) * features + block.ids, return_counts=True)
        owners, found = np.divmod(keys, features)
        phrasings = np.bincount(block.intents[np.diff(block.rows, prepend=-1) > 0] - first)
        pairs = times * (phrasings[owners] - 1)
        for sums, summands in zip(total, (np.ones_like(times), pairs, times * (times - 1)), strict=True):
            sums += np.bincount(found, summands, features).astype(np.int64)
    return total


def holders(bags: Bags, features: int) -> NDArray[np.int64]:
    """How many intents hold each feature."""
    found = np.zeros(features, np.int64)
    for block in blocks(bags):
        keys = np.unique(block.intents * features + block.ids)
        found += np.bincount(keys % features, minlength=features)
    return found


def normed(block: Block, weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """The values of a block's features, each phrasing brought to norm 1."""
    values = weight[block.ids]
    norms = np.sqrt(np.bincount(block.rows, values * values))
    return values / norms[block.rows]


def centroids(
    bags: Bags,
    weight: NDArray[np.float64],
    holders: NDArray[np.int64],
    progress: Callable[[int], None] = lambda done: None,
) -> Weights:
    """Each intent's phrasings summed and brought to norm 1, by features.

    `weight` is what each feature weighs, `holders` how many intents hold it; `progress` hears how many
    phrasings are done.
    """
    start = np.concatenate(([0], np.cumsum(holders)))
    cols = np.empty(start[-1], np.int32)
    data = np.empty(start[-1], np.int16)
    free, done = start[:-1].copy(), 0
    for block in blocks(bags):
        keys, place = np.unique(block.intents * len(weight) + block.ids, return_inverse=True)
        sums = np.bincount(place, normed(block, weight))
        intents, features = np.divmod(keys, len(weight))
        norms = np.sqrt(np.bincount(intents - intents[0], sums * sums))
        sums = sums / norms[intents - intents[0]]
        by_feature = np.argsort(features, kind="stable")
        ordered = features[by_feature]
        count = np.bincount(ordered, minlength=len(weight))
        nth = np.arange(len(ordered)) - (np.cumsum(count) - count)[ordered]
        cols[free[ordered] + nth] = intents[by_feature]
        data[free[ordered] + nth] = np.rint(sums[by_feature] * LARGEST_WEIGHT)
        free += count
        done += int(block.rows[-1]) + 1
        progress(done)
    return Weights(1 / LARGEST_WEIGHT, start, cols, data)
