"""Whether a message is a follow-up, and then which service it is about and what it asks of it."""

from dataclasses import replace
from typing import NamedTuple

from bot.catalogue.model import Service
from bot.conversation.kinds import Cued, find_cues
from bot.conversation.knowledge import Knowledge
from bot.conversation.leaning import Leaning, asked_again, follow_up, leaning_of
from bot.conversation.people import set_apart
from bot.conversation.state import State
from bot.matching.features import Parsed
from bot.matching.matcher import Judgement

_LIKE_ENOUGH = {"eligibility": -1.0}
"""Lead of a follow-up of a kind, else 0: below this its kind is a guess, and the policy is told instead."""
_ALONE_SMALL_TALK = 0.6  # confidence from which thanks and goodbyes are never about the topic
_LIKELY = 0.1  # chance from which a service is worth offering
_FEW = 4  # characters beside cue words: more may name something
_ASKED_ALONE = ("contact", "cost", "when", "where", "how")
_HARDLY_ALONE = -0.3  # lead of a follow-up: below this a single character beside cue words names something
# Lead of a follow-up above which a message wants a topic, where what it means by itself is likely, and where
# it is not; from the higher of these confidences it is clear by itself.
_LIKELY_ALONE, _CLEAR_ALONE = 0.7, 0.95
_WANTS_A_TOPIC, _WANTS_IT_IN_DOUBT = 0.0, -0.2
POINTING = {"follow-back", "follow-just", "follow-first", "follow-place"}
"""What the cues show that points at something spoken of before, or at one more place."""
_NOT = ("不", "弗", "勿")
_MEANT = ("是讲", "是说", "是问", "是指", "是", "i mean", "i meant")  # the longer before what they begin with


class Followed(NamedTuple):
    """The services a message may be about, each with its chance (0–1), likeliest first.

    Empty where it stands alone.
    """

    services: tuple[tuple[Service, float], ...] = ()

    @property
    def sure(self) -> float:
        """The chance of the likeliest; 0 where there is none."""
        return self.services[0][1] if self.services else 0.0


def leaning(
    parsed: Parsed, cued: Cued, kind: str, judgement: Judgement, state: State, knowledge: Knowledge
) -> Leaning | None:
    """A message beside what was spoken of before; None where nothing was, or no weights were fitted."""
    topics = _topics(state, knowledge) if knowledge.confidence.leaning else ()
    if not topics:
        return None
    return _as_meant(Leaning(parsed, cued, kind, judgement, topics, state.question, knowledge))


def leaning_after(text: str, state: State, knowledge: Knowledge) -> Leaning | None:
    """The same for a message as it was typed, whether or not weights were fitted: fitting them needs it."""
    topics = _topics(state, knowledge)
    return _as_meant(leaning_of(text, state.question, topics, knowledge)) if topics else None


def _topics(state: State, knowledge: Knowledge) -> tuple[Service, ...]:
    services = knowledge.lookup.services
    return tuple(services[t] for t in dict.fromkeys((*_offered(state), *state.topics)) if t in services)


def _as_meant(message: Leaning) -> Leaning:
    """不是…,是…: what is said to be meant instead; the message itself where it corrects nothing."""
    meant = _corrected(message)
    return (
        replace(leaning_of(meant, message.question, message.topics, message.knowledge), corrects=True)
        if meant
        else message
    )


def _offered(state: State) -> tuple[str, ...]:
    """The first of what was offered for the last question, if the topic before was not among it."""
    offered = [c.removeprefix("service/") for c in state.choices if state.kind]
    return () if set(offered) & set(state.topics[:1]) else tuple(offered[:1])


def _corrected(message: Leaning) -> str:
    """What is meant instead: after the last 是, or after a pause; empty where nothing is corrected."""
    text = message.parsed.text
    if "follow-correction" not in message.cued.shown or not message.cued.rest:
        return ""
    before, word, meant = max((text.rpartition(word) for word in _MEANT), key=lambda cut: len(cut[0]))
    if word and not before.endswith(_NOT):
        return meant.strip()
    denied, _, meant = text.partition(" ")
    return meant if "follow-correction" in find_cues(denied, message.knowledge.cues).shown else ""


def followed(message: Leaning) -> Followed:
    """What a message is about in the light of what was spoken of before."""
    if _is_courtesy(message):
        return Followed()
    (best, sure), *_ = found = message.likely
    if best is None:
        return Followed()
    likely = ((about, chance) for about, chance in found if about and chance >= min(_LIKELY, sure))
    return Followed(tuple(likely))


def question_after(message: Leaning, service: Service) -> str:
    """What to remember as the question for a service: the message, or the one before if it is still asked."""
    if service == message.topics[0]:
        return message.question
    return (
        asked_again(message.parsed.text, message.question, message.knowledge)
        if _names_only_people(message)
        else message.parsed.text
    )


def _names_only_people(message: Leaning) -> bool:
    """那老人呢: the same is asked for somebody else."""
    who, rest = set_apart(message.parsed.text, message.knowledge.people)
    return bool(who) and len(find_cues(rest, message.knowledge.cues).rest) <= 1


def kind_of(message: Leaning, service: Service) -> str:
    """What a follow-up asks of a service: by its cue words, or else, of the one spoken of last, by what it is
    most like. What is new, as 想找工作, is asked about as it would be in the beginning.
    """
    if message.kind != "policy" or service != message.topics[0]:
        return message.kind
    kind, lead = follow_up(message.parsed, message.knowledge)
    return kind if lead > _LIKE_ENOUGH.get(kind, 0.0) else message.kind


def asks_alone(parsed: Parsed, cued: Cued, kind: str, knowledge: Knowledge) -> bool:
    """Whether a message is nothing but the words with which something is asked of a topic: 多少钱, 怎么领."""
    if kind not in _ASKED_ALONE or len(cued.rest) > 1 or cued.shown & POINTING:
        return False
    return not cued.rest or follow_up(parsed, knowledge)[1] > _HARDLY_ALONE


def needs_a_topic(parsed: Parsed, confidence: float, knowledge: Knowledge) -> bool:
    """Whether a message would only be clear beside a topic: 我要申请, 便宜点的有吗."""
    if knowledge.leaning is None or confidence >= _CLEAR_ALONE:
        return False
    least = _WANTS_A_TOPIC if confidence >= _LIKELY_ALONE else _WANTS_IT_IN_DOUBT
    return follow_up(parsed, knowledge)[1] > least


def asks_on(parsed: Parsed, cued: Cued, knowledge: Knowledge) -> bool:
    """Whether a message asks of whatever was spoken of, in few words, as 有补助吗."""
    if len(cued.rest) > _FEW or cued.shown & POINTING:
        return False
    return follow_up(parsed, knowledge)[1] > 0


def _is_courtesy(message: Leaning) -> bool:
    """谢谢 / 再见: small talk that is never about the topic."""
    kind, _, name = message.judgement.best.partition("/")
    if kind != "smalltalk" or not message.knowledge.lookup.smalltalk[name].stands_alone:
        return False
    return message.kind == "policy" and message.judgement.confidence >= _ALONE_SMALL_TALK
