"""What a message says without the courtesy round it, and without what it excepts."""

import itertools
import re

from bot.conversation.kinds import COURTESY, FILLER, cut_at_cues, find_cues, without
from bot.conversation.knowledge import Knowledge
from bot.conversation.pauses import asks
from bot.conversation.understanding import at_a_glance, names_service
from bot.conversation.urgent import danger, is_real
from bot.matching.features import Parsed
from bot.matching.matcher import Judgement, zone
from bot.text.normalise import folded, normalise, visible

_LEAST_SAID = 2  # letters: a particle left when courtesy is gone asks nothing
_TOO_SHORT_TO_CRY = 4  # characters: beside thanks, only what is known to be a cry is one
_LEAST_LEFT = 3  # letters beside what is excepted: fewer ask nothing
_EXCEPTED = re.compile(
    r"除了?[^\s,，。?？]{2,12}?(?:以外|之外)|除了[^\s,，。?？]{2,8}?(?=[还也,，\s])|^[^\s,，。?？]{2,8}(?:以外|之外)"
)

_DENIED = re.compile(
    r"(?:我|阿拉)?(?:不是?|勿|弗)(?:想|要)?(?:问|要|找|看|说|讲)(?P<denied>[^\s,，。;；?？]{2,12})[\s,，。;；]+"
    r"(?=(?:我|阿拉)?(?:只|就|单)?(?:是|想|要|问|找|看|说|讲))"
)


def bare(text: str, knowledge: Knowledge) -> str:
    """A message without courtesy and what it excepts; all of it where no more is left or it only thanks."""
    whole = folded(visible(text))
    left = without(_unexcepted(_undenied(whole, knowledge)), COURTESY, knowledge.cues)
    if left == whole:
        return left
    if len(normalise(left)) < _LEAST_SAID or normalise(text) in knowledge.small_talk:
        return text
    return text if _thanked(whole, knowledge) and not _asks(left, knowledge) else left


def _unexcepted(text: str) -> str:
    """除了公租房，还有什么房子: what is excepted is not asked about."""
    left = _EXCEPTED.sub(" ", text)
    return left if left != text and len(normalise(left)) >= _LEAST_LEFT else text


def _undenied(text: str, knowledge: Knowledge) -> str:
    """我不问托班，我问幼儿园: what is said not to be asked for, where it is a service, is not asked about."""
    found = _DENIED.match(text)
    return text[found.end() :] if found and names_service(found["denied"], knowledge) else text


def _thanked(text: str, knowledge: Knowledge) -> bool:
    """Whether something is said after thanks; at the end of a message it is mere courtesy."""
    found = cut_at_cues(text, knowledge.cues)
    after = itertools.dropwhile(lambda piece: piece[0] not in knowledge.thanks, found)
    return any(not shown and any(map(str.isalnum, piece)) for piece, shown in after)


def _asks(text: str, knowledge: Knowledge) -> bool:
    """Whether what stands beside thanks wants an answer: 谢谢班长 and 谢谢，我跟孙子讲 do not."""
    if asks(text) or find_cues(normalise(text), knowledge.cues).shown - {FILLER}:
        return True
    parsed, meant, *_ = at_a_glance(text, knowledge)
    named = meant.best.startswith(("service/", "signpost/"))
    sure = named and zone(meant.confidence, knowledge.confidence) == "answer"
    return sure or _cries(text, parsed, meant, knowledge)


def _cries(text: str, parsed: Parsed, meant: Judgement, knowledge: Knowledge) -> bool:
    if len(parsed.text) <= _TOO_SHORT_TO_CRY:
        return parsed.text in knowledge.cries
    found = danger(text, parsed, meant, knowledge)
    return found is not None and is_real(found, None, knowledge)
