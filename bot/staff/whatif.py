"""What if this knowledge were live: which questions would be answered otherwise, and which examples worse.

Runs in a process of its own; everything here is plain data in and out.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from bot.catalogue.model import Catalogue
from bot.conversation.knowledge import Knowledge
from bot.conversation.state import State
from bot.conversation.turn import turn
from bot.messages import Message, Reply
from bot.staff.cases import Case, example_cases
from bot.staff.evaluation import Result
from bot.staff.progress import Progress
from bot.staff.quality_gate import Base, Examples, ready

Effect = Literal["worse", "better", "moved", "reworded"]
_LEARNT = 50  # per cent of the work, as it is told
_EVERY = 200  # questions between two words of progress
_ORDER: tuple[Effect, ...] = ("worse", "better", "moved", "reworded")
MOST_SHOWN = 300


class Landing(NamedTuple):
    """Where a question lands: the reply's status, the services named in it (or the topic), its text.

    Where a signpost points elsewhere the status is `elsewhere`, and the signpost is named.
    """

    status: str
    where: str
    text: str


class Shift(NamedTuple):
    """A question that would be answered otherwise; `times` it was asked, 0 for an example.

    `worse` and `better` are examples; `moved` lands elsewhere, `reworded` is the same in other words.
    """

    question: str
    times: int
    before: Landing
    after: Landing
    verdict: Effect


class Tried(NamedTuple):
    """What a trial came to: the shifts, the worst first and at most MOST_SHOWN of a verdict; all counts."""

    shifts: tuple[Shift, ...]
    counts: dict[Effect, int]
    logged: int
    examples: int


def try_out(
    base: Base,
    catalogue: Catalogue,
    logged: Sequence[tuple[str, int]],
    examples: Examples,
    progress: Progress,
) -> Tried:
    """Learn from a catalogue and answer logged questions (text, times) and examples with both."""
    progress(0, 100)
    live = base.knowledge()
    fresh = ready(base, live, catalogue).knowledge
    progress(_LEARNT, 100)
    told = [c for file in examples for c in example_cases(file.model_dump(exclude_defaults=True))]
    cases = [case for conversation in told for case in conversation[:1]]  # each question by itself
    asked: list[tuple[Case | None, str, int]] = [(case, case.q, 0) for case in cases]
    asked += [(None, text, times) for text, times in logged]
    shifts = sorted(_shifts(asked, live, fresh, progress), key=lambda s: (_ORDER.index(s.verdict), -s.times))
    counts = {v: sum(s.verdict == v for s in shifts) for v in _ORDER}
    shown = [s for v in _ORDER for s in [x for x in shifts if x.verdict == v][:MOST_SHOWN]]
    return Tried(tuple(shown), counts, len(logged), len(cases))


def _shifts(
    asked: Sequence[tuple[Case | None, str, int]], live: Knowledge, fresh: Knowledge, progress: Progress
) -> Iterator[Shift]:
    for done, (case, text, times) in enumerate(asked, 1):
        before, after = (turn(Message(text), State(), known).reply for known in (live, fresh))
        verdict = _verdict(case, before, after)
        if verdict is not None:
            yield Shift(text, times, _landing(before, live), _landing(after, fresh), verdict)
        if done % _EVERY == 0:
            progress(_LEARNT + (100 - _LEARNT) * done // len(asked), 100)
    progress(100, 100)


def _verdict(case: Case | None, before: Reply, after: Reply) -> Effect | None:
    if case is not None:
        was, now = Result(case, before).right, Result(case, after).right
        if was != now:
            return "better" if now else "worse"
    if _place(before) != _place(after):
        return "moved"
    return "reworded" if before.text != after.text else None


def _place(reply: Reply) -> tuple[object, ...]:
    return reply.status, reply.topic, tuple((m.role, m.service) for m in reply.matches)


def _landing(reply: Reply, known: Knowledge) -> Landing:
    kind, _, id_ = reply.topic.partition("/")
    if kind == "signpost" and (signpost := known.lookup.signposts.get(id_)):
        return Landing("elsewhere", signpost.name, reply.text)
    return Landing(reply.status, "、".join(m.title for m in reply.matches) or reply.topic, reply.text)


def as_asked(wordings: Iterable[tuple[str, str, str, int]]) -> list[tuple[str, int]]:
    """The question log's wordings (text, status, topic, times) with the times of each text in all."""
    times: dict[str, int] = {}
    for text, _, _, number in wordings:
        if text:
            times[text] = times.get(text, 0) + number
    return sorted(times.items(), key=lambda t: (-t[1], t[0]))
