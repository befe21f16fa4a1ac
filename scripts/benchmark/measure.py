"""One engine on one piece of work, in a process of its own; what it measured goes out as a JSON line."""

import gc
import json
import resource
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scripts.benchmark.engines import ENGINES, Answer, Ranked
from scripts.benchmark.work import Work, read

MEMORY_LIMIT = 8 << 30
_WARM_UP = 20
_SECONDS_FOR_QUESTIONS = 120
_ACCEPTED = 0.95


def measure(engine: str, work: Work) -> dict[str, Any]:
    """Build, ask, count. Times in seconds (build) and milliseconds (questions), memory in megabytes."""
    started = time.perf_counter()
    answer = ENGINES[engine](work.faq)
    built = time.perf_counter() - started
    gc.freeze()
    for _, question in work.questions[:_WARM_UP]:
        answer(question)
    inside, times = _asked(answer, [question for _, question in work.questions])
    outside, _ = _asked(answer, work.strangers)
    intents = [intent for intent, _ in work.questions]
    names = [[intent for intent, _ in ranked[:3]] for ranked in inside]
    return {
        "hit@1": statistics.fmean(i in n[:1] for i, n in zip(intents, names, strict=False)),
        "hit@3": statistics.fmean(i in n for i, n in zip(intents, names, strict=False)),
        **_refusal(inside, outside),
        "build": built,
        "median": statistics.median(times),
        "p99": sorted(times)[int(0.99 * len(times))],
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << (20 if _MAC else 10)),
        "asked": len(times),
    }


_MAC = sys.platform == "darwin"


def _asked(answer: Answer, questions: Sequence[str]) -> tuple[list[Ranked], list[float]]:
    """Answers and milliseconds, until the questions or the time are up."""
    ranked, times = [], []
    until = time.perf_counter() + _SECONDS_FOR_QUESTIONS
    for question in questions:
        started = time.perf_counter()
        if started > until:
            break
        ranked.append(answer(question))
        times.append((time.perf_counter() - started) * 1000)
    return ranked, times


def _refusal(inside: Sequence[Ranked], outside: Sequence[Ranked]) -> dict[str, float]:
    """How well the best score tells strangers from questions that belong."""
    if not outside:
        return {}
    own, strange = ([ranked[0][1] if ranked else 0.0 for ranked in some] for some in (inside, outside))
    limit = sorted(own)[int((1 - _ACCEPTED) * len(own))]
    below = sum((o > s) + (o == s) / 2 for o in own for s in strange)
    return {
        "refused": statistics.fmean(score < limit for score in strange),
        "auroc": below / (len(own) * len(strange)),
    }


if __name__ == "__main__":
    if not _MAC:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    try:
        found = measure(sys.argv[1], read(Path(sys.argv[2])))
    except MemoryError:
        found = {"failed": "out of memory"}
    print(json.dumps(found))
