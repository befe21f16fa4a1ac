"""Danger first: whether a message is a cry for help, and which number helps."""

import math
import re
from collections.abc import Iterator
from typing import NamedTuple

from bot.conversation.followup import goes_on
from bot.conversation.knowledge import CALM, Knowledge
from bot.conversation.leaning import Leaning
from bot.conversation.outcome import Outcome, alarmed
from bot.conversation.state import State
from bot.matching.features import Parsed, parse, sound_only
from bot.matching.matcher import Judgement, likeness, scores
from bot.text.normalise import folded, visible

_SIGN = 0.75
_USUAL_LENGTH = 8  # sounds and English words
_SHORTNESS = 0.3  # what a message must lead by more, for each e-fold that it is shorter
_MEANT_OTHERWISE = 0.25  # and for all confidence that it asks something
_GOES_ON = 0.7  # and for all chance that it goes on about the answer before
_MEANT_AS_A_WHOLE = {"service": 0.6, "signpost": 0.85, "smalltalk": 0.85}
_FAR_FROM_DANGER = -0.75
_WORD_FOR_WORD = 0.85
_FEWEST_FEATURES = 2  # a single syllable or a mash of keys is no cry for help
_LEAST_KNOWN = 0.67  # a mash of characters is hardly known; no cry of the examples is below 0.7
_LEAST_LETTERS = 3
_NOTHING = -1e9
_SENTENCE = re.compile(r"(?<![a-z])\s+|\s+(?![a-z])|[,，。;；!！?？、]+")


class Danger(NamedTuple):
    """The likeliest kind of danger, its lead over an everyday message, whether a sign of it was said,
    and how long the message is, in sounds and English words.
    """

    kind: str
    lead: float
    signed: bool = False
    length: int = 1


def danger(parsed: Parsed, knowledge: Knowledge) -> Danger:
    """What danger a text speaks of, whatever it is as a question."""
    index = knowledge.alarm
    if CALM not in index.numbers:
        return Danger("", -1.0)
    vector = index.vector(parsed.plain)
    if len(vector) < _FEWEST_FEATURES or vector.known < _LEAST_KNOWN:
        return Danger("", -1.0)
    found = scores(vector, index)
    calm = float(found[index.numbers[CALM]])
    found[index.numbers[CALM]] = _NOTHING
    signs = [s.emergency for s in knowledge.signs.found(parsed.text)]
    for emergency in signs:
        found[index.numbers[f"emergency/{emergency}"]] += _SIGN
    best = int(found.argmax())
    kind = index.intents[best].partition("/")[2]
    length = max(1, len(sound_only(parsed.plain)))
    return Danger(kind, float(found[best]) - calm, kind in signs, length)


def answer(
    text: str, parsed: Parsed, meant: Judgement, leaning: Leaning | None, state: State, knowledge: Knowledge
) -> Outcome | None:
    """The emergency reply, where the message or a sentence of it is a cry for help."""
    whole = danger(parsed, knowledge)
    bar = least(whole, meant, knowledge)
    alarming = whole.lead >= bar and not _only_goes_on(whole, bar, leaning)
    found = whole if alarming else _told_in_passing(text, whole, meant, knowledge)
    if found is None or _known_to_be_harmless(parsed.text, found, knowledge):
        return None
    emergency = knowledge.lookup.emergencies[found.kind]
    return alarmed(emergency, 0.5 + min(0.5, max(0.0, found.lead)), state, knowledge.lookup)


def _known_to_be_harmless(text: str, found: Danger, knowledge: Knowledge) -> bool:
    """Whether it is nearly word for word something harmless, and less like any cry of this danger."""
    index = knowledge.alarm
    calm = likeness(text, index.phrasings[index.numbers[CALM]])
    return calm >= _WORD_FOR_WORD and calm > likeness(
        text, index.phrasings[index.numbers[f"emergency/{found.kind}"]]
    )


def least(found: Danger, meant: Judgement, knowledge: Knowledge) -> float:
    """The lead from which danger is taken for real: few words must say it more clearly than many, as must
    a message that asks something.

    A long story holds much that is calm, so that one which still sounds of danger hardly ever is.
    """
    shortness = _SHORTNESS * math.log(_USUAL_LENGTH / found.length)
    otherwise = 0.0 if found.signed else _MEANT_OTHERWISE * meant.confidence
    return knowledge.confidence.alarm_from + shortness + otherwise


def _only_goes_on(found: Danger, bar: float, leaning: Leaning | None) -> bool:
    """我老伴也不会, after an answer: so like what goes on about it that danger must be said more clearly."""
    if found.signed or leaning is None:
        return False
    return found.lead < bar + _GOES_ON * goes_on(leaning)


def _told_in_passing(text: str, whole: Danger, meant: Judgement, knowledge: Knowledge) -> Danger | None:
    """Danger in one sentence of a story, where the story as a whole is not clearly a question."""
    kind, _, _ = meant.best.partition("/")
    if meant.confidence >= _MEANT_AS_A_WHOLE.get(kind, 1.0) or whole.lead < _FAR_FROM_DANGER:
        return None
    sentences = list(_sentences(text)) if _SENTENCE.search(folded(text)) else []
    if len(sentences) < 2:
        return None
    found = [danger(parse(sentence, knowledge.topics.lexicon), knowledge) for sentence in sentences]
    worst = max(found, key=lambda d: d.lead)
    return worst if worst.lead >= knowledge.confidence.alarm_sentence_from else None


def _sentences(text: str) -> Iterator[str]:
    """The parts of a message between pauses; words of English stay together."""
    pieces = _SENTENCE.split(folded(visible(text)))
    return (piece for piece in pieces if len(piece) >= _LEAST_LETTERS)
