"""Cases and replies made by hand."""

from bot.messages import Match, Reply, Status
from bot.staff.cases import Case
from bot.staff.evaluation import Result


def case(
    *expect: str, q: str = "?", numbers: str | None = None, topics: str = "", **more: str | bool
) -> Case:
    """A case; each of `expect` is a thing asked, with alternatives parted by `|`, none where it is outside
    the plan; so are `numbers` and `topics`.
    """
    acceptable = None if numbers is None else _alternatives(numbers)
    return Case(q, tuple(map(_alternatives, expect)), acceptable, topics=_alternatives(topics), **more)  # type: ignore[arg-type]


def _alternatives(text: str) -> frozenset[str]:
    return frozenset(filter(None, text.split("|")))


def reply(
    status: Status, *services: str, confidence: float = 0.9, topic: str = "", phones: str = ""
) -> Reply:
    """A reply that answers or offers these services."""
    role = "answer" if status == "answered" else "alternative"
    matches = tuple(Match(role, s, 1, s, "", confidence) for s in services)  # type: ignore[arg-type]
    return Reply("…", status, confidence, matches, phones=tuple(phones.split()), topic=topic)


def answered(wanted: str, got: str, confidence: float = 0.9, **more: str) -> Result:
    """One thing asked in scope, one thing answered."""
    return Result(case(wanted, **more), reply("answered", got, confidence=confidence))
