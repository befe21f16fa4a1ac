"""The steps for what is asked of the plan itself: of what year it is, why it says so, whom to ring.

And of whom one rings: 12385是什么.
"""

import re
from dataclasses import replace

from bot.catalogue.sentences import FALLBACK
from bot.conversation.context import Context
from bot.conversation.kinds import find_cues
from bot.conversation.outcome import Outcome, answered
from bot.conversation.reply import phones_in, phones_of
from bot.messages import Reply

_NUMBER = re.compile(r"(?P<phone>\d{5}) ?(?P<asked>.*)")
_NOW = "now"  # what cannot be said without holding the plan's years against today's
_ONLY_RING = ("doubt", "hurry", "hotline")  # whole messages to which nothing but a number is said


def plan_age(context: Context) -> Outcome | None:
    """哪年的, 都2026年了还说2025: when the plan was issued, for which years, and whom to ask how things are
    now.
    """
    plan = context.lookup.plan
    if not _asks_its_age(context):
        return None
    text = context.lookup.say(
        "plan-age",
        plan=plan.short_title,
        issued=str(plan.issued_on.year),
        first=str(plan.valid_from.year),
        last=str(plan.valid_through.year),
        phone=_phone(context),
    )
    return _before_the_policy(text, context)


def _asks_its_age(context: Context) -> bool:
    """Whether a message is known to ask how old the plan is, or says only that its years are over."""
    if context.text in context.knowledge.whole["age"]:
        return True
    found = find_cues(context.text, context.knowledge.dated)
    return _NOW in found.shown and not found.rest


def why(context: Context) -> Outcome | None:
    """为什么, after an answer: the plan gives no reasons."""
    if context.topic is None or context.text not in context.knowledge.whole["why"]:
        return None
    return _before_the_policy(context.lookup.say("no-reason", phone=_phone(context)), context)


def whom_to_ring(context: Context) -> Outcome | None:
    """我不信, 我很急, 12345: whom to ring; nothing is told again."""
    group = next((group for group in _ONLY_RING if context.text in context.knowledge.whole[group]), "")
    if not group:
        return None
    text = context.lookup.say(f"ring-{group}", phone=_phone(context))
    phones = phones_in(text, context.lookup.contacts.values())
    return _told(text, phones, context)


def whose_number(context: Context) -> Outcome | None:
    """12385, 12385是什么: whose number that is; of 12345, which is in every answer, more is known."""
    found = _NUMBER.fullmatch(context.text)
    lookup = context.lookup
    others = (c for c in lookup.contacts.values() if c.phone != FALLBACK and c.id not in lookup.stale)
    contact = found and next((c for c in others if c.phone == found["phone"]), None)
    if found is None or contact is None:
        return None
    if found["asked"] and found["asked"] not in context.knowledge.whole["number"]:
        return None
    text = lookup.say("number-of", phone=contact.phone, phone_name=contact.name)
    return _told(text, (contact.phone,), context)


def _told(text: str, phones: tuple[str, ...], context: Context) -> Outcome:
    return Outcome(Reply(text, "smalltalk", 1.0, phones=phones), context.state)


def _before_the_policy(text: str, context: Context) -> Outcome:
    """A line about the plan, and under it once more what it says of the service spoken of last."""
    phones, topic = (_phone(context),), context.topic
    if topic is None:
        return _told(text, phones, context)
    asked = context.state.question
    outcome = answered(topic, "policy", context.text, 1.0, context.state, context.lookup, led_by=asked)
    policy = () if topic.id in context.lookup.lapsed else (topic.summary,)
    return outcome._replace(reply=replace(outcome.reply, text="\n".join((text, *policy)), phones=phones))


def _phone(context: Context) -> str:
    """The line of what was spoken of last."""
    return phones_of(context.topic, context.lookup)[0].phone if context.topic else FALLBACK
