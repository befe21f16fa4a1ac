"""`python scripts/bench [--quick]`: every engine on every piece of work, one fresh process after another."""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from scripts.benchmark import table
from scripts.benchmark.engines import ENGINES
from scripts.benchmark.measure import MEMORY_LIMIT
from scripts.benchmark.work import FEW, Source, Work

_ROOT = Path(__file__).resolve().parents[2]
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
    few, every = source.few(questions), source.all(questions)
    parts = [
        f"{_described(few)}, {FEW} phrasings a service, asked the other phrasings and `knowledge/examples`:",
        table.accuracy(_compared(few, "few")),
        f"{_described(every)}, all phrasings, asked `knowledge/examples`:",
        table.accuracy(_compared(every, "all")),
        "Growth, FAQs made from ours with other places, words and numbers, four phrasings an intent: "
        "latency median / p99 · build · memory · right first:",
        table.growth({n: _compared(source.large(n, 300), f"{n:,}") for n in sizes}),
        _fine_print(),
    ]
    text = "\n\n".join(parts)
    print(text)
    if not quick:
        table.put(_ROOT / "README.md", text)


def _compared(work: Work, name: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "work.json"
        work.write(path)
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


def _described(work: Work) -> str:
    intents = len({intent for intent, _ in work.faq})
    return (
        f"Our own knowledge as a FAQ: {intents} services, {len(work.faq):,} phrasings, "
        f"{len(work.questions):,} questions, {len(work.strangers):,} out of scope"
    )


def _fine_print() -> str:
    return (
        f"Measured on {date.today()} by `python scripts/bench`, {platform.machine()}, one core, Python "
        f"{platform.python_version()}, each engine in a fresh process of at most {MEMORY_LIMIT >> 30} GB and "
        f"{_TIME_LIMIT // 60} minutes. *Strangers refused*: the share of out-of-scope questions below the "
        "score that lets 95 % of the others through; for this and for AUROC as many of each length are taken "
        "from both, as ours are shorter and length alone would give them away. *Memory*: the whole process "
        "at its peak, the FAQ itself included."
    )


if __name__ == "__main__":
    main()
