"""Which of many texts is most like another, letter by letter."""

import itertools
from collections.abc import Sequence

from rapidfuzz import fuzz, process


def nearest(text: str, phrasings: Sequence[str], least: float = 0.0) -> tuple[str, float]:
    """The phrasing most like a text, and how like it is, 0–1; empty where none is at least so like it."""
    found = process.extractOne(text, phrasings, scorer=fuzz.ratio, score_cutoff=100 * least)
    return (found[0], float(found[1]) / 100) if found else ("", 0.0)


class Phrasings:
    """Many phrasings. The nearest is looked for only among those that share a rare letter with the text."""

    def __init__(self, phrasings: Sequence[str]) -> None:
        self._phrasings = phrasings
        self._holding: dict[str, list[int]] = {}
        for number, phrasing in enumerate(phrasings):
            for letter in set(phrasing):
                self._holding.setdefault(letter, []).append(number)

    def nearest(self, text: str, least: float) -> tuple[str, float]:
        """As `nearest` of all of them.

        fuzz.ratio is 1 − (letters gone + letters new) / letters of both, so that in what is at least so like
        the text few of its letters can be missing: of one more than that, whichever they are, one is there.
        """
        missing = int(2 * len(text) * (1 - least) / (2 - least))
        rarest = sorted((self._holding.get(letter, []) for letter in set(text)), key=len)[: missing + 1]
        shared = sorted(set(itertools.chain.from_iterable(rarest)))
        return nearest(text, [self._phrasings[number] for number in shared], least)
