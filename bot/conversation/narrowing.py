"""The step for what narrows down a question that was asked back: 我失业了 → 四十五岁."""

from bot.catalogue.model import Service
from bot.conversation.context import Context
from bot.conversation.kinds import find_cues, question_kind
from bot.conversation.knowledge import Knowledge
from bot.conversation.outcome import Outcome, answered, offered, signposted
from bot.conversation.understanding import SURELY_OUTSIDE, at_a_glance, names_outside
from bot.matching.matcher import Judgement, barring

_CLEAR_ALONE = 0.9  # confidence from which a message says by itself what it is about
# Confidence from which both together are about one of the services listed, where one of them is likeliest of
# all; and about another service.
_SURE_OF_THE_LISTED, _SURE_OF_ANOTHER = 0.6, 0.9
_AHEAD = 0.2  # score by which the likeliest is ahead of what need not be offered beside it


def narrowed(context: Context) -> Outcome | None:
    """What a message and the one before, that was asked back, come to together, where that is clear and this
    one alone is not.
    """
    before, text = context.state.asked_back, f"{context.state.asked_back} {context.text}"
    if not before or not context.cued.rest or _is_clear_alone(context):
        return None
    meant = _but_for_domains(at_a_glance(text, context.knowledge).judgement, context.knowledge)
    about = context.about(meant.best)
    if isinstance(about, Service):
        if meant.best in context.state.choices:
            return _of_the_listed(text, meant, context)
        return _about(about, text, meant, context) if meant.confidence >= _SURE_OF_ANOTHER else None
    if about is None or not names_outside(meant, SURELY_OUTSIDE, context.knowledge):
        return None
    return signposted(about, meant.confidence, context.state, context.lookup)


def _is_clear_alone(context: Context) -> bool:
    """Whether a message says by itself what it is about; what names a whole domain does not."""
    return context.confidence >= _CLEAR_ALONE and context.text not in context.knowledge.broad


def _but_for_domains(meant: Judgement, knowledge: Knowledge) -> Judgement:
    """What is meant where the whole of a domain is not, as that is what was asked back about."""
    index = knowledge.topics
    domains = [number for intent, number in index.numbers.items() if intent.startswith("domain/")]
    return barring(meant, domains, index, knowledge.confidence) if meant.best else meant


def _of_the_listed(text: str, meant: Judgement, context: Context) -> Outcome | None:
    """The service meant of those that were listed; where it is hardly ahead, those that may be."""
    index = context.knowledge.topics
    listed = {choice: service for choice in context.state.choices if (service := context.service(choice))}
    others = [number for intent, number in index.numbers.items() if intent not in listed]
    meant = barring(meant, others, index, context.knowledge.confidence)
    if meant.confidence < _SURE_OF_THE_LISTED:
        return None
    best, *behind = [(listed[c.intent], c.score) for c in meant.candidates if c.intent in listed]
    near = [(service, score) for service, score in behind if score > best[1] - _AHEAD]
    if not near:
        return _about(best[0], text, meant, context)
    return offered([best, *near], context.kind, text, meant.confidence, context.state, context.lookup)


def _about(service: Service, text: str, meant: Judgement, context: Context) -> Outcome:
    kind = context.kind
    if kind == "policy":
        kind = question_kind(find_cues(text, context.knowledge.cues))
    kind = context.kind_about(service, kind)
    return answered(service, kind, text, meant.confidence, context.state, context.lookup)
