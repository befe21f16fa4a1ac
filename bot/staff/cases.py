"""Labelled questions, read from lines of JSON or from the example files of the knowledge folder."""

import itertools
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from pydantic import ValidationError
from pydantic.dataclasses import dataclass

from bot.bodies import LineDecoder, check_length, json_fault, lines_of
from bot.catalogue.examples import NO_TOPIC
from bot.catalogue.lookup import Lookup
from bot.errors import InputError
from bot.staff.files import read_document

OUTSIDE = "outside"
CALM = "calm"
SORTS = ("in scope", OUTSIDE, "several", "follow-up", "urgent", CALM)
"""What is measured by a case."""
NEAR = "near"
# After how many openings each saying is tried, and how far apart these stand in their list.
_OPENINGS_EACH = 2
_STRIDE = 7


@dataclass(frozen=True)
class Case:
    """One labelled turn.

    `expect`: alternatives for each thing asked, none for one of several that is outside the plan; empty
    where all that is asked is.
    `numbers`: the acceptable emergency numbers, empty for no emergency, None where not labelled.
    `topics`: the signposts that are right to name outside the plan, NO_TOPIC among them where it is right
    to name none; empty where not labelled.
    `after`: the question before in the same conversation.
    """

    q: str
    expect: tuple[frozenset[str], ...]
    numbers: frozenset[str] | None = None
    style: str = ""
    kind: str = ""
    topics: frozenset[str] = frozenset()
    first: bool = True
    after: str = ""

    @property
    def sort(self) -> str:
        """What is measured by it, one of SORTS."""
        if self.numbers is not None:
            return "urgent" if self.numbers else CALM
        if not self.first:
            return "follow-up"
        return {0: OUTSIDE, 1: "in scope"}.get(len(self.expect), "several")

    @property
    def wanted(self) -> str:
        """What should come of it: services joined by +, `outside`, numbers parted by /, or `calm`."""
        if self.numbers is not None:
            return "/".join(sorted(self.numbers)) or CALM
        return "+".join(min(part, default=OUTSIDE) for part in self.expect) or OUTSIDE

    def is_met_by(self, services: Collection[str]) -> bool:
        """Whether these services are just what is asked: one for each thing that is not outside the plan."""
        asked = [part for part in self.expect if part]
        return len(services) == len(asked) and any(
            all(service in part for service, part in zip(order, asked, strict=True))
            for order in itertools.permutations(services)
        )


Conversation = tuple[Case, ...]


class Nameable(NamedTuple):
    """What labels may name: the ids of services, and those of topics outside the plan."""

    services: frozenset[str]
    topics: frozenset[str]


def nameable(lookup: Lookup) -> Nameable:
    """What there is in a catalogue to name."""
    return Nameable(frozenset(lookup.services), frozenset(lookup.signposts) | {NO_TOPIC})


def read_cases(paths: Sequence[Path], known: Nameable | None = None) -> list[Conversation]:
    """Conversations of labelled files: .jsonl, or example files (.yaml). InputError says what is wrong.

    A label that names nothing `known` is wrong too: it could never be met.
    """
    found = []
    for where, conversation in (placed for path in paths for placed in _read(path)):
        if known is not None:
            _check_names(conversation, known, where)
        found.append(conversation)
    if not found:
        raise InputError("no labelled question found in these files")
    return found


def _check_names(conversation: Conversation, known: Nameable, where: str) -> None:
    for case in conversation:
        unknown = [*(frozenset().union(*case.expect) - known.services), *(case.topics - known.topics)]
        if unknown:
            named = ", ".join(map(repr, sorted(unknown)))
            raise InputError(f"{where}: {case.q!r} is labelled {named}, which the catalogue does not have")


def first_turns(conversations: Iterable[Conversation]) -> list[Case]:
    """What conversations begin with, each question once: many examples of follow-ups begin alike."""
    found: dict[str, Case] = {}
    for first, *_ in conversations:
        found.setdefault(first.q, first)
    return list(found.values())


def _read(path: Path) -> Iterator[tuple[str, Conversation]]:
    """Each conversation, after the place where it stands: the file, and of lines the line."""
    try:
        if path.is_dir():
            for inner in sorted(path.rglob("*.yaml")):
                yield from _read(inner)
        elif path.suffix == ".yaml":
            yield from ((str(path), found) for found in example_cases(read_document(path, path.name).data))
        else:
            with path.open("rb") as source:
                yield from _lines(source, path)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: not a file of labelled questions: {_missed(error)}") from error


