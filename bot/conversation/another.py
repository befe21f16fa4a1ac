"""The steps that answer what is asked in place of what was spoken of: 那低保的呢, 换一个, 那杭州呢."""

from bot.conversation.context import Context
from bot.conversation.kinds import find_cues, inside
from bot.conversation.outcome import (
    Outcome,
    answered,
    domain_menu,
    offered,
    place_unknown,
    unknown,
)
from bot.conversation.people import set_apart
from bot.conversation.places import asked_about
from bot.text.normalise import normalise


def instead(context: Context) -> Outcome | None:
    """那低保的呢: a service that is named outright; 那老人的呢 is none."""
    names = (inside(context.text, frame) for frame in context.knowledge.instead)
    services = (context.service(context.named_outright(name)) for name in names if name)
    service = next(filter(None, services), None)
    if service is None or set_apart(context.text, context.knowledge.people)[0]:
        return None
    return answered(service, "policy", context.text, 1.0, context.state, context.lookup)


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
    asked = asked_about(context.text, context.knowledge.places)
    if asked is None:
        return None
    place, rest = asked
    if find_cues(normalise(rest), context.knowledge.cues).rest:
        service = context.service(context.judgement.best) if context.sure("offer") else None
    else:  # 那杭州呢
        service = context.topic
    if service is None:
        return None
    return place_unknown(place, service, context.kind, context.text, context.state, context.lookup)
