"""One turn: a message and a state in, a reply and a state out, by the first step that has an answer."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.catalogue.model import Service
from bot.catalogue.sentences import FALLBACK
from bot.conversation import beside, followup, urgent
from bot.conversation.choosing import chosen, chosen_together, takes_all
from bot.conversation.context import Context
from bot.conversation.kinds import find_cues
from bot.conversation.knowledge import Knowledge
from bot.conversation.language import in_english
from bot.conversation.objecting import denied, too_much
from bot.conversation.outcome import (
    MOST_OFFERED,
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
from bot.conversation.people import set_apart
from bot.conversation.places import asked_about
from bot.conversation.several import MOST_PARTS, parts
from bot.conversation.state import UNKNOWN, State
from bot.conversation.story import clear_part
from bot.matching.matcher import chance, zone
from bot.messages import Message
from bot.text.normalise import normalise

LONGEST_MESSAGE = 600
_BARE = 2  # characters of a word by itself
_SUITS = 0.5  # the score of a service that a bare word suits, and the share of it of the next
_LIKELY = 0.6  # of the best score; nothing further behind was ever what was meant
_BABBLE = re.compile(r"(.{1,2}?)\1{2,}")  # 哒哒哒, 阿巴阿巴阿巴
COMMANDS = {"/start": "greeting", "/help": "capability", "/domains": "domains", "/cancel": "acknowledge"}
"""A command → the sentence it is answered with."""


def _too_long(context: Context) -> Outcome | None:
    if len(context.message.text) <= LONGEST_MESSAGE:
        return None
    return said("too-long", "unanswered", context.state, context.lookup)


def _command(context: Context) -> Outcome | None:
    key = _command_of(context.message)
    return domain_menu(key, "smalltalk", context.state, context.lookup) if key else None


def _command_of(message: Message) -> str:
    """The sentence that a command is answered with; empty where the message is none."""
    return COMMANDS.get(message.text.strip().split(" ")[0].split("@")[0], "")


def _empty(context: Context) -> Outcome | None:
    return None if context.text else said("empty", "unanswered", context.state, context.lookup)


def _emergency(context: Context) -> Outcome | None:
    if not context.cued.rest:  # 电话呢 / 那我呢: nothing has happened in these words
        return None
    whole = urgent.answer(
        context.said, context.parsed, context.judgement, context.leaning, context.state, context.knowledge
    )
    return whole or beside.answer(context.said, context.state, context.knowledge)


def _choice(context: Context) -> Outcome | None:
    offered = dict(enumerate(context.state.choices, 1))
    together = [context.service(offered.get(n, "")) for n in chosen_together(context.text)[:MOST_PARTS]]
    if together and all(together):
        return _taken([service for service in together if service], context)
    number = chosen(context.text, len(context.state.choices), bool(context.state.topics))
    if number is None:
        return None
    return _named_intent(context, offered.get(number, "")) or said(
        "again", "unanswered", context.state, context.lookup
    )


def _of_the_list(context: Context) -> Outcome | None:
    """What is said to services that were offered for a question: 都要, 不是, or 对 where it is one."""
    state = context.state
    offered = [service for choice in state.choices if (service := context.service(choice))]
    if not state.kind or not 0 < len(offered) <= MOST_OFFERED:
        return None
    if takes_all(context.text) or (len(offered) == 1 and _agrees(context)):
        return _taken(offered, context)
    if "follow-correction" in context.cued.shown and not context.cued.rest:
        return said("again", "unanswered", state.offering(()), context.lookup)
    return None


def _taken(services: Sequence[Service], context: Context) -> Outcome:
    """The answers about services of a list, for what was asked before it."""
    state = context.state
    found = [(service, state.kind or "policy", state.question, 1.0) for service in services]
    if len(found) > 1:
        return several_answered(found, state, context.lookup)
    return answered(*found[0], state, context.lookup)


def _agrees(context: Context) -> bool:
    kind, _, name = context.judgement.best.partition("/")
    agreed = kind == "smalltalk" and context.lookup.smalltalk[name].reply == "acknowledge"
    return agreed and _sure(context, "offer")


def _named(context: Context) -> Outcome | None:
    intent = context.lookup.named.get(context.text) or context.knowledge.called.get(context.text)
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
    topic = context.topic
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
        service = context.topic
    if service is None:
        return None
    return other_place(place, service, context.kind, context.text, context.state, context.lookup)


def _names_nothing(context: Context) -> Outcome | None:
    """多少钱: of the topic outside the plan that was just named; where nothing was spoken of, of what?"""
    alone = followup.asks_alone(context.parsed, context.cued, context.kind, context.knowledge)
    outside = context.lookup.signposts.get(context.state.outside)
    if outside and (alone or (not context.leaning and _asks_on(context))):
        return signposted(outside, 1.0, context.state, context.lookup)
    spoken_of = context.leaning and context.state.outside != UNKNOWN
    if not alone or outside or spoken_of or context.judgement.best.startswith("smalltalk/"):
        return None
    return said("again", "unanswered", context.state, context.lookup)


def _asks_on(context: Context) -> bool:
    """Whether the message would be a follow-up and is not surely about a service of its own."""
    surely = context.service(context.judgement.best) and _sure(context, "answer")
    return not surely and followup.asks_on(context.parsed, context.cued, context.knowledge)


def _whole_domain(context: Context) -> Outcome | None:
    """养老: what names the whole of a domain; 当兵的 may be said about what was spoken of before."""
    domain = context.knowledge.broad.get(context.text)
    if domain is None or (context.leaning and set_apart(context.text, context.knowledge.people)[0]):
        return None
    return domain_services(domain, context.state, context.lookup)


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
    kind = followup.kind_of(context.leaning, service)
    led_by = followup.question_after(context.leaning, service)
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


def _told_in_english(outcome: Outcome, context: Context) -> Outcome:
    """The outcome, headed by what whoever asks in English has to know: the number to ring, or that the answer
    is in Chinese.
    """
    reply, lookup = outcome.reply, context.lookup
    if not {"english", "english-urgent"} <= lookup.replies.keys():  # an old release
        return outcome
    phone = next(iter(reply.phones), FALLBACK)
    first = lookup.say("english-urgent" if reply.status == "emergency" else "english", phone=phone)
    return outcome._replace(reply=replace(reply, text=f"{first}\n{reply.text}"))


STEPS: tuple[Callable[[Context], Outcome | None], ...] = (
    _command,
    _too_long,
    _empty,
    _choice,
    _of_the_list,
    _emergency,
    _named,
    denied,
    too_much,
    _another,
    _babble,
    _other_place,
    _names_nothing,
    _whole_domain,
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
    outcome = next(found for step in STEPS if (found := step(context)))
    foreign = not _command_of(message) and in_english(context.text)
    return _told_in_english(outcome, context) if foreign else outcome
