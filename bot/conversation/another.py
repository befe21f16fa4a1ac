"""The steps that answer what is asked in place of what was spoken of: 那低保的呢, 换一个, 那杭州呢."""

from bot.conversation.context import Context
from bot.conversation.kinds import find_cues, inside
from bot.conversation.outcome import (
    Outcome,
    answered,
    domain_menu,
    offered,
    place_unknown,
    several_answered,
    unknown,
)
from bot.conversation.places import asked_about
from bot.conversation.several import MOST_PARTS
from bot.text.normalise import normalise

_FEWEST_COMPARED, _THREE = 2, "三3"
_FIRST = "follow-first"
_OWNING = 1  # characters that name nothing: 的


def instead(context: Context) -> Outcome | None:
    """那低保的呢: a service that is named outright; 那老人的呢 is none."""
    names = (inside(context.text, frame) for frame in context.knowledge.instead)
    named = (name for name in names if name and not context.is_somebody(name))
    service = next(filter(None, (context.service(context.named_outright(name)) for name in named)), None)
    if service is None:
        return None
    kind = context.kind_before if context.named_likewise else "policy"
    return answered(service, kind, context.text, 1.0, context.state, context.lookup)


def compared(context: Context) -> Outcome | None:
    """两个有啥区别, 哪个便宜: of those spoken of last, each is told."""
    text, known = normalise(context.message.text), context.knowledge.whole["compare"]
    if len(context.topics) < _FEWEST_COMPARED or text not in known:
        return None
    count = MOST_PARTS if any(three in text for three in _THREE) else _FEWEST_COMPARED
    found = [(service, context.kind, context.text, 1.0) for service in reversed(context.topics[:count])]
    return several_answered(found, context.state, context.lookup)


def asked_first(context: Context) -> Outcome | None:
    """回到第一个问题, 第一个问题电话多少: the service that was spoken of first."""
    if len(context.topics) < _FEWEST_COMPARED or _FIRST not in context.cued.shown or context.cued.rest:
        return None
    first = context.lookup.services.get(context.state.first)
    if first is None:
        return None
    return answered(first, context.kind, context.text, 1.0, context.state, context.lookup)


def another(context: Context) -> Outcome | None:
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


def other_place(context: Context) -> Outcome | None:
    """那杭州呢: the same of another city, of which nothing is known."""
    # As it was typed, too: 杭州呢 may seem to have meant 杭州湾呢.
    texts = dict.fromkeys((context.text, normalise(context.said)))
    asked = next(filter(None, (asked_about(text, context.knowledge.places) for text in texts)), None)
    if asked is None:
        return None
    place, rest = asked
    if len(find_cues(normalise(rest), context.knowledge.cues).rest) > _OWNING:
        service = context.service(context.judgement.best) if context.sure("offer") else None
    else:  # 那杭州呢, 杭州的呢
        service = context.topic
    if service is None:
        return None
    return place_unknown(place, service, context.kind, context.text, context.state, context.lookup)
