"""The replies a turn can come to, each with the state it leaves behind."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from bot.catalogue.lookup import Lookup
from bot.catalogue.model import Contact, Emergency, Service, Signpost
from bot.catalogue.sentences import FALLBACK
from bot.conversation.reply import buttons, match_of, options, phones_in, phones_of, service_text, short_text
from bot.conversation.state import UNKNOWN, State
from bot.messages import Match, Reply, Status

MOST_OFFERED = 3
_MOST_RELATED = 2
_SURE = 0.75  # confidence in a topic outside the plan, from which what comes next may be asked of it


class Outcome(NamedTuple):
    """What to say, and where the conversation stands then."""

    reply: Reply
    state: State


def said(key: str, status: Status, state: State, lookup: Lookup, confidence: float = 0.0) -> Outcome:
    """A fixed sentence."""
    text = lookup.say(key, phone=FALLBACK)
    phones = phones_in(text, lookup.contacts.values())
    return Outcome(Reply(text, status, confidence, phones=phones), state)


def out_of_range(most: int, state: State, lookup: Lookup) -> Outcome:
    """Which numbers there are to choose from; the list stays as it was."""
    return Outcome(Reply(lookup.say("choose", most=str(most)), "clarify"), state)


def domain_menu(key: str, status: Status, state: State, lookup: Lookup, confidence: float = 0.0) -> Outcome:
    """A fixed sentence and the ten domains to choose from."""
    outcome = said(key, status, state, lookup, confidence)
    names = [d.name for d in lookup.domains.values()]
    intents = tuple(f"domain/{d.id}" for d in lookup.domains.values())
    listed = [f"{d.name}（{d.about}）" for d in lookup.domains.values()]
    text = f"{outcome.reply.text}\n{options(listed, lookup)}"
    reply = Reply(text, status, confidence, buttons=buttons(names), phones=outcome.reply.phones)
    return Outcome(reply, state.offering(intents))


def domain_services(domain_id: str, state: State, lookup: Lookup, confidence: float = 1.0) -> Outcome:
    """The services of a domain to choose from."""
    domain = next(d for d in lookup.domains.values() if d.id == domain_id)
    services = lookup.of_domain(domain.number)
    names = [s.name for s in services]
    text = f"{lookup.say('domain', name=domain.name, about=domain.about)}\n{options(names, lookup)}"
    matches = tuple(match_of(s, 0.0, "alternative", lookup) for s in services)
    reply = Reply(text, "clarify", confidence, matches, buttons(names), topic=f"domain/{domain_id}")
    return Outcome(reply, state.offering(tuple(f"service/{s.id}" for s in services)))


def answered(
    service: Service,
    kind: str,
    question: str,
    confidence: float,
    state: State,
    lookup: Lookup,
    *,
    led_by: str = "",
    also: Service | None = None,
    guessed: bool = False,
) -> Outcome:
    """The answer about one service, and what to ask next; `led_by` the question itself or an earlier one.
    `also`: what may be meant beside it, which is offered. `guessed`: whether to ask if it was meant at all.
    """
    next_ = [lookup.services[r].name for r in service.related[:_MOST_RELATED]]
    text = service_text(service, kind, question, lookup)
    state = state.about(service.id, kind, led_by or question)
    if guessed:
        text = f"{lookup.say('guess', name=service.name)}\n{text}"
    if also:
        next_ = [also.name, *(name for name in next_ if name != also.name)]
        text = f"{text}\n{lookup.say('also', name=also.name, number='1')}"
        state = replace(state, listed=(f"service/{also.id}",))
    reply = Reply(
        text=text,
        status="unanswered" if service.id in lookup.lapsed else "answered",
        confidence=confidence,
        matches=(match_of(service, confidence, "answer", lookup),),
        buttons=buttons(next_),
        phones=phones_in(text, phones_of(service, lookup)),
        topic=f"service/{service.id}",
    )
    return Outcome(reply, state)


def in_short(services: Sequence[Service], state: State, lookup: Lookup) -> Outcome:
    """The answers about the services spoken of once more, as short as may be, and whom to ask.

    No sentence is repeated where nothing shorter can be said.
    """
    texts = [short_text(service, lookup) for service in services]
    if len(services) > 1:
        texts = [_headed(s.name, text, lookup) for s, text in zip(services, texts, strict=True)]
    lines = (contact for service in services for contact in phones_of(service, lookup))
    phones = tuple(dict.fromkeys(phones_in("\n".join(texts), lines)))
    told = any(service.id not in lookup.lapsed for service in services)
    matches = tuple(match_of(service, 1.0, "answer", lookup) for service in services)
    topic = f"service/{services[0].id}" if len(services) == 1 else ""
    status: Status = "answered" if told else "unanswered"
    return Outcome(Reply("\n\n".join(texts), status, 1.0, matches, phones=phones, topic=topic), state)


def several_answered(
    found: Sequence[tuple[Service | Signpost, str, str, float]], state: State, lookup: Lookup
) -> Outcome:
    """One answer under its heading for each (service or signpost, kind, part of the question, confidence), to
    choose from by its place: 先说第一个.

    Where the text of every service is withheld, nothing is answered.
    """
    texts: list[str] = []
    matches: list[Match] = []
    phones: dict[str, None] = {}
    choices: list[str] = []
    for about, kind, question, confidence in found:
        if isinstance(about, Service):
            choices.append(f"service/{about.id}")
            text = service_text(about, kind, question, lookup)
            lines = phones_of(about, lookup)
            matches.append(match_of(about, confidence, "answer", lookup))
            state = state.about(about.id, kind, question)
        else:
            choices.append(f"signpost/{about.id}")
            text, lines = _elsewhere(about, lookup)
        texts.append(_headed(about.name, text, lookup))
        phones |= dict.fromkeys(phones_in(text, lines))
    lowest = min(confidence for *_, confidence in found)
    told = any(match.service not in lookup.lapsed for match in matches)
    status: Status = "answered" if told else "unanswered"
    reply = Reply("\n\n".join(texts), status, lowest, tuple(matches), phones=tuple(phones))
    return Outcome(reply, state.offering(tuple(choices)))


def _headed(name: str, text: str, lookup: Lookup) -> str:
    return f"{lookup.say('heading', name=name)}\n{text}"


def offered(
    services: Sequence[tuple[Service, float]],
    kind: str,
    question: str,
    confidence: float,
    state: State,
    lookup: Lookup,
) -> Outcome:
    """Up to three services to choose from."""
    shown = services[:MOST_OFFERED]
    names = [s.name for s, _ in shown]
    matches = tuple(match_of(s, max(0.0, min(1.0, score)), "alternative", lookup) for s, score in shown)
    reply = Reply(_which(names, lookup), "clarify", confidence, matches, buttons(names), (FALLBACK,))
    choices = tuple(f"service/{s.id}" for s, _ in shown)
    return Outcome(reply, State(state.topics, question, choices, kind, first=state.first))


def _which(names: Sequence[str], lookup: Lookup) -> str:
    """Asked back: whether it is this one, or which of these."""
    if len(names) == 1 and "clarify-one" in lookup.replies:  # an older release has the list only
        return lookup.say("clarify-one", name=names[0], number="1", phone=FALLBACK)
    return "\n".join(
        (lookup.say("clarify"), options(names, lookup), lookup.say("clarify-none", phone=FALLBACK))
    )


def signposted(signpost: Signpost, confidence: float, state: State, lookup: Lookup) -> Outcome:
    """A topic recognised as outside the plan, and whom to ask instead; without a line, what we do know."""
    text, contacts = _elsewhere(signpost, lookup)
    menu = () if signpost.contacts else buttons([d.name for d in lookup.domains.values()])
    phones = tuple(c.phone for c in contacts)
    reply = Reply(
        text, "unanswered", confidence, buttons=menu, phones=phones, topic=f"signpost/{signpost.id}"
    )
    sure = confidence >= _SURE
    return Outcome(reply, state.outside_of(signpost.id) if sure else replace(state, outside=""))


def _elsewhere(signpost: Signpost, lookup: Lookup) -> tuple[str, tuple[Contact, ...]]:
    """That the plan does not hold this, and the line to ring."""
    if not signpost.contacts:
        text = lookup.say("elsewhere", name=signpost.name, phone=FALLBACK)
        return text, (lookup.contacts[FALLBACK],)
    contact = lookup.contacts[signpost.contacts[0]]
    text = lookup.say("signpost", name=signpost.name, phone=contact.phone, phone_name=contact.name)
    return text, (contact,)


def place_unknown(
    place: str, service: Service, kind: str, question: str, state: State, lookup: Lookup
) -> Outcome:
    """What is asked of another city is not known; the same of ours is offered."""
    text = lookup.say("other-place", place=place, name=service.name, phone=FALLBACK)
    choice = f"service/{service.id}"
    reply = Reply(text, "unanswered", buttons=buttons([service.name]), phones=(FALLBACK,), topic=choice)
    return Outcome(reply, State(state.topics, question, (choice,), kind, first=state.first))


def unknown(confidence: float, state: State, lookup: Lookup) -> Outcome:
    """The kind admission not to know, with the ten domains and 12345."""
    names = [d.name for d in lookup.domains.values()]
    first = lookup.say("unknown", phone=FALLBACK)
    text = f"{first}\n{lookup.say('unknown-offer')}\n{'、'.join(names)}"
    reply = Reply(text, "unanswered", confidence, buttons=buttons(names), phones=(FALLBACK,))
    offering = state.offering(tuple(f"domain/{d.id}" for d in lookup.domains.values()))
    return Outcome(reply, replace(offering, outside=UNKNOWN))


def alarmed(emergency: Emergency, confidence: float, state: State, lookup: Lookup) -> Outcome:
    """The emergency number at once."""
    phones = phones_in(emergency.reply, (lookup.contacts[c] for c in emergency.contacts))
    topic = f"emergency/{emergency.id}"
    reply = Reply(emergency.reply, "emergency", confidence, phones=phones, topic=topic)
    return Outcome(reply, state.alarmed(topic))


def still_there(emergency: Emergency, state: State, lookup: Lookup, *, over: bool = False) -> Outcome:
    """What is said to news after an alarm: the number once more; or that it is well that it is `over`."""
    phone = lookup.contacts[emergency.contacts[0]].phone
    text = lookup.say("all-over" if over else "still-there", phone=phone)
    return Outcome(Reply(text, "smalltalk", phones=(phone,)), state)
