"""Whether something is asked for somebody in particular: 外地户口能申请吗. No plan decides a case."""

import re
from itertools import accumulate

from bot.catalogue.model import Service
from bot.conversation.kinds import cut_at_cues
from bot.conversation.knowledge import Knowledge

_MAY, _OBTAIN = "may", "obtain"
_MAY_ASK = ("policy", "yesno")
_FREE = "免费"
_FARTHEST = {"of": 7, "self": 1}  # characters between whom it is asked for and 能
_WHETHER = re.compile(
    r"(?:[吗嘛伐]|(?<!什)么|[不没否])(?: |$)|(\w)[不弗]\1|能否|可否|^(?:can|could|may|am|is|are|do|does)\b"
)
_WHICH = re.compile("哪|什么|啥|怎")


def kind_about(service: Service, kind: str, text: str, knowledge: Knowledge) -> str:
    """The kind of question that normalised text asks of a service: `eligibility` where it asks whether
    somebody may, of whom the service says nothing.
    """
    free = kind == "cost" and _FREE in service.answer
    if not (kind in _MAY_ASK or free) or not _WHETHER.search(text) or _WHICH.search(text):
        return kind
    told = knowledge.lookup.normalised(f"{service.name} {service.answer}")
    return "eligibility" if any(who not in told for who in _asked_for(text, knowledge)) else kind


def _asked_for(text: str, knowledge: Knowledge) -> list[str]:
    """For whom it is asked whether they may: words for people or their circumstances, or for whoever asks."""
    cut = list(cut_at_cues(text, knowledge.cases))
    ends = list(accumulate(len(piece) for piece, _ in cut))
    obtains = any(_OBTAIN in shown for _, shown in cut)
    may = [end - len(piece) for end, (piece, shown) in zip(ends, cut, strict=True) if _MAY in shown]
    whom = [
        (piece, end, max(map(_FARTHEST.__getitem__, groups)))
        for end, (piece, shown) in zip(ends, cut, strict=True)
        if (groups := shown & _FARTHEST.keys())
    ]
    if may and text.isascii():  # can a foreigner; can i swim somewhere asks for nobody, can i apply does
        return [piece for piece, _, most in whom if obtains or most != _FARTHEST["self"]]
    return [piece for piece, end, most in whom if any(0 <= start - end <= most for start in may)]
