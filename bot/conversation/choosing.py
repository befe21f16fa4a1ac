"""The steps that answer what is said to a list: a number, several, a number with a question, all, none."""

from collections.abc import Sequence
from dataclasses import replace

from bot.catalogue.model import Service
from bot.conversation import followup
from bot.conversation.context import Context
from bot.conversation.kinds import find_cues, question_kind
from bot.conversation.ordinals import (
    chosen,
    chosen_beside,
    chosen_together,
    chosen_with_question,
    in_digits,
    says_yes,
    takes_all,
    without_all,
)
from bot.conversation.outcome import (
    MOST_OFFERED,
    Outcome,
    answered,
    domain_menu,
    domain_services,
    out_of_range,
    said,
    several_answered,
    signposted,
)
from bot.conversation.people import set_apart
from bot.conversation.several import MOST_PARTS
from bot.conversation.state import State
from bot.text.normalise import folded, normalise, visible

_ASK_NOTHING = ("policy", "yesno")
_ENOUGH_CUES = 1  # letters beside the cue words of 3多少钱: more name something


def choice(context: Context) -> Outcome | None:
    """2, 第二个, 1和3, 3多少钱: what was listed under these numbers."""
    heard = in_digits if context.state.numbered else str
    if numbers := chosen_together(heard(folded(visible(context.said)))):
        together = [_numbered(number, context) for number in numbers[:MOST_PARTS]]
        found = [service for intent in together if (service := context.service(intent))]
        return _taken(found, context) if found else _nothing_there(together, context)
    number = chosen(heard(context.text), len(context.state.choices), bool(context.state.topics))
    if number is None:
        number = chosen_beside(context.text, _taken_before(context), len(context.state.numbered))
    if number is None:
        return _asked_of_one(context)
    intent = _numbered(number, context)
    return named_intent(context, intent) or _nothing_there([intent], context)


def _taken_before(context: Context) -> int:
    """The number of what was taken of the list last; 0 where nothing was."""
    topic = "" if context.answered_together else next(iter(context.state.topics), "")
    listed = context.state.numbered
    return listed.index(f"service/{topic}") + 1 if f"service/{topic}" in listed else 0


def _numbered(number: int, context: Context) -> str:
    """What was listed under a number from 1; empty where nothing was. In the beginning the domains are, as
    greetings list them.
    """
    if number < 1:
        return ""
    domains = context.lookup.domains.values() if context.state == State() else ()
    listed = context.state.numbered or tuple(f"domain/{domain.id}" for domain in domains)
    return listed[number - 1] if number <= len(listed) else ""


def _asked_of_one(context: Context) -> Outcome | None:
    """3多少钱: what is asked of one of the list."""
    number, asked = chosen_with_question(context.text) or (0, "")
    service = context.service(_numbered(number, context))
    cued = find_cues(normalise(asked), context.knowledge.cues)
    if service is None or not cued.shown or len(cued.rest) > _ENOUGH_CUES:
        return None
    outcome = answered(service, question_kind(cued), context.text, 1.0, context.state, context.lookup)
    return outcome._replace(state=replace(outcome.state, choices=context.state.choices))


def _nothing_there(intents: Sequence[str], context: Context) -> Outcome:
    """Which numbers there are; of what was listed and has gone with a release, that it is not known."""
    if any(intent and named_intent(context, intent) is None for intent in intents):
        return said("unknown", "unanswered", context.state, context.lookup)
    most = len(context.state.numbered)
    if not most:
        return said("again", "unanswered", context.state, context.lookup)
    return out_of_range(most, context.state, context.lookup)


def of_the_list(context: Context) -> Outcome | None:
    """What is said to services that were listed: 都要, 不是, or 对 where one was offered for a question."""
    state = context.state
    if not state.choices:
        return _of_the_one_beside(context)
    listed = [service for choice in state.choices if (service := context.service(choice))]
    if not _has_chosen(state) and (context.is_nothing_but("follow-correction") or _declines(context)):
        return domain_menu("none-of-these", "clarify", state, context.lookup)
    if len(listed) > MOST_OFFERED and takes_all(context.text):
        return out_of_range(len(state.choices), state, context.lookup)
    if not state.kind or not 0 < len(listed) <= MOST_OFFERED:
        return None
    if takes_all(context.text) or (len(listed) == 1 and _agrees(context)):
        return _taken(listed, context)
    return None


def _has_chosen(state: State) -> bool:
    return any(f"service/{topic}" in state.choices for topic in state.topics[:1])


def _of_the_one_beside(context: Context) -> Outcome | None:
    """对: to the one thing that was offered beside an answer."""
    beside = [service for choice in context.state.listed if (service := context.service(choice))]
    if context.topic and _declines(context) and not context.is_nothing_but("follow-correction"):
        return said("acknowledge", "smalltalk", replace(context.state, listed=()), context.lookup)
    if len(beside) != 1 or not (_agrees(context) or says_yes(context.text)):
        return None
    return answered(beside[0], "policy", context.state.question, 1.0, context.state, context.lookup)


def asked_of_all(context: Context) -> Outcome | None:
    """电话呢, 那老人呢, 都要, after answers about several things: of each of them."""
    told = context.answered_together
    if not told or context.cued.shown & followup.POINTING:
        return None
    whom, rest = set_apart(context.text, context.knowledge.people)
    left = find_cues(rest, context.knowledge.cues).rest if whom else context.cued.rest
    kind = "eligibility" if whom and context.kind in _ASK_NOTHING else context.kind
    of_all = takes_all(context.text)
    if not of_all and (kind in _ASK_NOTHING or len(without_all(left)) > _ENOUGH_CUES):
        return None
    found = [(about, kind, context.text, 1.0) for about in told]
    return several_answered(found, context.state, context.lookup)


def _taken(services: Sequence[Service], context: Context) -> Outcome:
    """The answers about services of a list, for what was asked before it."""
    state = context.state
    found = [(service, state.kind or "policy", state.question, 1.0) for service in services]
    if len(found) == 1:
        return answered(*found[0], state, context.lookup)
    outcome = several_answered(found, state, context.lookup)
    return outcome._replace(state=replace(outcome.state, listed=state.numbered))


def _declines(context: Context) -> bool:
    """不用, 算了: to what was offered."""
    return context.text in context.knowledge.whole["declined"]


def _agrees(context: Context) -> bool:
    if _declines(context) or context.text in context.knowledge.whole["heard"]:
        return False
    kind, _, name = context.judgement.best.partition("/")
    agreed = kind == "smalltalk" and context.lookup.smalltalk[name].reply == "acknowledge"
    return agreed and context.sure("offer")


def named_intent(context: Context, intent: str) -> Outcome | None:
    """What is said about an intent that was chosen or named outright; None where it is none of these."""
    kind, _, name = intent.partition("/")
    if kind == "domain" and any(domain.id == name for domain in context.lookup.domains.values()):
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
