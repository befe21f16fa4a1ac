"""The steps for danger: a cry for help, in a message or in a word, and what is said after an alarm."""

import re
from collections.abc import Iterator
from dataclasses import replace

from bot.catalogue.model import Emergency
from bot.conversation import beside, urgent
from bot.conversation.context import Context
from bot.conversation.outcome import Outcome, alarmed, still_there
from bot.conversation.pauses import asks
from bot.conversation.people import set_apart
from bot.conversation.understanding import readings
from bot.matching.features import Parsed
from bot.text.normalise import normalise
from bot.text.runs import spoken

_ALL_WELL = ("goodbye", "acknowledge")  # what 没事了 would get
_BRIEF_NEWS = 12  # syllables and English words
_MOST_NEWS = 4  # messages after an alarm that are told its number again
_SURELY_ANOTHER = 0.85  # confidence from which a message after an alarm is about something else
_ROUND = re.compile(
    r"^(?:有人|快来人|突然|好像|\b(?:my|someone|an?)\b ?)+| ?(?:了|啦|嘞|哉|快来人?|\bhelp|\bplease)+$"
)
_AGAIN = re.compile(r"^(.+?)(?: ?\1)+$")
_WHAT_TO_DO = ("policy", "how")
_WHICH_NUMBER = "contact"  # 电话呢: of the alarm
_AT, _LONGEST_PLACE = "在", 10  # characters, with the one that leads to it
_SURE_OTHERWISE = 0.85
_NEARLY, _LONGEST_NEAR = 0.1, 40  # chance of a cry from which slips are looked for in so many characters
_LONGEST_WORD = 24  # characters of a word of danger with all that may stand round it


def emergency(context: Context) -> Outcome | None:
    """A cry for help, whatever else is asked."""
    typed = normalise(context.message.text)
    # 电话呢, 那我呢: nothing has happened in these words.
    if not context.cued.rest or typed in context.knowledge.harmless:
        return None
    found = (
        _word_for_word(typed, context)
        or _cry(context.danger, context.parsed, context)
        or _cry_read_otherwise(context)
        or _cry_as_meant(context)
        or _in_a_word(context)
        or beside.answer(context.danger, context.said, context.state, context.knowledge)
    )
    return None if found and _is_of_what_is_known(found, context) else found


def _cry(found: urgent.Danger | None, read: Parsed, context: Context) -> Outcome | None:
    return urgent.answer(found, read.text, context.leaning, context.state, context.knowledge)


def _cry_read_otherwise(context: Context) -> Outcome | None:
    """What is a cry in the other reading; to count beside the likelier one it must be surer, or known."""
    read = context.understood.otherwise
    if read is None:
        return None
    if kind := context.knowledge.cries.get(read.text):
        return _surely(kind, context)
    danger = urgent.danger(context.said, read, context.judgement, context.knowledge)
    found = _cry(danger, read, context)
    return found if found and found.reply.confidence >= _SURE_OTHERWISE else None


def _cry_as_meant(context: Context) -> Outcome | None:
    """急求救车: what is nearly a cry, and is one in most of what may have been meant to be typed."""
    knowledge = context.knowledge
    near = context.danger.chance(knowledge) if context.danger else 0.0
    if near < _NEARLY or len(context.text) > _LONGEST_NEAR or _asks_surely(context):
        return None
    read = context.understood.weighed or readings(context.understood, knowledge)
    dangers = [urgent.danger(one.parsed.text, one.parsed, one.judgement, knowledge) for _, one in read]
    chances = [
        weight * (danger.chance(knowledge) if danger else 0.0)
        for (weight, _), danger in zip(read, dangers, strict=True)
    ]
    if sum(chances) / sum(weight for weight, _ in read) < knowledge.confidence.alarmed_from:
        return None
    best = chances.index(max(chances))
    return _cry(dangers[best], read[best][1].parsed, context)


def _asks_surely(context: Context) -> bool:
    """Whether a message is surely about a service: what is nearly a cry is then what it tells of the need."""
    return context.confidence >= _SURELY_ANOTHER and context.service(context.judgement.best) is not None


