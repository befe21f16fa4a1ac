"""The command for any FAQ: rank."""

import argparse
import gc
import sys
import time
from pathlib import Path
from typing import Any

from bot import config
from bot.bodies import lines_of
from bot.cli.output import Complaints, interruptible, print_json, progress


def add_to(commands: Any) -> None:
    """Declare the command."""
    rank = commands.add_parser("rank", help="rank the intents of any FAQ for questions on standard input")
    rank.add_argument(
        "--kb", metavar="FILE", type=Path, required=True, help='phrasings, a line {"intent", "text"} each'
    )
    rank.set_defaults(run=_rank)


async def _rank(arguments: argparse.Namespace, _settings: config.Settings) -> int:
    from bot import faq
    from bot.matching import ranking

    interruptible()  # also while the index is built
    started = time.perf_counter()
    lines = faq.read(arguments.kb)
    index = ranking.build(lines, lambda done: progress(done, len(lines)))
    seconds = time.perf_counter() - started
    ready = f"ready: {len(index.intents)} intents, {len(lines)} phrasings, {seconds:.1f} s"
    print(ready, file=sys.stderr, flush=True)
    gc.freeze()  # or the collector would look through a large index again and again
    complaints = Complaints()
    for line in faq.answers(lines_of(sys.stdin.buffer), index, complaints):
        print_json(line)
    return complaints.exit_code
