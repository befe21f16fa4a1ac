"""What a text means by itself: as it was typed or, where that is not clear, as it seems to be meant."""

from typing import NamedTuple

from bot.conversation.knowledge import Knowledge
from bot.matching.features import Parsed, parse
from bot.matching.matcher import Judgement, judge, zone
from bot.text.normalise import normalise

_KNOWN = 0.95  # the share of a text that phrasings hold too; hardly any with a mistyped word reaches it


class Understood(NamedTuple):
    """A text with its features, and the intents that it may have."""

    parsed: Parsed
    judgement: Judgement


def understood(text: str, knowledge: Knowledge) -> Understood:
    """A text by itself; mistyped words are seen through where it is not clear as it stands."""
    typed = parse(text, knowledge.topics.lexicon)
    found = _judged(typed, knowledge)
    if _clear(found.judgement, knowledge):
        return found
    meant = _meant(typed.text, knowledge)
    return found if meant == typed.text else _judged(parse(meant, knowledge.topics.lexicon), knowledge)


def seen_through(text: str, knowledge: Knowledge) -> Parsed:
    """A text, normalised, with its features, and with the words that were meant by mistyped ones."""
    return parse(_meant(normalise(text), knowledge), knowledge.topics.lexicon)


def _judged(parsed: Parsed, knowledge: Knowledge) -> Understood:
    return Understood(parsed, judge(parsed, knowledge.topics, knowledge.confidence))


def _clear(judgement: Judgement, knowledge: Knowledge) -> bool:
    sure = zone(judgement.confidence, knowledge.confidence) == "answer"
    return sure and judgement.evidence["known"] >= _KNOWN


def _meant(text: str, knowledge: Knowledge) -> str:
    return knowledge.homophones.meant(text, knowledge.topics.lexicon.cut(text))
