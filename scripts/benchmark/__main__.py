"""`python scripts/bench [--quick]`: every engine on every piece of work, one fresh process after another."""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from scripts.benchmark import table
from scripts.benchmark.engines import ENGINES
from scripts.benchmark.measure import MEMORY_LIMIT
from scripts.benchmark.work import FEW, Source, Work, write, written

_ROOT = Path(__file__).resolve().parents[2]
_FAQS = Path(__file__).parent / "faqs"
_SIZES = (1_000, 10_000, 100_000, 1_000_000)
_TIME_LIMIT = 600
# One core: what is compared is engines, not how many cores a library takes.
_ONE_CORE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"), "1")


def main() -> None:
    """Measure, print, and, unless in a hurry, write into README.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few questions, small sizes; README.md stays")
    quick = parser.parse_args().quick
    source = Source(_ROOT / "knowledge")
    questions, sizes = (300, _SIZES[:2]) if quick else (3_000, _SIZES)
    splits = 2 if quick else 6
    parts = [
        part
        for described, works in _sets(source, questions, splits)
        for part in (described, table.accuracy(_compared(works, described.partition(":")[0])))
    ]
    parts += [
        "Growth, FAQs made from ours with other places, words and numbers, four phrasings an intent: "
        "latency median / p99 · build · memory · right first:",
        table.growth({n: _compared([source.large(n, 300)], f"{n:,}") for n in sizes}),
        _fine_print(),
    ]
    text = "\n\n".join(parts)
    print(text)
    if not quick:
        table.put(_ROOT / "README.md", text)


def _sets(source: Source, questions: int, splits: int) -> Iterator[tuple[str, list[Work]]]:
    """Each set with what is to be said of it."""
    for language, name in (("zh", "Chinese"), ("en", "English")):
        works = written(_FAQS, language, splits)
        yield f"FAQs written by hand, {name}: {_described(works)}, {FEW} phrasings an intent:", works
    few = [source.few(questions)]
    yield f"Our services as a FAQ: {_described(few)}, {FEW} phrasings a service, strangers: signposts:", few
    everything = [source.everything(questions)]
    yield (
        f"Our services, signposts and small talk as a FAQ: {_described(everything)}, {FEW} each:",
        everything,
    )
    every = [source.all(questions)]
    yield f"Our services with all their phrasings: {_described(every)}, asked `knowledge/examples`:", every


def _compared(works: Sequence[Work], name: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "work.json"
        write(works, path)
        return {engine: _measured(engine, path, name) for engine in ENGINES}


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


def _fine_print() -> str:
    return (
        f"Measured on {date.today()} by `python scripts/bench`, {platform.machine()}, one core, Python "
        f"{platform.python_version()}, each engine in a fresh process of at most {MEMORY_LIMIT >> 30} GB and "
        f"{_TIME_LIMIT // 60} minutes. *Strangers refused*: the share of out-of-scope questions below the "
        "score that lets 95 % of the others through; for this and for AUROC as many of each length are taken "
        "from both, as length alone would give them away. The FAQs written by hand "
        "(`scripts/benchmark/faqs`) served to choose the engine's weights. *Memory*: the whole process "
        "at its peak, the FAQ itself included."
    )


if __name__ == "__main__":
    main()
