"""`python scripts/bench`: every engine on every piece of work, one fresh process after another."""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from scripts.benchmark import table
from scripts.benchmark.engines import ENGINES
from scripts.benchmark.measure import MEMORY_LIMIT
from scripts.benchmark.work import FEW, Source, Work, haystack, write, written

_ROOT = Path(__file__).resolve().parents[2]
_FAQS, _HELD_OUT = (Path(__file__).with_name(name) for name in ("faqs", "held_out"))
_README = _ROOT / "README.md"
_GROWTH = (
    "Growth, FAQs made from ours with other places, words and numbers, four phrasings an intent: "
    "latency median / p99 · build · memory · right first:"
)
_SIZES = (1_000, 10_000, 100_000, 1_000_000)
_TIME_LIMIT = 600
_HAYSTACK = 12_000  # intents
_ASKED = 1_000  # questions of each size
_SLOW = 20  # milliseconds at the median
# One core: what is compared is engines, not how many cores a library takes.
_ONE_CORE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"), "1")


def main() -> None:
    """Measure, print, and, unless in a hurry, write into README.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few questions, small sizes; README.md stays")
    parser.add_argument(
        "--engines",
        nargs="+",
        default=[*ENGINES],
        help="measure these alone; on the same work others' rows are kept",
    )
    parser.add_argument(
        "--sections", nargs="+", default=[""], help="how those headings begin that are measured"
    )
    given = parser.parse_args()
    quick, engines, sections = given.quick, given.engines, tuple(given.sections)
    source = Source(_ROOT / "knowledge")
    questions, sizes = (300, _SIZES[:2]) if quick else (3_000, _SIZES)
    parts = []
    for described, works in _sets(source, questions, quick):
        chosen = engines if described.startswith(sections) else ()
        parts += [described, table.accuracy(_every(_compared(works, described.partition(":")[0], chosen)))]
    parts += [_GROWTH, table.growth(_grown(source, sizes, engines if _GROWTH.startswith(sections) else ()))]
    whole = len(engines) == len(ENGINES) and sections == ("",)
    text = table.kept("\n\n".join([*parts, _fine_print(whole)]), _README)
    print(text)
    if not quick:
        table.put(_README, text)


def _every(found: dict[str, Any]) -> dict[str, Any]:
    return dict.fromkeys(ENGINES, table.NOT_MEASURED) | found


def _sets(source: Source, questions: int, quick: bool) -> Iterator[tuple[str, list[Work]]]:
    """Each set with what is to be said of it."""
    for folder, language, name, splits in (
        (_FAQS, "zh", "Chinese", 2),
        (_HELD_OUT, "zh", "Chinese, kept apart from all tuning", 3),
        (_FAQS, "en", "English", 4),
    ):
        works = written(folder, language, 1 if quick else splits)
        yield f"FAQs written by hand, {name}: {_described(works)}, {FEW} phrasings an intent:", works
    if not quick:
        made = source.large(FEW * _HAYSTACK, 0).faq
        hidden = [haystack(written(_FAQS, "zh", 1), made, questions)]
        yield (
            f"The Chinese ones in one haystack, made like those of the growth below: {_described(hidden)}:",
            hidden,
        )
    few = [source.few(questions)]
    yield f"Our services as a FAQ: {_described(few)}, {FEW} phrasings a service, strangers: signposts:", few
    everything = [source.everything(questions)]
    yield (
        f"Our services, signposts and small talk as a FAQ: {_described(everything)}, {FEW} each:",
        everything,
    )
    every = [source.all(questions)]
    yield f"Our services with all their phrasings: {_described(every)}, asked `knowledge/examples`:", every


def _grown(source: Source, sizes: Sequence[int], engines: Iterable[str]) -> dict[int, dict[str, Any]]:
    """What came of each size; an engine that failed or grew slow is not asked about the next."""
    grown: dict[int, dict[str, Any]] = {}
    first = dict.fromkeys(engines, {"failed": "–"})
    for size in sizes:
        found = _compared([source.large(size, _ASKED)], f"{size:,}", engines) if first else {}
        grown[size] = _every(first | found)
        engines = [engine for engine in engines if found[engine].get("median", _SLOW) < _SLOW]
    return grown


def _compared(works: Sequence[Work], name: str, engines: Iterable[str]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "work.json"
        write(works, path)
        return {engine: _measured(engine, path, name) for engine in engines}


def _measured(engine: str, path: Path, name: str) -> dict[str, Any]:
    print(f"{name}: {engine} …", file=sys.stderr, flush=True)
    command = [sys.executable, "-W", "ignore", "-m", "scripts.benchmark.measure", engine, str(path)]
    try:
        done = subprocess.run(
            command, cwd=_ROOT, env=os.environ | _ONE_CORE, stdout=subprocess.PIPE, timeout=_TIME_LIMIT
        )
    except subprocess.TimeoutExpired:
        return {"failed": f"over {_TIME_LIMIT // 60} min"}
    return dict(json.loads(done.stdout)) if done.returncode == 0 else {"failed": f"exit {done.returncode}"}


def _described(works: Sequence[Work]) -> str:
    intents = sum(len({intent for intent, _ in work.faq}) for work in works)
    counts = [sum(len(part) for part in parts) for parts in zip(*works, strict=True)]
    splits = f"{len(works)} splits with together " if len(works) > 1 else ""
    return (
        f"{splits}{intents} intents, {counts[0]:,} phrasings, {counts[1]:,} questions, "
        f"{counts[2]:,} out of scope"
    )


def _fine_print(whole: bool) -> str:
    older = "" if whole else " What that run left out stands as an earlier one measured it."
    return (
        f"Measured on {date.today()} by `python scripts/bench`, {platform.machine()}, one core, Python "
        f"{platform.python_version()}, each engine in a fresh process of at most {MEMORY_LIMIT >> 30} GB and "
        f"{_TIME_LIMIT // 60} minutes. *Strangers refused*: the share of out-of-scope questions below the "
        "score that lets 95 % of the others through; for this and for AUROC as many of each length are taken "
        "from both, as length alone would give them away. The FAQs written by hand are in "
        "`scripts/benchmark/faqs`: the weights were chosen on them; kept apart from all that are those in "
        "`scripts/benchmark/held_out`; how sure 甬问 is was fitted on those in `scripts/benchmark/fitting`. "
        "*Median*, *p99*: each question "
        "is asked in three rounds, its middle time counts. *Memory*: the whole process at its peak, the FAQ "
        f"itself included. –: not measured, as it had failed or taken over {_SLOW} ms at the size before."
        f"{older}"
    )


if __name__ == "__main__":
    main()
