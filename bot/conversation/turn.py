"""One turn: a message and a state in, a reply and a state out, by the first step that has an answer."""

from collections.abc import Callable

from bot.catalogue.model import Service, Signpost
from bot.conversation import followup
from bot.conversation.about_plan import plan_age, whom_to_ring, whose_number, why
from bot.conversation.alarm import after_an_alarm, emergency
from bot.conversation.another import another, asked_first, compared, instead, other_place
from bot.conversation.choosing import asked_of_all, choice, named_intent, of_the_list
from bot.conversation.context import Context
from bot.conversation.knowledge import Knowledge
from bot.conversation.language import headed, in_english
from bot.conversation.narrowing import narrowed
from bot.conversation.objecting import denied, too_much
from bot.conversation.outcome import (
    Outcome,
    answered,
    domain_menu,
    domain_services,
    offered,
    said,
    several_answered,
    signposted,
    unknown,
)
from bot.conversation.people import set_apart
from bot.conversation.several import also_meant, parts
from bot.conversation.state import UNKNOWN, State
from bot.conversation.story import clear_part
from bot.conversation.understanding import SURELY_OUTSIDE, is_babble, names_outside
from bot.messages import Message, command_word

LONGEST_MESSAGE = 600
_BARE = 2  # characters of a word by itself
_SUITS = 0.5  # the score of a service that a bare word suits, and the share of it of the next
_LIKELY = 0.6  # of the best score; nothing further behind was ever what was meant
_NEARLY = 0.75
_SURELY_FOLLOWS = 0.7
_OF_GRIEF = "comfort"
_OF_ANYTHING = ("cost", "when")
COMMANDS = {"/start": "greeting", "/help": "capability", "/domains": "domains", "/cancel": "acknowledge"}
"""A command → the sentence it is answered with."""
Step = Callable[[Context], Outcome | None]


def _too_long(context: Context) -> Outcome | None:
    if len(context.message.text) <= LONGEST_MESSAGE:
        return None
    return said("too-long", "unanswered", context.state, context.lookup)


def _command(context: Context) -> Outcome | None:
    key = _command_of(context.message)
    return domain_menu(key, "smalltalk", context.state, context.lookup) if key else None


def _command_of(message: Message) -> str:
    """The sentence that a command is answered with; empty where the message is none."""
    return COMMANDS.get(command_word(message.text), "")


def _empty(context: Context) -> Outcome | None:
    if context.text:
        return None
    return after_an_alarm(context) or said("empty", "unanswered", context.state, context.lookup)


def _named(context: Context) -> Outcome | None:
    intent = context.named_outright(context.text)
    return named_intent(context, intent) if intent else None


def _babble(context: Context) -> Outcome | None:
    """哒哒哒哒: sounds, unless they are small talk."""
    if not is_babble(context.text) or context.judgement.best.startswith("smalltalk/"):
        return None
    return unknown(0.0, context.state, context.lookup)


def _names_nothing(context: Context) -> Outcome | None:
    """多少钱: of the topic outside the plan that was just named; where nothing was spoken of, of what?"""
    alone = followup.asks_alone(context.parsed, context.cued, context.kind, context.knowledge)
    outside = _outside(context)
    if outside and (alone or (not context.leaning and _asks_on(context))):
        return signposted(outside, 1.0, context.state, context.lookup)
    spoken_of = context.leaning and context.state.outside != UNKNOWN
    if not alone or outside or spoken_of or _surely_small_talk(context):
        return None
    return said("again", "unanswered", context.state, context.lookup)


def _surely_small_talk(context: Context) -> bool:
    surely = context.confidence >= context.knowledge.confidence.small_talk_from
    return surely and context.judgement.best.startswith("smalltalk/")


def _outside(context: Context) -> Signpost | None:
    """The topic outside the plan that was named; one that nobody has a number for is asked for no number."""
    outside = context.lookup.signposts.get(context.state.outside)
    return outside if outside and (outside.contacts or context.kind in _OF_ANYTHING) else None


def _asks_on(context: Context) -> bool:
    """Whether the message would be a follow-up and is not surely about a service of its own."""
    surely = context.service(context.judgement.best) and context.sure("answer")
    return not surely and followup.asks_on(context.parsed, context.cued, context.knowledge)


def _wants_a_topic(context: Context) -> Outcome | None:
    """我要申请, 便宜点的: what would be clear beside a topic, where nothing was spoken of."""
    if context.leaning or context.judgement.best.startswith("smalltalk/"):
        return None
    if not followup.needs_a_topic(context.parsed, context.confidence, context.knowledge):
        return None
    return domain_menu("again", "unanswered", context.state, context.lookup)


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
    found = parts(context.read, context.knowledge)
    if not found or (context.leaning and context.leaning.goes_on > min(part.confidence for part in found)):
        return None
    return several_answered(found, context.state, context.lookup)


def _follow_up(context: Context) -> Outcome | None:
    if context.leaning is None or context.followed.sure < context.knowledge.confidence.follow_from:
        return None
    if context.followed.sure < _SURELY_FOLLOWS and names_outside(
        context.judgement, SURELY_OUTSIDE, context.knowledge
    ):
        return None
    service, sure = context.followed.services[0]
    asked = context.kind_before if context.named_likewise else followup.kind_of(context.leaning, service)
    kind = context.kind_about(service, asked)
    led_by = followup.question_after(context.leaning, service)
    return answered(service, kind, context.text, sure, context.state, context.lookup, led_by=led_by)


