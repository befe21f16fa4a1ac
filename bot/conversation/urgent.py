"""Danger first: whether a message is a cry for help, and which number helps."""

import math
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.conversation.kinds import cut_at_cues
from bot.conversation.knowledge import CALM, DANGER, EMERGENCY, Knowledge
from bot.conversation.leaning import Leaning
from bot.conversation.outcome import Outcome, alarmed
from bot.conversation.state import State
from bot.conversation.understanding import part
from bot.matching.features import Parsed, sound_only
from bot.matching.likeness import nearest
from bot.matching.matcher import Judgement, chance, scores
from bot.text.normalise import folded, normalise, together, visible

_SIGN = 0.75  # what a sign of one kind of danger adds where several are likely
_FARTHEST = 2  # words that put danger at a distance; more than two say no more
_GOES_ON = 0.2  # by how much more danger must lead in what surely goes on about the answer before
_USUAL_LENGTH, _LONG = 8, 13  # sounds and English words; a longer message is no more of a cry for help
_FAR_FROM_DANGER = -0.75  # where, without a sign, no sentence will be a cry for help, none is read by itself
WORD_FOR_WORD = 0.85
"""The likeness (0–1) from which two texts are the same but for a word."""
_FEWEST_FEATURES = 2  # a single syllable or a mash of keys is no cry for help
_LEAST_KNOWN = 0.67  # a mash of characters is hardly known; no cry of the examples is below 0.7
_WORD_OR_TWO = 4  # characters
_SURE_IN_A_WORD = 0.85
LEAST_LETTERS = 3
"""Of a sentence that is judged by itself."""
SENTENCE = re.compile(r"(?<![a-z])\s+|\s+(?![a-z])|[,，。;；!！?？、]+")


class Danger(NamedTuple):
    """The likeliest kind of danger, and what speaks for it being real and here.

    `lead`, `sentence`, `rest`: how far danger is ahead of an everyday message in all of it, in the most
    alarming sentence, and in the others on average; 1.0 is the margin by which a cry for help wins.
    `parts` where there are several sentences; `brevity` is 0 for eight words, more for fewer; `sign` where
    its signs were said, `word` where one of its words was, `distant` counts the words that put it at a
    distance; `asked` is the confidence that it is something known that is said or asked every day.
    """

    kind: str
    evidence: Mapping[str, float]

    def after(self, goes_on: float) -> "Danger":
        """The same where a message goes on about the answer before with this chance (0–1): 我老伴也不会.

        It must then be said more clearly, unless its signs were.
        """
        less = 0.0 if self.evidence["sign"] else _GOES_ON * goes_on
        lowered = {name: self.evidence[name] - less for name in ("lead", "sentence")}
        return self._replace(evidence={**self.evidence, **lowered})

    def chance(self, knowledge: Knowledge) -> float:
        """The fitted chance (0–1) that it is a cry for help."""
        return chance(self.evidence, knowledge.confidence.alarm)


def danger(text: str, parsed: Parsed, meant: Judgement, knowledge: Knowledge) -> Danger | None:
    """What danger a message speaks of; None where it says nothing that is known."""
    whole = leads_of(parsed, knowledge)
    if whole is None:
        return None
    signs = {sign.emergency for sign in knowledge.signs.found(parsed.text)}
    lead = float(whole.max())
    near = signs or lead > _FAR_FROM_DANGER
    sentences = _in_sentences(text, parsed.text, knowledge) if near else ()
    worst, *others = sorted(sentences, reverse=True) or [lead]
    evidence = {
        "asked": meant.confidence,
        "brevity": math.log(_USUAL_LENGTH / max(1, min(_LONG, len(sound_only(parsed.plain))))),
        "distant": float(min(_FARTHEST, len(knowledge.distant.found(parsed.text)))),
        "lead": lead,
        "parts": float(bool(others)),
        "rest": sum(others) / len(others) if others else 0.0,
        "sentence": worst,
        "sign": float(bool(signs)),
        "word": float(any(DANGER in shown for _, shown in cut_at_cues(parsed.text, knowledge.danger_words))),
    }
    numbers = knowledge.alarm.numbers
    whole[[numbers[EMERGENCY + sign] for sign in signs]] += _SIGN
    kind = knowledge.alarm.intents[int(whole.argmax())].removeprefix(EMERGENCY)
    return Danger(kind, evidence)


