"""The steps for what is asked of the plan itself: of what year it is, and why it says so."""

from dataclasses import replace

from bot.catalogue.sentences import FALLBACK
from bot.conversation.context import Context
from bot.conversation.outcome import Outcome, answered
from bot.conversation.reply import phones_of
from bot.messages import Reply


def plan_age(context: Context) -> Outcome | None:
    """哪年的, 过期了吧: when the plan was issued, for which years, and whom to ask how things are now."""
    plan = context.lookup.plan
    if context.text not in context.knowledge.whole["age"]:
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


def why(context: Context) -> Outcome | None:
    """为什么, after an answer: the plan gives no reasons."""
    if context.topic is None or context.text not in context.knowledge.whole["why"]:
        return None
    return _before_the_policy(context.lookup.say("no-reason", phone=_phone(context)), context)


def _before_the_policy(text: str, context: Context) -> Outcome:
    """A line about the plan, and under it once more what it says of the service spoken of last."""
    phones, topic = (_phone(context),), context.topic
    if topic is None:
        return Outcome(Reply(text, "smalltalk", 1.0, phones=phones), context.state)
    asked = context.state.question
    outcome = answered(topic, "policy", context.text, 1.0, context.state, context.lookup, led_by=asked)
    policy = () if topic.id in context.lookup.lapsed else (topic.summary,)
    return outcome._replace(reply=replace(outcome.reply, text="\n".join((text, *policy)), phones=phones))


def _phone(context: Context) -> str:
    """The line of what was spoken of last."""
    return phones_of(context.topic, context.lookup)[0].phone if context.topic else FALLBACK