def _lines(source: BinaryIO, path: Path) -> Iterator[tuple[str, Conversation]]:
    decoded = LineDecoder()
    for number, line in enumerate(lines_of(source), 1):
        where = f"{path}:{number}"
        check_length(line, where)
        if text := decoded(line, number, where).strip():
            yield where, _line(text, where)


def _line(line: str, where: str) -> Conversation:
    try:
        row = json.loads(line)
        if "turns" in row:
            return _conversation(row["turns"])
        return (_case(row),)
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{where}: not a labelled question: {_missed(error)}") from error


def _missed(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return json_fault(error)
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        return f'"{".".join(map(str, first["loc"]))}": {first["msg"]}'
    return f'"{error.args[0]}" is missing' if isinstance(error, KeyError) else str(error)


def _conversation(turns: Sequence[dict[str, Any]]) -> Conversation:
    if not turns:
        raise ValueError("there is no turn in it")
    befores = ("", *(turn["q"] for turn in turns))
    return tuple(_case(turn, before) for turn, before in zip(turns, befores, strict=False))


def _case(row: dict[str, Any], after: str = "") -> Case:
    expect = row.get("expect", [])
    groups: Any = expect if expect and isinstance(expect[0], list) else [expect] if expect else []
    return Case(
        q=row["q"],
        expect=groups,
        numbers=row.get("numbers"),
        style=row.get("style", row.get("group", "")),
        kind=row.get("kind", ""),
        topics=row.get("topics", ()),
        first=not after,
        after=after,
    )


def example_cases(data: Any) -> Iterator[Conversation]:
    """The conversations of an example file: of one service, or of what is said around the services."""
    of_a_service = "service" in data or "examples" in data
    yield from _service_cases(data) if of_a_service else _talk_cases(data)


def _service_cases(data: Any) -> Iterator[Conversation]:
    """The examples of a service, and its near misses where they land elsewhere."""
    own = data["service"]
    for example in data.get("examples", ()):
        style, kind = example.get("style", ""), example.get("kind", "")
        yield (Case(q=example["q"], expect=_lands(own), style=style, kind=kind),)
    for near in data.get("near_misses", ()):
        topics = frozenset(near.get("topics", ()))
        yield (Case(q=near["q"], expect=_lands(near["lands"]), style=NEAR, topics=topics),)


def _talk_cases(data: Any) -> Iterator[Conversation]:
    """Dialogues, sayings after each of some openings, several questions at once, cries for help."""
    for dialogue in data.get("dialogues", ()):
        yield _conversation([_turn(row) for row in dialogue])
    yield from _sayings(data)
    for example in data.get("several", ()):
        yield (Case(q=example["q"], expect=tuple(map(_group, example["lands"]))),)
    for group in data.get("urgent", ()):
        for row in map(_saying, group["said"]):
            yield (_case(row | {"numbers": group["numbers"]}),)


def _sayings(data: Any) -> Iterator[Conversation]:
    """What goes on about any topic, and what is about something else, each after a few openings.

    What is about something else is asked by itself too.
    """
    openings = [_turn(row) for row in data.get("openings", ())]
    continued = [(q, kind) for kind, said in data.get("continued", {}).items() for q in said]
    outside = list(map(_saying, data.get("outside", ())))
    for number, (q, kind) in enumerate(continued):
        for opening in _openings_for(number, openings):
            yield _conversation([opening, {"q": q, "expect": opening["expect"], "kind": kind}])
    for number, row in enumerate(outside, len(continued)):
        yield (_case(row),)
        for opening in _openings_for(number, openings):
            yield _conversation([opening, row | {"kind": OUTSIDE}])


def _saying(row: Any) -> dict[str, Any]:
    return row if isinstance(row, dict) else {"q": row}


def _openings_for(number: int, openings: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The openings that the saying with this number is tried after."""
    for step in range(min(_OPENINGS_EACH, len(openings))):
        yield openings[(number + step * _STRIDE) % len(openings)]


def _turn(row: Any) -> dict[str, Any]:
    expect = [list(group) for group in _lands(row.get("lands", OUTSIDE))]
    return {**row, "expect": expect, "kind": row.get("kind", "")}


def _lands(name: str) -> tuple[frozenset[str], ...]:
    group = _group(name)
    return (group,) if group else ()


def _group(name: str) -> frozenset[str]:
    """What would be right where something lands on a service, or on nothing: `outside`."""
    return frozenset() if name == OUTSIDE else frozenset({name})
