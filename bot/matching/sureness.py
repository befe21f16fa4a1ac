"""How sure it is that a question is about the intent found for it, rather than about nothing in the FAQ.

A logistic regression over a few pieces of evidence; `sureness.json` holds its constants, which
`python3 scripts/sureness` fits on FAQs kept for that (`scripts/benchmark/fitting`).
"""

import json
import math
from functools import cache
from importlib import resources
from typing import NamedTuple


class Evidence(NamedTuple):
    """What speaks for the best intent.

    `best`: its score. `ahead`: how far the mean of the other candidates is behind. `written`: the part of the
    score that comes from spelling, not meaning. `spelt`: the likeness of its nearest phrasing (0–1), cubed.
    `narrow`: how alike in meaning its phrasings are (mean cosine): where all say the same, a question that
    belongs there says it too. `latin`: 1 where a Chinese FAQ is asked in Latin letters, which lowers every
    score as only the sounds can match.
    """

    best: float
    ahead: float
    written: float
    spelt: float
    narrow: float
    latin: float


class Sureness(NamedTuple):
    """A logistic regression: a weight for each field of Evidence, in their order, and a bias (log odds)."""

    weights: tuple[float, ...]
    bias: float

    def of(self, evidence: Evidence) -> float:
        """The chance (0–1) that the intent is the right one."""
        logit = self.bias + sum(weight * value for weight, value in zip(self.weights, evidence, strict=True))
        return 1 / (1 + math.exp(-logit))


@cache
def fitted() -> Sureness:
    """The constants that come with the engine."""
    text = resources.files("bot.matching").joinpath("sureness.json").read_text("utf-8")
    stored = json.loads(text)
    return Sureness(tuple(stored[name] for name in Evidence._fields), stored["bias"])
