"""What is usually said of one service and not of another near it: 农村的呢, after homes in the city."""

import math
from collections.abc import Sequence

from bot.catalogue.model import Service
from bot.matching.index import Index

_USUAL = 0.15  # the share of a service's phrasings from which a word is as usual there as can be
_SELDOM = 0.02  # what is added to each share, so that a word never said of a service rules nothing out
_MOST = 4.0  # a likelihood beyond this, as a logarithm, says no more


class Usage:
    """How often the words of a message stand in the phrasings of each service."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._texts = {
            intent: ("\n".join(phrasings), len(phrasings))
            for intent, phrasings in zip(index.intents, index.phrasings, strict=True)
            if intent.startswith("service/")
        }

    def usual(self, words: Sequence[str], service: Service) -> float:
        """How much of what the words weigh is usually said of a service, 0–1."""
        weights = [self._index.weight(("w" if len(word) > 1 else "c") + word) for word in words]
        shares = [min(1.0, self._share(word, service) / _USUAL) for word in words]
        said = sum(weight * share for weight, share in zip(weights, shares, strict=True))
        return said / (sum(weights) or 1.0)

    def likelier(self, words: Sequence[str], service: Service, other: Service) -> float:
        """How much likelier the words are of a service than of another, as a logarithm."""
        ratios = (
            (self._share(word, service) + _SELDOM) / (self._share(word, other) + _SELDOM) for word in words
        )
        found = sum(map(math.log, ratios)) / math.sqrt(len(words) or 1)
        return max(-_MOST, min(_MOST, found))

    def _share(self, word: str, service: Service) -> float:
        text, phrasings = self._texts[f"service/{service.id}"]
        return min(1.0, text.count(word) / phrasings)
