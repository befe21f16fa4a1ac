"""What a text means by itself: as it was typed or, where that is not clear, as it seems to be meant."""

from collections.abc import Callable
from typing import NamedTuple

from bot.conversation.knowledge import Knowledge
from bot.matching.features import Parsed, parse
from bot.matching.matcher import Judgement, barring, judge, zone
from bot.text.pinyin import split
from bot.text.runs import LATIN

_LONGEST = 120  # characters: in a longer text no single word decides
_KNOWN = 0.95  # the share of a text that phrasings hold too; hardly any with a mistyped word reaches it


class Understood(NamedTuple):
    """A text with its features, its likely intents, and whether mistyped words were seen through.

    `otherwise`: the other reading of pinyin, in characters or as it was typed.
    """

    parsed: Parsed
    judgement: Judgement
    mistyped: bool = False
    otherwise: Parsed | None = None


def understood(text: str, knowledge: Knowledge) -> Understood:
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
    meant = understood(text, knowledge).judgement
    return meant.best.startswith("service/") and zone(meant.confidence, knowledge.confidence) == "answer"


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
