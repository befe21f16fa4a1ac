"""Two needs typed in one breath: where a message without a pause may be cut in two (工资没发孩子没人带)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.conversation.knowledge import Knowledge
from bot.conversation.pieces import laid_out
from bot.conversation.understanding import Understood
from bot.matching.features import parse
from bot.matching.matcher import said_of_each

_SHORTEST, _LONGEST = 5, 26  # characters of a message that is looked at
_LEAST = 2  # characters of a part
# What saves most of the work: nearly all messages that ask two things score for both services at least this
# share of the best score, no topic leads by more, and the best cut gains so much.
_BOTH, _CLEAR, _GAIN = 0.4, 0.8, 0.9
_LIKELIEST = 2  # cuts that are weighed
_ENOUGH = 1.0  # the score of a part that is surely about something


def likely_cuts(
    whole: Understood, shares: NDArray[np.float64], knowledge: Knowledge
) -> list[tuple[str, str]]:
    """The likeliest two parts of a message, between two of its words; none of one that is clear by itself.

    `shares`: of the intents that the parts may be about, their scores as shares of the best; −∞ for others.
    """
    text, words = whole.parsed.text, whole.parsed.words
    if text.isascii() or not _SHORTEST <= len(text) <= _LONGEST or "".join(words) != text:
        return []
    if whole.judgement.evidence["lead"] >= _CLEAR or np.count_nonzero(shares >= _BOTH) < 2:
        return []
    ends = np.cumsum([len(word) for word in words])[:-1].tolist()
    places = [at for at, end in enumerate(ends, 1) if _LEAST <= end <= len(text) - _LEAST]
    gains = _gains(words, places, np.isfinite(shares), knowledge) if places else []
    best = sorted(zip(gains, places, strict=True), key=lambda found: -found[0])[:_LIKELIEST]
    return [("".join(words[:at]), "".join(words[at:])) for gain, at in best if gain >= _GAIN]


def _gains(
    words: Sequence[str], places: Sequence[int], near: NDArray[np.bool_], knowledge: Knowledge
) -> list[float]:
    """How much the parts before and after each place are about two things, and surely so."""
    parsed = [parse(word, knowledge.topics.lexicon) for word in words]
    units, texts = laid_out(parsed, [run for at in places for run in ((0, at), (at, len(words)))])
    said = np.where(near, said_of_each(texts, units, knowledge.topics), -np.inf)
    before, after = said[::2], said[1::2]
    apart = before.max(axis=1) + after.max(axis=1) - (before + after).max(axis=1)
    surely = np.minimum(np.minimum(before.max(axis=1), after.max(axis=1)), _ENOUGH)
    gains: list[float] = (surely + apart / 2).tolist()
    return gains
