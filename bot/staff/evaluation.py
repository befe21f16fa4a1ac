"""How right 甬问 is on labelled questions: read them, ask them, and count."""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml.error import YAMLError

from bot.conversation.knowledge import Knowledge
from bot.conversation.state import State
from bot.conversation.turn import turn
from bot.errors import InputError
from bot.messages import Message, Reply
from bot.staff.files import read_document

OUTSIDE = "outside"


@dataclass(frozen=True)
class Case:
    """One labelled turn.

    `expect`: a tuple of alternatives for each thing asked; empty for outside the plan.
    `numbers`: the acceptable emergency numbers, empty for no emergency, None where not labelled.
    """

    q: str
    expect: tuple[frozenset[str], ...]
    numbers: frozenset[str] | None = None
    style: str = ""
    kind: str = ""
    first: bool = True

    @property
    def sort(self) -> str:
        """What is measured by it: in scope, outside, several, urgent, calm or follow-up."""
        if self.numbers is not None:
            return "urgent" if self.numbers else "calm"
        if not self.first:
            return "follow-up"
        return {0: "outside", 1: "in scope"}.get(len(self.expect), "several")


@dataclass(frozen=True)
class Result:
    """A case with the reply it got."""

    case: Case
    reply: Reply

    @property
    def answers(self) -> tuple[str, ...]:
        """The services answered about."""
        return tuple(m.service for m in self.reply.matches if m.role == "answer")

    @property
    def first(self) -> str:
        """The service named first, answered or offered."""
        return self.reply.matches[0].service if self.reply.matches else ""

    @property
    def right(self) -> bool:
        """Whether the reply is what the label asks for."""
        case = self.case
        if case.numbers is not None:
            alarmed = self.reply.status == "emergency"
            return alarmed and self.reply.phones[0] in case.numbers if case.numbers else not alarmed
        if not case.expect:
            return self.reply.status != "answered"
        if len(case.expect) == 1:
            return self.first in case.expect[0] and len(self.answers) <= 1
        found = set(self.answers)
        return all(found & part for part in case.expect) and len(found) == len(case.expect)


@dataclass
class Evaluation:
    """All results, with the time each took in microseconds."""

    results: list[Result] = field(default_factory=list)

    def of(self, sort: str) -> list[Result]:
        """The results of one sort of case."""
        return [r for r in self.results if r.case.sort == sort]

    @property
    def wrong(self) -> list[Result]:
        """What went wrong."""
        return [r for r in self.results if not r.right]


Conversation = tuple[Case, ...]


def read_cases(paths: Sequence[Path]) -> list[Conversation]:
    """Conversations of labelled files: .jsonl, or example files (.yaml). InputError says what is wrong."""
    found = [c for path in paths for c in _read(path)]
    if not found:
        raise InputError("no labelled question found in these files")
    return found


def _read(path: Path) -> Iterator[Conversation]:
    try:
        if path.is_dir():
            for inner in sorted(path.rglob("*.yaml")):
                yield from _read(inner)
        elif path.suffix == ".yaml":
            yield from example_cases(read_document(path, path.name).data)
        else:
            for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
                if line.strip():
                    yield _line(line, f"{path}:{number}")
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise InputError(f"{path}: {error}") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: not a file of labelled questions: {error!r}") from error


def _line(line: str, where: str) -> Conversation:
    try:
        row = json.loads(line)
        if "turns" in row:
            return tuple(_case(turn, i == 0) for i, turn in enumerate(row["turns"]))
        return (_case(row, True),)
    except (json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{where}: not a labelled question: {error!r}") from error


def _case(row: dict[str, Any], first: bool) -> Case:
    if not isinstance(row["q"], str):
        raise TypeError('"q" must be a string')
    expect = row.get("expect", [])
    groups = expect if expect and isinstance(expect[0], list) else [expect] if expect else []
    return Case(
        q=row["q"],
        expect=tuple(frozenset(g) for g in groups),
        numbers=frozenset(row["numbers"]) if "numbers" in row else None,
        style=row.get("style", row.get("group", "")),
        kind=row.get("kind", ""),
        first=first,
    )


def example_cases(data: Any) -> Iterator[Conversation]:
    """The cases of an example file: its examples, and its near misses where they land elsewhere."""
    own = data["service"]
    for example in data.get("examples", ()):
        expect = () if own == OUTSIDE else (frozenset({own}),)
        yield (Case(example["q"], expect, style=example.get("style", ""), kind=example.get("kind", "")),)
    for near in data.get("near_misses", ()):
        lands = near["lands"]
        yield (Case(near["q"], () if lands == OUTSIDE else (frozenset({lands}),), style="near"),)


def evaluate(
    conversations: Iterable[Conversation],
    knowledge: Knowledge,
    progress: Callable[[int], None] = lambda done: None,
) -> Evaluation:
    """Hold the conversations, each from a fresh state."""
    evaluation = Evaluation()
    for done, conversation in enumerate(conversations, 1):
        state = State()
        for case in conversation:
            started = time.perf_counter_ns()
            reply, state = turn(Message(case.q), state, knowledge)
            reply = reply.timed((time.perf_counter_ns() - started) // 1000)
            evaluation.results.append(Result(case, reply))
        progress(done)
    return evaluation
