"""What a text means by itself: as it was typed or, where that is not clear, as it seems to be meant."""

import math
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from bot.conversation.knowledge import Knowledge
from bot.matching.features import Parsed, parse
from bot.matching.matcher import Judgement, barring, blended, chance, judge, zone
from bot.matching.restoring import Meant, beside, near
from bot.text.pinyin import split
from bot.text.runs import LATIN

_LONGEST = 120  # characters: in a longer text no single word decides
_SURE, _AHEAD = 0.9, 0.3  # confidence and lead from which there is no doubt what a text means
_FEWEST, _MOST = 3, 24  # characters of a text that is looked at again
_READINGS = 2  # of such a text, besides as it was typed
# By how much likelier a text must be to be taken for what was typed; what as it was typed counts, as a
# logarithm; and what the likelihood of another reading counts.
_CERTAINLY, _AS_TYPED, _TRUST = 4.5, 0.7, 0.6
SURELY_OUTSIDE = 0.95
"""The chance from which a topic outside the plan is surely the one meant."""
_BABBLE = re.compile(r"(.{1,2}?)\1{2,}")
_KNOWN = 0.95  # the share of a text that phrasings hold too; hardly any with a mistyped word reaches it


class Understood(NamedTuple):
    """A text with its features, its likely intents, and whether mistyped words were seen through.

    `otherwise`: the other reading, of pinyin in characters or as it was typed. `weighed`: all that may have
    been meant to be typed, each with its weight, where the judgement is of all that.
    """

    parsed: Parsed
    judgement: Judgement
    mistyped: bool = False
    otherwise: Parsed | None = None
    weighed: Sequence[tuple[float, "Understood"]] = ()


def understood(text: str, knowledge: Knowledge) -> Understood:
    """A message by itself; where there is doubt about it, by all that may have been meant to be typed."""
    found = at_a_glance(text, knowledge)
    if found.otherwise or not _doubtful(found):
        return found
    typed, meant = found.parsed, _meanings(found, knowledge)
    if meant and meant[0].likelier >= _CERTAINLY:
        found = _mistyped(meant[0].text, knowledge)._replace(otherwise=typed)
        if not _doubtful(found):
            return found
        meant = beside(meant[0], meant[1:], typed.text)
    return _weighed(found, near(meant, _READINGS), knowledge)


def _doubtful(found: Understood) -> bool:
    judgement, text = found.judgement, found.parsed.text
    if not judgement.best or not _FEWEST <= len(text) <= _MOST or is_babble(text):
        return False
    return judgement.confidence < _SURE or judgement.evidence["lead"] < _AHEAD


def is_babble(text: str) -> bool:
    """Whether normalised text is mere sounds: 哒哒哒, 阿巴阿巴阿巴."""
    return _BABBLE.fullmatch(text) is not None


def _meanings(found: Understood, knowledge: Knowledge) -> list[Meant]:
    return knowledge.restorer.meant(found.parsed.text, found.parsed.words)


def readings(found: Understood, knowledge: Knowledge) -> list[tuple[float, Understood]]:
    """What may have been meant to be typed, each with its weight (above 0); first what was."""
    return _read(found, near(_meanings(found, knowledge), _READINGS), knowledge)


def _read(found: Understood, meant: Sequence[Meant], knowledge: Knowledge) -> list[tuple[float, Understood]]:
    lexicon = knowledge.topics.lexicon
    others = [(math.exp(_TRUST * one.likelier), judged(parse(one.text, lexicon), knowledge)) for one in meant]
    return [(math.exp(_AS_TYPED), found), *others]


def _weighed(found: Understood, meant: Sequence[Meant], knowledge: Knowledge) -> Understood:
    """With the judgement of all that may be meant."""
    told = [(weight, one) for weight, one in _read(found, meant, knowledge) if one.judgement.best]
    judgements = [(weight, one.judgement) for weight, one in told]
    blend = blended(judgements, knowledge.topics, knowledge.confidence)
    return found._replace(judgement=blend, weighed=told)


def at_a_glance(text: str, knowledge: Knowledge) -> Understood:
    """A text by itself; mistyped words are seen through where it is not clear as it stands."""
    typed = parse(text, knowledge.topics.lexicon)
    found = judged(typed, knowledge)
    if len(typed.text) > _LONGEST:
        return found
    clear = _clear(found.judgement, knowledge)
    meant = _spelt(typed.text, knowledge) if clear else _meant(typed, knowledge)
    return _heard(found if meant == typed.text else _mistyped(meant, knowledge), knowledge)


def _mistyped(meant: str, knowledge: Knowledge) -> Understood:
    return judged(parse(meant, knowledge.topics.lexicon), knowledge)._replace(mistyped=True)


def _heard(found: Understood, knowledge: Knowledge) -> Understood:
    """With pinyin as it is spelt, in characters, where what it then says is surer."""
    if not LATIN.search(found.parsed.text):
        return found
    meant = knowledge.transcriber.written(_sounded(found.parsed.text, knowledge))
    if meant == found.parsed.text:
        return found
    written = _mistyped(meant, knowledge)
    if written.judgement.confidence > found.judgement.confidence:
        return written._replace(otherwise=found.parsed)
    return found._replace(otherwise=written.parsed)


def names_service(text: str, knowledge: Knowledge) -> bool:
    """Whether a text by itself is surely about a service."""
    meant = at_a_glance(text, knowledge).judgement
    return meant.best.startswith("service/") and zone(meant.confidence, knowledge.confidence) == "answer"


def names_outside(meant: Judgement, least: float, knowledge: Knowledge) -> bool:
    """Whether the topic outside the plan that seems likeliest is with at least this chance the one meant."""
    if not meant.best.startswith("signpost/"):
        return False
    return chance(meant.evidence, knowledge.confidence.naming) >= least


def part(text: str, mistyped: bool, knowledge: Knowledge) -> Parsed:
    """A part of a text with its features; as it seems to be meant where the whole is mistyped."""
    typed = parse(text, knowledge.topics.lexicon)
    return parse(_meant(typed, knowledge), knowledge.topics.lexicon) if mistyped else typed


def judged(parsed: Parsed, knowledge: Knowledge) -> Understood:
    """What a text means as it stands; never a service that is only for people whom it does not speak of."""
    found = judge(parsed, knowledge.topics, knowledge.confidence)
    doubtful = any(candidate.intent in knowledge.reserved for candidate in found.candidates)
    if doubtful and (barred := knowledge.barred(parsed)):
        found = barring(found, barred, knowledge.topics, knowledge.confidence)
    return Understood(parsed, found)


def _clear(judgement: Judgement, knowledge: Knowledge) -> bool:
    sure = zone(judgement.confidence, knowledge.confidence) == "answer"
    return sure and judgement.evidence["known"] >= _KNOWN


def _meant(typed: Parsed, knowledge: Knowledge) -> str:
    return _spelt(knowledge.homophones.meant(typed.text, typed.words), knowledge)


def _spelt(text: str, knowledge: Knowledge) -> str:
    """A text with its words of English as they are spelt."""
    return _with_words(text, lambda word: word if split(word) else knowledge.speller.meant(word))


def _sounded(text: str, knowledge: Knowledge) -> str:
    """A text with its words in pinyin as they are spelt; a syllable by itself may be any word."""
    return _with_words(text, lambda word: word if len(split(word)) == 1 else knowledge.sounds.meant(word))


def _with_words(text: str, meant: Callable[[str], str | None]) -> str:
    return LATIN.sub(lambda word: meant(word[0]) or word[0], text)
