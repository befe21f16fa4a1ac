"""`python scripts/sureness`: the constants of `bot.matching.sureness`, fitted on FAQs kept for that alone.

Of each split as many questions that belong are taken as strangers, alike in length, and every split counts
the same. Every tenth phrasing is asked too, hardly changed, as people do who have read the FAQ or are offered
its questions; and now and then a text is asked again in pinyin. The fit is deterministic.
"""

import itertools
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.matching import sureness
from bot.matching.index import Utterance
from bot.matching.ranking import build
from bot.matching.sureness import Evidence
from bot.staff.weights import newton
from bot.text.pinyin import syllable
from scripts.benchmark.measure import alike
from scripts.benchmark.work import Work, written

_FAQS = Path(__file__).with_name("fitting")
_FITTED = Path(sureness.__file__).with_name("sureness.json")
_SPLITS = 8
_REPEATED, _SPOKEN = 10, 40
_RIDGE = 0.3

Rows = NDArray[np.float64]


def main() -> None:
    """Fit, write, and say what was written."""
    works = [work for language in ("zh", "en") for work in written(_FAQS, language, _SPLITS)]
    parts = [_seen(work) for work in works]
    rows, belongs, share = (np.concatenate(column) for column in zip(*parts, strict=True))
    *weights, bias = np.round(fit(rows, belongs, share), 2).tolist()
    found = dict(zip(Evidence._fields, weights, strict=True)) | {"bias": bias}
    _FITTED.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    print(f"{len(works)} splits, {len(rows)} questions: {found}")


def _seen(work: Work) -> tuple[Rows, Rows, Rows]:
    """Of a split: the evidence of each question, 1 where it belongs and 0 for a stranger, and how much it
    counts."""
    ranking = build(itertools.starmap(Utterance, work.faq))
    sides = ([text for _, text in work.questions], work.strangers)
    sides[0].extend(text[1:] + "?" for _, text in work.faq[::_REPEATED])
    own, strange = ([texts[n] for n in numbers] for texts, numbers in zip(sides, alike(*sides), strict=True))
    own, strange = (
        side + ["".join(map(syllable, text)) for text in side[::_SPOKEN]] for side in (own, strange)
    )
    found = [ranking.evidence(text) or Evidence(*[0.0] * len(Evidence._fields)) for text in (*own, *strange)]
    belongs = np.repeat((1.0, 0.0), (len(own), len(strange)))
    return np.array(found), belongs, np.full(len(found), 1 / len(found))


def fit(rows: Rows, belongs: Rows, share: Rows) -> Rows:
    """The weights of the rows' columns, and last the bias, by which they belong likeliest.

    `share` is how much each row counts. A weight the rows say little of stays near 0.
    """
    spread = rows.std(axis=0) + 1e-9
    columns = np.column_stack((rows / spread, np.ones(len(rows))))
    ridge = _RIDGE * share.sum() / len(spread) * np.append(np.ones(len(spread)), 0.0)
    weights = newton(columns, belongs, np.arange(len(columns)), ridge, share)
    found: Rows = weights / np.append(spread, 1.0)
    return found


if __name__ == "__main__":
    main()