def _story(context: Context) -> Outcome | None:
    """What a story comes to, where it is not clear as a whole."""
    clear = context.sure("answer") and not _is_a_guess(context.confidence, context)
    if clear and context.service(context.judgement.best):
        return None
    part = clear_part(context.said, context.understood, context.knowledge)
    service = context.service(part.best) if part else None
    if part is None or service is None:
        return None
    return _told(service, part.confidence, context)


def _either(context: Context) -> Outcome | None:
    """What was spoken of before or something else: where neither is sure, both are offered."""
    stands_alone = context.sure("answer") and context.service(context.judgement.best) is None
    found = context.followed
    if stands_alone or not found.services:
        return None
    return offered(found.services, context.kind, context.text, found.sure, context.state, context.lookup)


def _small_talk(context: Context) -> Outcome | None:
    kind, _, name = context.judgement.best.partition("/")
    if kind != "smalltalk" or not context.sure("offer"):
        return None
    key = context.lookup.smalltalk[name].reply
    if key == _OF_GRIEF:  # comfort is never amiss, but where it is a need that is told: 我老婆怀孕了
        if not context.sure("answer") and _services_come_near(context):
            return None
    elif context.confidence < context.knowledge.confidence.small_talk_from:
        return None
    reply = domain_menu if key in ("capability", "plan") else said
    return reply(key, "smalltalk", context.state, context.lookup, context.confidence)


def _services_come_near(context: Context) -> bool:
    """Whether some service is nearly as likely as what seems likeliest."""
    first, *others = context.judgement.candidates
    return any(other.score >= _NEARLY * first.score for other in others if context.service(other.intent))


def _domain(context: Context) -> Outcome | None:
    kind, _, name = context.judgement.best.partition("/")
    if kind != "domain" or not context.sure("answer"):
        return None
    return domain_services(name, context.state, context.lookup, context.confidence)


def _signpost(context: Context) -> Outcome | None:
    kind, _, name = context.judgement.best.partition("/")
    if kind != "signpost":
        return None
    named_from = context.knowledge.confidence.named_from
    if context.sure("offer") and names_outside(context.judgement, named_from, context.knowledge):
        signpost = context.lookup.signposts[name]
        return signposted(signpost, context.confidence, context.state, context.lookup)
    return unknown(context.confidence, context.state, context.lookup)


def _service(context: Context) -> Outcome | None:
    service = context.service(context.judgement.best)
    if service is None or not context.sure("answer"):
        return None
    return _told(service, context.confidence, context)


def _told(service: Service, confidence: float, context: Context) -> Outcome:
    """The answer about a service that the message names, and an offer of what it may name beside it."""
    kind = context.kind_about(service, context.kind)
    also = also_meant(context.read, service, context.knowledge)
    guessed = _is_a_guess(confidence, context)
    return answered(
        service, kind, context.text, confidence, context.state, context.lookup, also=also, guessed=guessed
    )


def _is_a_guess(confidence: float, context: Context) -> bool:
    return confidence < context.knowledge.confidence.guessed_below


def _offer(context: Context) -> Outcome | None:
    likely = _likely_services(context, _LIKELY) if context.sure("offer") else []
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


STEPS: tuple[Step, ...] = (
    _command,
    _too_long,
    _empty,
    choice,
    of_the_list,
    emergency,
    _named,
    instead,
    denied,
    too_much,
    compared,
    another,
    _babble,
    other_place,
    after_an_alarm,
    plan_age,
    why,
    whom_to_ring,
    whose_number,
    asked_of_all,
    asked_first,
    narrowed,
    _names_nothing,
    _whole_domain,
    _bare_word,
    _wants_a_topic,
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
_UP_TO_DANGER = STEPS[: STEPS.index(emergency) + 1]


def _in_english(context: Context) -> bool:
    """Whether the message is in English, or the number of what was offered for a question in English."""
    return in_english(context.question_of_number or context.text, context.knowledge.english)


def turn(message: Message, state: State, knowledge: Knowledge) -> Outcome:
    """The reply to a message and the state after it."""
    return outcome_of(Context(message, state, knowledge))


def outcome_of(context: Context) -> Outcome:
    """The same, for a message of which something may have been found out already."""
    return _addressed(decided(context)[1], context)


def alarm(message: Message, knowledge: Knowledge) -> Outcome | None:
    """What `turn` says to a cry for help that stands by itself, for less work; None for all else."""
    context = Context(message, State(), knowledge)
    outcome = next((found for step in _UP_TO_DANGER if (found := step(context))), None)
    return _addressed(outcome, context) if outcome and outcome.reply.status == "emergency" else None


def _addressed(outcome: Outcome, context: Context) -> Outcome:
    """With a line of English where the message is in English."""
    foreign = not _command_of(context.message) and _in_english(context)
    return outcome._replace(reply=headed(outcome.reply, context.lookup)) if foreign else outcome


def decided(context: Context) -> tuple[str, Outcome]:
    """The name of the first step that has an answer, and the answer."""
    step, found = next((step, found) for step in STEPS if (found := step(context)))
    return step.__name__.lstrip("_"), _asking_back(found, step, context)


def _asking_back(outcome: Outcome, step: Step, context: Context) -> Outcome:
    """Keeping the message in the state, where the reply asks for more about it; after a choice that was none
    what had led to the list.
    """
    said = context.state.asked_back if step in (choice, of_the_list) else context.text
    asks = outcome.reply.status == "clarify" or step is _wants_a_topic
    return outcome._replace(state=outcome.state.asking_back(said if asks else ""))
