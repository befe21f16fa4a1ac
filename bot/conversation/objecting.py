"""What is said against an answer: 不是这个, that something else was meant; 太长了, that it is too much."""

from bot.catalogue.model import Service
from bot.conversation.context import Context
from bot.conversation.outcome import MOST_OFFERED, Outcome, domain_menu, in_short, offered
from bot.conversation.understanding import at_a_glance

_LIKELY = 0.5  # of the best score: what is less likely is farther off than what is near the service
_DENIED, _TOO_MUCH = "follow-correction", "follow-shorter"


def denied(context: Context) -> Outcome | None:
    """不是这个: what else the question may have meant, and what is near the service that was told."""
    topic = context.topic
    if topic is None or not context.is_nothing_but(_DENIED):
        return None
    others = [(service, 0.0) for service in _others(topic, context)[:MOST_OFFERED]]
    if not others:
        return domain_menu("domains", "clarify", context.state, context.lookup)
    kind = context.state.kind or "policy"
    return offered(others, kind, context.state.question, 0.0, context.state, context.lookup)


def too_much(context: Context) -> Outcome | None:
    """太长了, 听不懂: the same in one sentence, and whom to ask."""
    topic = context.topic
    if topic is None or not context.is_nothing_but(_TOO_MUCH):
        return None
    told = [about for about in context.answered_together if isinstance(about, Service)]
    return in_short(told or [topic], context.state, context.lookup)


def _others(topic: Service, context: Context) -> list[Service]:
    """The services that the question speaks for, likeliest first, and those near the one that was told."""
    meant = at_a_glance(context.state.question, context.knowledge).judgement.candidates
    least = _LIKELY * max(0.0, meant[0].score) if meant else 0.0
    likely = [context.service(candidate.intent) for candidate in meant if candidate.score > least]
    found = [*likely, *context.lookup.near(topic)]
    told = set(context.state.topics)
    return list({service.id: service for service in found if service and service.id not in told}.values())