def _word_for_word(typed: str, context: Context) -> Outcome | None:
    """What is known to be a cry, as it was typed (ambulance please hurry), without its courtesy, or as often
    as it was said (救命救命).
    """
    cries = context.knowledge.cries
    kind = cries.get(typed) or cries.get(context.text) or cries.get(_AGAIN.sub(r"\1", typed))
    return _surely(kind, context) if kind else None


def _surely(kind: str, context: Context) -> Outcome:
    return alarmed(context.lookup.emergencies[kind], 1.0, context.state, context.lookup)


def _is_of_what_is_known(found: Outcome, context: Context) -> bool:
    """还没来: whether what sounds like another danger is known to be news of the one that stands."""
    standing = _standing(context)
    if standing is None or not _is_news(context) or context.knowledge.signs.found(context.text):
        return False
    return found.reply.topic != f"emergency/{standing[0].id}"


def _in_a_word(context: Context) -> Outcome | None:
    """心梗, 我爸触电了怎么办: nothing is said but a danger, who is in it, and what to do."""
    known = context.knowledge.dangers
    if context.kind not in _WHAT_TO_DO or len(context.text) > _LONGEST_WORD:
        return None
    _, without_people = set_apart(context.cued.rest, context.knowledge.befallen)
    bare = [_ROUND.sub("", said.strip()).strip() for said in (context.text, without_people)]
    kind = next(filter(None, map(known.get, (*bare, *_without_place(bare[-1], context)))), "")
    return _surely(kind, context) if kind else None


def _without_place(said: str, context: Context) -> Iterator[str]:
    """在图书馆晕倒: what may be left without the place, whatever it is, but for a game or a film."""
    if said.startswith(_AT) and not context.knowledge.distant.found(context.text):
        yield from (said[end:].strip() for end in range(1, len(said)) if end <= _LONGEST_PLACE)


def after_an_alarm(context: Context) -> Outcome | None:
    """找到了, 没人接, 去哪个医院: what follows an alarm and is not surely about something else.

    The alarm stands a while: that is told its number again.
    """
    found = _standing(context)
    if found is None or len(spoken(context.text)) > _BRIEF_NEWS:
        return None
    raised, told = found
    if _is_over(context):
        return still_there(raised, replace(context.state, outside=""), context.lookup, over=True)
    if not _is_news(context) and _is_another_matter(context):
        return None
    stands = f"emergency/{raised.id}/{told + 1}" if told + 1 < _MOST_NEWS else ""
    return still_there(raised, replace(context.state, outside=stands), context.lookup)


def _is_over(context: Context) -> bool:
    """孩子找到了; 关了，没事了: whether all that is said, of whomever, is that nothing is amiss any more."""
    known, people = context.knowledge.whole, context.knowledge.befallen
    if context.text in known["news"]:  # 他来了: whoever was feared
        return False
    told = [(part, set_apart(part, people)[1].strip()) for part in context.text.split()]
    return bool(told) and all(not known["over"].isdisjoint(both) for both in told)


def _is_news(context: Context) -> bool:
    """Whether a message is known to be told after an alarm: 没人接; or holds no word at all."""
    return not context.text or context.text in context.knowledge.whole["news"]


def _standing(context: Context) -> tuple[Emergency, int] | None:
    """The alarm that was raised, and how often its number was told again since; None where none stands."""
    kind, _, name = context.state.outside.partition("/")
    name, _, told = name.partition("/")
    raised = context.lookup.emergencies.get(name) if kind == "emergency" else None
    return (raised, int(told) if told.isdecimal() else 0) if raised else None


def _is_another_matter(context: Context) -> bool:
    """Whether a message is surely thanks, a service, a question about another matter, or goes on about what
    was spoken of before the alarm.
    """
    if context.text in context.knowledge.thanks:
        return True
    goes_on = context.followed.services and context.followed.sure >= _SURELY_ANOTHER
    if goes_on and context.kind != _WHICH_NUMBER:
        return True
    if not context.cued.rest or context.confidence < _SURELY_ANOTHER:
        return False
    kind, _, name = context.judgement.best.partition("/")
    if kind == "smalltalk":
        return context.lookup.smalltalk[name].reply not in _ALL_WELL
    return kind != "signpost" or asks(context.text)
