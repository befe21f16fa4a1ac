"""One engine on one piece of work, in a process of its own; what it measured goes out as a JSON line."""

import gc
import json
import resource
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from scripts.benchmark.engines import ENGINES, Answer, Engine, Ranked
from scripts.benchmark.work import Work, read

MEMORY_LIMIT = 8 << 30
_WARM_UP = 20
_SECONDS_FOR_QUESTIONS = 30
_ROUNDS = 3
_ACCEPTED = 0.95
_MAC = sys.platform == "darwin"


def measure(engine: str, works: Sequence[Work]) -> dict[str, Any]:
    """Build, ask, count. Times in seconds (build) and milliseconds (questions), memory in megabytes."""
    done = [_worked(ENGINES[engine], work) for work in works]
    places = [place for one in done for place in one.places]
    times = [time for one in done for time in one.times]
    return {
        "hit@1": statistics.fmean(place == 1 for place in places),
        "hit@3": statistics.fmean(1 <= place <= 3 for place in places),
        "mrr": statistics.fmean(1 / place if place else 0.0 for place in places),
        **{key: statistics.fmean(one.refusal[key] for one in done) for key in done[0].refusal},
        "build": sum(one.built for one in done),
        "median": statistics.median(times),
        "p99": sorted(times)[int(0.99 * len(times))],
        "memory": _megabytes(),
        "asked": len(times),
    }


class _Done(NamedTuple):
    """One piece of work: seconds to build, milliseconds a question, the place (from 1; 0 none) of the right
    intent for each question, and how well strangers were told apart."""

    built: float
    times: list[float]
    places: list[int]
    refusal: dict[str, float]


def _worked(engine: Engine, work: Work) -> _Done:
    started = time.perf_counter()
    answer = engine(work.faq)
    built = time.perf_counter() - started
    gc.collect()
    gc.freeze()
    for _, question in work.questions[:_WARM_UP]:
        answer(question)
    inside, times = _asked(answer, [question for _, question in work.questions], _ROUNDS)
    outside, _ = _asked(answer, work.strangers)
    own, strange = alike([q for _, q in work.questions[: len(inside)]], work.strangers[: len(outside)])
    places = [_place(intent, ranked) for (intent, _), ranked in zip(work.questions, inside, strict=False)]
    refusal = _refusal([_first(inside[n]) for n in own], [_first(outside[n]) for n in strange])
    return _Done(built, times, places, refusal)


def _place(intent: str, ranked: Ranked) -> int:
    names = [name for name, _ in ranked[:10]]
    return names.index(intent) + 1 if intent in names else 0


def _first(ranked: Ranked) -> float:
    return ranked[0][1] if ranked else 0.0


def _megabytes() -> float:
    """The most memory this process has held; on Linux not what its parent held before it."""
    if _MAC:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _asked(answer: Answer, questions: Sequence[str], rounds: int = 1) -> tuple[list[Ranked], list[float]]:
    """Answers, and for each the middle of its milliseconds in so many rounds, as far as the time goes."""
    ranked: list[Ranked] = []
    times: list[list[float]] = []
    until = time.perf_counter() + _SECONDS_FOR_QUESTIONS
    for round_ in range(rounds):
        for number, question in enumerate(questions):
            started = time.perf_counter()
            if started > until:
                break
            found = answer(question)
            took = (time.perf_counter() - started) * 1000
            if round_:
                times[number].append(took)
            else:
                ranked.append(found)
                times.append([took])
    return ranked, list(map(statistics.median, times))


def _refusal(inside: Sequence[float], outside: Sequence[float]) -> dict[str, float]:
    """How well the best score tells strangers from questions that belong."""
    if not inside or not outside:
        return {}
    limit = sorted(inside)[int((1 - _ACCEPTED) * len(inside))]
    higher = sum((i > o) + (i == o) / 2 for i in inside for o in outside)
    return {
        "refused": statistics.fmean(score < limit for score in outside),
        "auroc": higher / (len(inside) * len(outside)),
    }


def alike(own: Sequence[str], strange: Sequence[str]) -> tuple[list[int], list[int]]:
    """As many of both as there are of each length, or a short question would give itself away."""
    lengths: tuple[defaultdict[int, list[int]], ...] = (defaultdict(list), defaultdict(list))
    for texts, by_length in zip((own, strange), lengths, strict=True):
        for number, text in enumerate(texts):
            by_length[len(text)].append(number)
    chosen: tuple[list[int], list[int]] = ([], [])
    for length, numbers in lengths[0].items():
        count = min(len(numbers), len(lengths[1][length]))
        for by_length, some in zip(lengths, chosen, strict=True):
            some += by_length[length][:count]
    return chosen


if __name__ == "__main__":
    if not _MAC:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    try:
        found = measure(sys.argv[1], read(Path(sys.argv[2])))
    except MemoryError:
        found = {"failed": "out of memory"}
    print(json.dumps(found))
