"""How surely a question is about the intent that was found for it, or about none of a FAQ's.

A logistic regression over a few pieces of evidence; `sureness.json` holds its constants, which
`python3 scripts/sureness` fits on FAQs kept for that (`scripts/benchmark/fitting`).
"""

import json
import math
from functools import cache
from importlib import resources
from typing import NamedTuple


class Evidence(NamedTuple):
    """What speaks for the best intent: its score; how far the other candidates' mean is behind; how much of
    its score is the writing's; how much it has a phrasing spelt alike (the cube of the likeness, 0–1); how
    much alike in meaning its phrasings are (a cosine), as of an intent whose phrasings all say the same, a
    question of its own would too; and 1 where a Chinese FAQ is asked in Latin letters, which only sounds
    speak for, so that all scores are low."""

    best: float
    ahead: float
    written: float
    spelt: float
    narrow: float
    latin: float


class Sureness(NamedTuple):
    """What each piece of evidence weighs, in their order, and what is added, as log odds."""

    weights: tuple[float, ...]
    bias: float

    def of(self, evidence: Evidence) -> float:
        """How sure that is, 0–1."""
        logit = self.bias + sum(w * e for w, e in zip(self.weights, evidence, strict=True))
        return 1 / (1 + math.exp(-logit))


@cache
def fitted() -> Sureness:
    """The constants that come with the engine."""
    text = resources.files("bot.matching").joinpath("sureness.json").read_text("utf-8")
    stored = json.loads(text)
    return Sureness(tuple(stored[name] for name in Evidence._fields), stored["bias"])