def answer(
    found: Danger | None, text: str, leaning: Leaning | None, state: State, knowledge: Knowledge
) -> Outcome | None:
    """The emergency reply, where normalised text in which a danger was found seems to be a cry for help."""
    if found is None or not is_real(found, leaning, knowledge) or _says_too_little(text, found, knowledge):
        return None
    return None if known_to_be_harmless(text, found, knowledge) else raised(found, state, knowledge)


def _says_too_little(text: str, found: Danger, knowledge: Knowledge) -> bool:
    """他来了, 还没来: a word or two that are not surely a cry."""
    short = len(text) <= _WORD_OR_TWO and not (found.evidence["sign"] or found.evidence["word"])
    return short and found.chance(knowledge) < _SURE_IN_A_WORD


def raised(found: Danger, state: State, knowledge: Knowledge) -> Outcome:
    """The reply to a danger that is real."""
    emergency = knowledge.lookup.emergencies[found.kind]
    return alarmed(emergency, max(0.5, found.chance(knowledge)), state, knowledge.lookup)


def is_real(found: Danger, leaning: Leaning | None, knowledge: Knowledge) -> bool:
    """Whether it is likely enough; after an answer, also beside what the message says about that."""
    least = knowledge.confidence.alarmed_from
    if found.chance(knowledge) < least:
        return False
    return leaning is None or found.after(_goes_on(leaning)).chance(knowledge) >= least


def _goes_on(leaning: Leaning) -> float:
    """The chance that a message is about some service in the light of the answer before it."""
    about, sure = leaning.likely[0]
    return sure if about else 0.0


def known_to_be_harmless(text: str, found: Danger, knowledge: Knowledge) -> bool:
    """Whether it is nearly word for word something harmless, and less like any cry of this danger.

    梦见有人拿刀追我 does not make 有人拿刀追我 harmless: what keeps it far away must be said too.
    """
    calm, likeness = knowledge.calm.nearest(text, WORD_FOR_WORD)
    if not calm or knowledge.distant.found(calm) - knowledge.distant.found(text):
        return False
    cries = knowledge.alarm.phrasings[knowledge.alarm.numbers[EMERGENCY + found.kind]]
    return likeness > nearest(text, cries, WORD_FOR_WORD)[1]


def leads_of(parsed: Parsed, knowledge: Knowledge) -> NDArray[np.float64] | None:
    """How far each kind of danger is ahead of an everyday message; None where hardly a word is known."""
    index = knowledge.alarm
    calm = index.numbers.get(CALM)
    vector = index.vector(parsed.plain)
    if calm is None or len(vector) < _FEWEST_FEATURES or vector.known < _LEAST_KNOWN:
        return None
    found = scores(vector, index)
    found -= found[calm]
    found[calm] = -np.inf
    return found


def _in_sentences(text: str, meant: str, knowledge: Knowledge) -> Iterator[float]:
    """The lead of danger in each sentence of a message, where it has several."""
    sentences = [piece for piece in cut_at_pauses(text, SENTENCE) if len(piece) >= LEAST_LETTERS]
    mistyped = normalise(text) != meant
    for sentence in sentences if len(sentences) > 1 else ():
        leads = leads_of(part(sentence, mistyped, knowledge), knowledge)
        if leads is not None:
            yield float(leads.max())


def cut_at_pauses(text: str, pause: re.Pattern[str]) -> Iterator[str]:
    """The parts of a message between pauses; words of English stay together."""
    return map(str.strip, pause.split(together(folded(visible(text)))))
