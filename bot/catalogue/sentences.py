"""The fixed sentences the code says, each with the blanks it fills; replies.yaml holds their words."""

import string
from collections.abc import Iterator, Mapping

from bot.catalogue.documents import Reason
from bot.catalogue.model import Catalogue

FALLBACK = "12345"
"""The line that every reply can fall back on."""

_PHONE = frozenset({"phone"})
_COMMANDS = ("start", "help", "domains", "feedback", "forget", "privacy")
_LAPSED = frozenset({"name", "year", "month", "day", "organization", "phone"})
_KINDS = ("how", "where", "when", "eligibility", "cost")

BLANKS: Mapping[str, frozenset[str]] = {
    "answer-contact": frozenset({"phone", "phone_name"}),
    "answer-figure": frozenset({"metric", "value"}),
    **{f"gap-{kind}": _PHONE for kind in (*_KINDS, "howmany")},
    **{f"field-{told}": frozenset({"value"}) for told in (*_KINDS, "documents", "lasts")},
    **dict.fromkeys(("lapsed-overdue", "lapsed-expired"), _LAPSED),
    "caveat": frozenset({"year", "organization"}),
    "contact": frozenset({"organization", "phone"}),
    "contact-extra": frozenset({"organization", "phone", "other"}),
    "source": frozenset({"plan", "first", "last", "section"}),
    **dict.fromkeys(("heading", "guess"), frozenset({"name"})),
    "clarify": frozenset(),
    "clarify-one": frozenset({"name", "number", "phone"}),
    **dict.fromkeys(("english", "english-unknown", "english-urgent", "shorter", "shorter-whole"), _PHONE),
    **{f"ring-{felt}": _PHONE for felt in ("doubt", "hurry", "hotline")},
    **dict.fromkeys(("english-about", "english-which"), frozenset({"names", "phone"})),
    "english-gap": frozenset({"names", "phone"}),
    "clarify-option": frozenset({"number", "name"}),
    "choose": frozenset({"most"}),
    "also": frozenset({"name", "number"}),
    **dict.fromkeys(("still-there", "all-over"), _PHONE),
    "plan-age": frozenset({"plan", "issued", "first", "last", "phone"}),
    "no-reason": _PHONE,
    "number-of": frozenset({"phone", "phone_name"}),
    "clarify-none": _PHONE,
    "unknown": _PHONE,
    "unknown-offer": frozenset(),
    "signpost": frozenset({"name", "phone", "phone_name"}),
    "elsewhere": frozenset({"name", "phone"}),
    "other-place": frozenset({"place", "name", "phone"}),
    "domain": frozenset({"name", "about"}),
    **dict.fromkeys(("domains", "none-of-these", "empty", "too-long", "again", "error"), _PHONE),
    **dict.fromkeys(("greeting", "capability", "acknowledge"), _PHONE),
    **dict.fromkeys(("more", "more-words", "menu-titles"), frozenset[str]()),
    **{f"command-{name}": frozenset[str]() for name in _COMMANDS},
    "privacy-notice": frozenset({"days"}),
    "privacy-line": frozenset(),
    **dict.fromkeys(
        ("channel-off", "too-often", "forget-done", "feedback-ask", "feedback-noted", "feedback-none"), _PHONE
    ),
    **dict.fromkeys(("verdict-right", "verdict-wrong"), frozenset[str]()),
}

INSTEAD: Mapping[str, str] = {
    **dict.fromkeys(("english-about", "english-gap", "english-which", "english-unknown"), "english"),
    "choose": "again",
    "field-documents": "field-how",
    "field-lasts": "field-when",
    "none-of-these": "domains",
    "number-of": "answer-contact",
    "still-there": "again",
    "all-over": "still-there",
    "shorter-whole": "shorter",
}
"""For a sentence that a release from before it lacks, one that is said instead."""


def blanks_of(sentence: str) -> frozenset[str]:
    """The names in braces. ValueError where the braces do not match."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None)


def misfits(catalogue: Catalogue) -> Iterator[tuple[str, Reason]]:
    """(key, what is wrong) for each sentence that is missing, unused, or holds a blank nobody fills."""
    said = {talk.reply: _PHONE for talk in catalogue.smalltalk} | dict(BLANKS)
    for key in said.keys() - catalogue.replies.keys():
        yield key, Reason("reply-missing", {"key": key})
    for key, sentence in catalogue.replies.items():
        if key not in said:
            yield key, Reason("reply-unused", {"key": key})
            continue
        try:
            unfilled = blanks_of(sentence) - said[key]
        except ValueError:
            yield key, Reason("reply-braces")
            continue
        if unfilled:
            names = {"unfilled": unfilled, "allowed": said[key]}
            yield key, Reason("reply-blanks", {k: [f"{{{n}}}" for n in sorted(v)] for k, v in names.items()})
