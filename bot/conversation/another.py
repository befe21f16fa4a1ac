"""The steps that answer what is asked in place of what was spoken of: 那低保的呢, 换一个, 那杭州呢."""

from bot.conversation.context import Context
from bot.conversation.kinds import find_cues, inside
from bot.conversation.outcome import (
    Outcome,
    answered,
    domain_menu,
    domain_services,
    offered,
    place_unknown,
    unknown,
)
from bot.conversation.people import set_apart
from bot.conversation.places import asked_about
from bot.text.normalise import normalise


def instead(context: Context) -> Outcome | None:
    """那低保的呢: what is named outright in place of what was spoken of; 那老人的呢 is not."""
    if not context.state.topics:
        return None
    named = (inside(context.text, frame) for frame in context.knowledge.instead)
    return next((found for name in named if name and (found := _named_outright(name, context))), None)


def _named_outright(name: str, context: Context) -> Outcome | None:
    knowledge, lookup = context.knowledge, context.lookup
    if set_apart(name, knowledge.people)[0]:
        return None
    if domain := knowledge.broad.get(name):
        return domain_services(domain, context.state, lookup)
    service = context.service(lookup.named.get(name) or knowledge.called.get(name) or "")
    return answered(service, "policy", name, 1.0, context.state, lookup) if service else None


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
