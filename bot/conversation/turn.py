"""One turn: a message and a state in, a reply and a state out, by the first step that has an answer."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

from bot.catalogue.lookup import Lookup
from bot.catalogue.model import Service
from bot.conversation import followup, urgent
from bot.conversation.courtesy import bare
from bot.conversation.followup import Followed
from bot.conversation.kinds import Cued, find_cues, question_kind
from bot.conversation.knowledge import Knowledge
from bot.conversation.leaning import Leaning
from bot.conversation.outcome import (
    Outcome,
    answered,
    domain_menu,
    domain_services,
    offered,
    other_place,
    said,
    several_answered,
    signposted,
    unknown,
)
from bot.conversation.places import asked_about
from bot.conversation.several import parts
from bot.conversation.state import State
from bot.conversation.story import clear_part
from bot.conversation.understanding import Understood, understood
from bot.matching.features import Parsed
from bot.matching.matcher import Judgement, chance, zone
from bot.messages import Message
from bot.text.normalise import normalise
from bot.text.numerals import COUNTED

LONGEST_MESSAGE = 600
_ORDINAL = re.compile(
    rf"[选要看就点是我想问那先再说讲 ]*(?:最后[一1]|第?(?P<number>\d{{1,2}}|[{COUNTED}]))"
    "[个项条号种件问题的吧啊呢 ]*"
)
_NTH = "第"
_BARE = 2  # characters of a word by itself
_SUITS = 0.5  # the score of a service that a bare word suits, and the share of it of the next
_LIKELY = 0.6  # of the best score; nothing further behind was ever what was meant
_BABBLE = re.compile(r"(.{1,2}?)\1{2,}")  # 哒哒哒, 阿巴阿巴阿巴
COMMANDS = {"/start": "greeting", "/help": "capability", "/domains": "domains", "/cancel": "acknowledge"}
"""A command → the sentence it is answered with."""


@dataclass(frozen=True)
class Context:
    """All that a step may look at."""

    message: Message
    state: State
    knowledge: Knowledge

    @property
    def lookup(self) -> Lookup:
        """The catalogue by id, and its sentences."""
        return self.knowledge.lookup

    @cached_property
    def said(self) -> str:
        """The message without courtesy round it and what it excepts; all of it where there is no more."""
        return bare(self.message.text, self.knowledge)

    @cached_property
    def understood(self) -> Understood:
        """What was said with its features, and what it means by itself."""
        return understood(self.said, self.knowledge)

    @property
    def parsed(self) -> Parsed:
        """What was said, normalised, with its features."""
        return self.understood.parsed

    @property
    def text(self) -> str:
        """What was said, normalised."""
        return self.parsed.text

    @cached_property
    def cued(self) -> Cued:
        """What kind of question it is, by its cue words."""
        return find_cues(self.text, self.knowledge.cues)

    @cached_property
    def kind(self) -> str:
        """The kind of question asked."""
        return question_kind(self.cued)

    @property
    def judgement(self) -> Judgement:
        """What the message means by itself."""
        return self.understood.judgement

    @property
    def confidence(self) -> float:
        """The chance (0–1) that its likeliest meaning is the right one."""
        return self.judgement.confidence

    @cached_property
    def leaning(self) -> Leaning | None:
        """The message beside what was spoken of before, if anything was."""
        return followup.leaning(self.parsed, self.cued, self.kind, self.judgement, self.state, self.knowledge)

    @cached_property
    def followed(self) -> Followed:
        """What the message is about in the light of what was spoken of before."""
        return followup.followed(self.leaning) if self.leaning else Followed()

    def service(self, intent: str) -> Service | None:
        """The service of an intent, where it is one."""
        kind, _, name = intent.partition("/")
        return self.lookup.services.get(name) if kind == "service" else None


def _too_long(context: Context) -> Outcome | None:
    if len(context.message.text) <= LONGEST_MESSAGE:
        return None
    return said("too-long", "unanswered", context.state, context.lookup)


def _command(context: Context) -> Outcome | None:
    key = COMMANDS.get(context.message.text.strip().split(" ")[0].split("@")[0])
    if key is None:
        return None
    return domain_menu(key, "smalltalk", context.state, context.lookup)


def _empty(context: Context) -> Outcome | None:
    return None if context.text else said("empty", "unanswered", context.state, context.lookup)


def _emergency(context: Context) -> Outcome | None:
    if not context.cued.rest:  # 电话呢 / 那我呢: nothing has happened in these words
        return None
    return urgent.answer(
        context.said, context.parsed, context.judgement, context.leaning, context.state, context.knowledge
    )


def _choice(context: Context) -> Outcome | None:
    number = _chosen(context.text, len(context.state.choices), bool(context.state.topics))
    if number is None:
        return None
    offered = dict(enumerate(context.state.choices, 1)).get(number, "")
    return _named_intent(context, offered) or said("again", "unanswered", context.state, context.lookup)


def _chosen(text: str, offered: int, spoken: bool) -> int | None:
    """The number a message is: 2 or, where something was offered, 二 and 最后一个.

    第二个 is one also where nothing was spoken of that it could mean.
    """
    if text.isdecimal() and len(text) <= 2:
        return int(text)
    found = _ORDINAL.fullmatch(text) if offered or (text.startswith(_NTH) and not spoken) else None
    if found is None:
        return None
    said = found["number"]
    return offered if said is None else int(said) if said.isdecimal() else COUNTED.index(said) + 1


def _named(context: Context) -> Outcome | None:
    intent = context.lookup.named.get(context.text)
    return _named_intent(context, intent) if intent else None


def _named_intent(context: Context, intent: str) -> Outcome | None:
    kind, _, name = intent.partition("/")
    if kind == "domain":
        return domain_services(name, context.state, context.lookup)
    if kind == "signpost" and name in context.lookup.signposts:
        return signposted(context.lookup.signposts[name], 1.0, context.state, context.lookup)
    service = context.lookup.services.get(name)
    if service is None:
        return None
    choices = context.state.choices if intent in context.state.choices else ()
    asked = context.state if choices and context.state.kind else State(question=context.text, kind="policy")
    reply, state = answered(service, asked.kind, asked.question, 1.0, context.state, context.lookup)
    return Outcome(reply, replace(state, choices=choices))  # whoever has read one may want the next


def _another(context: Context) -> Outcome | None:
    """换一个: what is near the service spoken of, and was neither spoken of nor offered yet."""
    if "follow-another" not in context.cued.shown or len(context.cued.rest) > 1:
        return None
    if not context.state.topics:  # there is nothing to change
        return unknown(0.0, context.state, context.lookup)
    topic = context.lookup.services.get(context.state.topics[0])
    if topic is None:
        return None
    known = {*(f"service/{t}" for t in context.state.topics), *context.state.choices}
    others = [(s, 0.0) for s in context.lookup.near(topic) if f"service/{s.id}" not in known]
    if not others:
        return domain_menu("domains", "clarify", context.state, context.lookup)
    return offered(others, "policy", context.state.question, 0.0, context.state, context.lookup)


def _babble(context: Context) -> Outcome | None:
    """哒哒哒哒: sounds, unless they are small talk."""
    if not _BABBLE.fullmatch(context.text) or context.judgement.best.startswith("smalltalk/"):
        return None
    return unknown(0.0, context.state, context.lookup)


def _other_place(context: Context) -> Outcome | None:
    asked = asked_about(context.text, context.knowledge.places)
    if asked is None:
        return None
    place, rest = asked
    if find_cues(normalise(rest), context.knowledge.cues).rest:
        service = context.service(context.judgement.best) if _sure(context, "offer") else None
    else:  # 那杭州呢
        service = context.service(f"service/{context.state.topics[0]}") if context.state.topics else None
    if service is None:
        return None
    return other_place(place, service, context.kind, context.text, context.state, context.lookup)


def _names_nothing(context: Context) -> Outcome | None:
    """多少钱: of the topic outside the plan that was just named; where nothing was spoken of, of what?"""
    alone = followup.asks_alone(context.parsed, context.cued, context.kind, context.knowledge)
    outside = context.lookup.signposts.get(context.state.outside)
    if outside and (alone or (not context.leaning and _asks_on(context))):
        return signposted(outside, 1.0, context.state, context.lookup)
    if not alone or outside or context.leaning or context.judgement.best.startswith("smalltalk/"):
        return None
    return said("again", "unanswered", context.state, context.lookup)


def _asks_on(context: Context) -> bool:
    """Whether the message would be a follow-up and is not surely about a service of its own."""
    surely = context.service(context.judgement.best) and _sure(context, "answer")
    return not surely and followup.asks_on(context.parsed, context.cued, context.knowledge)


def _bare_word(context: Context) -> Outcome | None:
    """医院: a word by itself that nobody would ask one thing with; the services that it suits are offered."""
    if (
        context.leaning
        or len(context.text) > _BARE
        or context.kind != "policy"
        or context.text in context.knowledge.worded
    ):
        return None
    likely = _likely_services(context, _SUITS)
    if len(likely) < 2 or likely[0][1] < _SUITS:
        return None
    return offered(likely, context.kind, context.text, context.confidence, context.state, context.lookup)


def _several(context: Context) -> Outcome | None:
    if context.state.topics and "follow-correction" in context.cued.shown:
        return None
    found = parts(context.said, context.understood, context.knowledge)
    if not found or (context.leaning and context.leaning.goes_on > min(part.confidence for part in found)):
        return None
    return several_answered(found, context.state, context.lookup)


def _follow_up(context: Context) -> Outcome | None:
    if context.leaning is None or context.followed.sure < context.knowledge.confidence.follow_from:
        return None
    service = context.followed.services[0]
    kind, led_by = followup.kind_of(context.leaning), followup.question_after(context.leaning, service)
    return answered(
        service, kind, context.text, context.followed.sure, context.state, context.lookup, led_by=led_by
    )


def _story(context: Context) -> Outcome | None:
    """What a story comes to, where it is not clear as a whole."""
    if context.service(context.judgement.best) and _sure(context, "answer"):
        return None
    part = clear_part(context.said, context.understood, context.knowledge)
    service = context.service(part.best) if part else None
    if part is None or service is None:
        return None
    return answered(service, context.kind, context.text, part.confidence, context.state, context.lookup)


def _either(context: Context) -> Outcome | None:
    """What was spoken of before or something else: where neither is sure, both are offered."""
    stands_alone = _sure(context, "answer") and context.service(context.judgement.best) is None
    if stands_alone or not context.followed.services:
        return None
    services = [(service, context.followed.sure) for service in context.followed.services]
    return offered(services, context.kind, context.text, context.followed.sure, context.state, context.lookup)


def _small_talk(context: Context) -> Outcome | None:
    kind, _, name = context.judgement.best.partition("/")
    if kind != "smalltalk" or not _sure(context, "offer"):
        return None
    key = context.lookup.smalltalk[name].reply
    reply = domain_menu if key in ("capability", "plan") else said
    return reply(key, "smalltalk", context.state, context.lookup, context.confidence)


def _domain(context: Context) -> Outcome | None:
    kind, _, name = context.judgement.best.partition("/")
    if kind != "domain" or not _sure(context, "answer"):
        return None
    return domain_services(name, context.state, context.lookup, context.confidence)


def _signpost(context: Context) -> Outcome | None:
    kind, _, name = context.judgement.best.partition("/")
    if kind != "signpost":
        return None
    limits = context.knowledge.confidence
    if _sure(context, "offer") and chance(context.judgement.evidence, limits.naming) >= limits.named_from:
        signpost = context.lookup.signposts[name]
        return signposted(signpost, context.confidence, context.state, context.lookup)
    return unknown(context.confidence, context.state, context.lookup)


def _service(context: Context) -> Outcome | None:
    service = context.service(context.judgement.best)
    if service is None or not _sure(context, "answer"):
        return None
    return answered(service, context.kind, context.text, context.confidence, context.state, context.lookup)


def _offer(context: Context) -> Outcome | None:
    likely = _likely_services(context, _LIKELY) if _sure(context, "offer") else []
    if not likely or context.confidence < context.knowledge.confidence.clarify_from:
        return None
    return offered(likely, context.kind, context.text, context.confidence, context.state, context.lookup)


def _likely_services(context: Context, share: float) -> list[tuple[Service, float]]:
    """The services among the candidates whose score is at least this share of the best one's."""
    services = [
        (service, candidate.score)
        for candidate in context.judgement.candidates
        if (service := context.service(candidate.intent))
    ]
    best = services[0][1] if services else 0.0  # below 0 where no service is at all likely
    return [(service, score) for service, score in services if score >= min(best, share * best)]


def _unknown(context: Context) -> Outcome | None:
    return unknown(context.confidence, context.state, context.lookup)


def _sure(context: Context, least: str) -> bool:
    found = zone(context.confidence, context.knowledge.confidence)
    return found == "answer" or (least == "offer" and found == "offer")


STEPS: tuple[Callable[[Context], Outcome | None], ...] = (
    _command,
    _too_long,
    _empty,
    _choice,
    _emergency,
    _named,
    _another,
    _babble,
    _other_place,
    _names_nothing,
    _bare_word,
    _several,
    _follow_up,
    _story,
    _either,
    _small_talk,
    _domain,
    _signpost,
    _service,
    _offer,
    _unknown,
)


def turn(message: Message, state: State, knowledge: Knowledge) -> Outcome:
    """The reply to a message and the state after it."""
    context = Context(message, state, knowledge)
    for step in STEPS:
        outcome = step(context)
        if outcome is not None:
            return outcome
    raise AssertionError("the last step always answers")
