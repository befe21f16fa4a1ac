"""May this knowledge be released? Learnt anew, it may lose nothing that the live release knows.

Runs in a process of its own; everything here is plain data in and out.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from bot.catalogue.examples import ExampleFile, TalkFile
from bot.catalogue.model import Catalogue
from bot.conversation.knowledge import Knowledge
from bot.conversation.learning import learnt_further, models, prepare, renewed, restore
from bot.conversation.understanding import understood
from bot.staff.cases import Conversation, example_cases
from bot.staff.evaluation import Result, evaluate
from bot.staff.progress import Progress
from bot.store.catalogue import ROOT

Examples = Sequence[ExampleFile | TalkFile]
_LEARNT, _EXAMPLES, _SELF = 25, 25, 50  # per cent of the work, as it is told
_EVERY = 500  # phrasings between two words of progress


class Lost(NamedTuple):
    """A question the live release answers rightly and this knowledge would not; `to`: where it would land."""

    question: str
    expected: str
    to: str
    phrasings: tuple[str, ...]

    def __str__(self) -> str:
        added = f" (new there: {'、'.join(self.phrasings)})" if self.phrasings else ""
        return f"“{self.question}” → {self.expected} would be lost to {self.to or 'nothing'}{added}"


class Judged(NamedTuple):
    """What learning and testing came to. `lost` and `astray` block; `known` and `weak` are for people to see.

    `astray`: phrasings that do not find their own service, but did before or are new.
    `known`: those that do not find it in the live release either. `weak`: examples that miss in both.
    `phrasings`: how many were tested; none where nothing changed that learning reads.
    """

    models: dict[str, bytes]
    lost: tuple[Lost, ...]
    astray: tuple[Lost, ...]
    known: tuple[str, ...]
    weak: tuple[str, ...]
    examples: int
    phrasings: int

    @property
    def blocking(self) -> list[str]:
        """One line for each reason not to release."""
        return [str(x) for x in (*self.lost, *self.astray)]


class Learnt(NamedTuple):
    """A release that was learnt whole: its number, its catalogue, and what was learnt."""

    number: int
    catalogue: Catalogue
    models: Mapping[str, bytes]


class Base(NamedTuple):
    """The live release: its catalogue, and what was learnt from it (nothing: learn it again).

    `root`: the release that was learnt whole and on top of which this one was learnt; None: it was itself.
    """

    catalogue: Catalogue
    models: Mapping[str, bytes]
    number: int = 0
    root: Learnt | None = None

    def knowledge(self) -> Knowledge:
        """Ready to talk."""
        return restore(self.catalogue, self.models) if self.models else prepare(self.catalogue)


class Ready(NamedTuple):
    """A catalogue ready to talk; whether anything had to be learnt; its root's number, 0 for none.

    `known`, and as bytes `packed`: what it shares its learning with.
    """

    knowledge: Knowledge
    anew: bool
    root: int = 0
    known: Knowledge | None = None
    packed: Mapping[str, bytes] = MappingProxyType({})

    def models(self) -> dict[str, bytes]:
        """What a release keeps: what was learnt, and on top of which release."""
        rooted = {ROOT: str(self.root).encode()} if self.root else {}
        return models(self.knowledge, self.known, self.packed) | rooted


def ready(base: Base, live: Knowledge, catalogue: Catalogue) -> Ready:
    """Make a catalogue ready with as little learning as will do.

    Where nothing differs that learning reads (a telephone number, an answer's words, a reply), what the
    live release learnt is exactly what would be learnt again, as learning is the same on every machine.
    Else only what is new is learnt, on top of the release that was last learnt whole: learning all anew
    moves questions that have nothing to do with the change, and would then lose one or the other.
    """
    root = base.root or Learnt(base.number, base.catalogue, base.models)
    if (same := renewed(live, catalogue)) is not None:
        return Ready(same, False, base.root.number if base.root else 0, live, base.models)
    known = restore(root.catalogue, root.models) if base.root else live
    further = learnt_further(known, catalogue)
    if further is None:
        return Ready(prepare(catalogue), True)
    return Ready(further, True, root.number, known, root.models)


def learn(catalogue: Catalogue, progress: Progress) -> dict[str, bytes]:
    """What is learnt from a catalogue."""
    progress(0, 100)
    learnt = models(prepare(catalogue))
    progress(100, 100)
    return learnt


def judge_release(base: Base, catalogue: Catalogue, examples: Examples, progress: Progress) -> Judged:
    """Learn from a catalogue and test it against the live release."""
    progress(0, 100)
    live = base.knowledge()
    made = ready(base, live, catalogue)
    fresh = made.knowledge
    progress(_LEARNT, 100)
    added = _added(base.catalogue, catalogue)
    conversations = [c for file in examples for c in example_cases(file.model_dump(exclude_defaults=True))]
    missed = list(_missed(fresh, live, conversations))
    progress(_LEARNT + _EXAMPLES, 100)
    stored = [(s.id, p) for s in catalogue.services for p in s.phrasings] if made.anew else []
    astray, known = _self_test(fresh, live, stored, added, progress)
    return Judged(
        models=made.models(),
        lost=tuple(_lost(r, added) for r, was_right in missed if was_right),
        astray=tuple(astray),
        known=tuple(known),
        weak=tuple(r.case.q for r, was_right in missed if not was_right),
        examples=sum(map(len, conversations)),
        phrasings=len(stored),
    )


def _added(old: Catalogue, new: Catalogue) -> dict[str, tuple[str, ...]]:
    """The phrasings each service has now and had not before."""
    had = {s.id: frozenset(s.phrasings) for s in old.services}
    return {s.id: tuple(p for p in s.phrasings if p not in had.get(s.id, ())) for s in new.services}


def _missed(
    fresh: Knowledge, live: Knowledge, conversations: Sequence[Conversation]
) -> Iterator[tuple[Result, bool]]:
    """Each example this knowledge misses, and whether the live release has it right."""
    for conversation in conversations:
        now = evaluate([conversation], fresh).results
        if not all(result.right for result in now):
            before = evaluate([conversation], live).results
            yield from ((n, b.right) for n, b in zip(now, before, strict=True) if not n.right)


def _lost(result: Result, added: Mapping[str, tuple[str, ...]]) -> Lost:
    case = result.case
    return Lost(case.q, case.wanted, result.first, added.get(result.first, ())[:3])


def _self_test(
    fresh: Knowledge,
    live: Knowledge,
    stored: Sequence[tuple[str, str]],
    added: Mapping[str, tuple[str, ...]],
    progress: Progress,
) -> tuple[list[Lost], list[str]]:
    astray, known = [], []
    for done, (service, phrasing) in enumerate(stored, 1):
        found = _best(fresh, phrasing)
        if found != f"service/{service}":
            if phrasing in added[service] or _best(live, phrasing) == f"service/{service}":
                kind, _, name = found.partition("/")
                new = added.get(name, ())[:3] if kind == "service" else ()
                astray.append(Lost(phrasing, service, found, new))
            else:
                known.append(f"“{phrasing}” ({service}) → {found}")
        if done % _EVERY == 0:
            progress(_LEARNT + _EXAMPLES + _SELF * done // len(stored), 100)
    progress(100, 100)
    return astray, known


def _best(knowledge: Knowledge, text: str) -> str:
    return understood(text, knowledge).judgement.best
