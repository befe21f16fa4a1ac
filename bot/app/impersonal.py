"""What a conversation remembers of its own words: nothing in them that tells who somebody is."""

from dataclasses import replace

from bot.conversation.state import LONGEST_QUESTION, State
from bot.text.masking import masked, personal
from bot.text.normalise import normalise


def tells_who(text: str) -> bool:
    """Whether something personal stands in a text, as it was typed or as it is read: 1/3/8/…"""
    read = normalise(text)
    return bool(personal(text) or (read != text and personal(read)))


def impersonal(after: State, text: str, before: State) -> State:
    """The state after a message of this text, without what is personal in the words it has from it.

    The words that it had `before` stay: they were kept without.
    """
    cleaned = _cleaned(_cleaned(text))
    question, asked_back = (_kept(w, cleaned, before) for w in (after.question, after.asked_back))
    return replace(after, question=question, asked_back=asked_back)


def _cleaned(text: str) -> str:
    return normalise(masked(text))


def _kept(words: str, cleaned: str, before: State) -> str:
    """Words as they may be kept; of those that come from the message, only what is left in it `cleaned`."""
    if words in ("", before.question, before.asked_back):
        return words
    if before.asked_back and words.startswith(asked := f"{before.asked_back} "):
        return (asked + _kept(words.removeprefix(asked), cleaned, State()))[:LONGEST_QUESTION]
    part = _cleaned(words)
    # One question of several is in it; where a number was cut in two, or told by its signs, more would stay.
    return part if part in cleaned else cleaned[:LONGEST_QUESTION]
