"""Danger first: whether a message is a cry for help, and which number helps."""

from bot.conversation.knowledge import CALM, Knowledge
from bot.conversation.outcome import Outcome, alarmed
from bot.conversation.state import State
from bot.matching.features import Parsed
from bot.matching.matcher import Judgement, scores

_SIGN = 2.0
_CLEARLY_MEANT = 0.7
_FEWEST_FEATURES = 2  # a single syllable or a mash of keys is no cry for help
_LEAST_KNOWN = 0.6


def danger(parsed: Parsed, knowledge: Knowledge) -> tuple[str, float]:
    """The likeliest kind of danger in a text, and its lead over an everyday message."""
    index = knowledge.alarm
    if CALM not in index.numbers:
        return "", -1.0
    vector = index.vector(parsed.features)
    if len(vector.ids) < _FEWEST_FEATURES or vector.known < _LEAST_KNOWN:
        return "", -1.0
    found = scores(vector, index)
    calm = float(found[index.numbers[CALM]])
    found[index.numbers[CALM]] = -1e9
    for sign in knowledge.signs:
        if all(word in parsed.text for word in sign.words):
            found[index.numbers[f"emergency/{sign.emergency}"]] += _SIGN
    best = int(found.argmax())
    return index.intents[best].partition("/")[2], float(found[best]) - calm


def answer(parsed: Parsed, meant: Judgement, state: State, knowledge: Knowledge) -> Outcome | None:
    """The emergency reply, where the message needs one; a clear everyday meaning needs a clearer alarm."""
    kind, lead = danger(parsed, knowledge)
    everyday = meant.confidence >= _CLEARLY_MEANT
    if lead < knowledge.confidence.alarm_from * (2 if everyday else 1):
        return None
    return alarmed(knowledge.lookup.emergencies[kind], min(1.0, 0.5 + lead), state, knowledge.lookup)
