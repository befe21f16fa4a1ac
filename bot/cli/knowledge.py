"""Commands for the knowledge files: check, build, eval, danger, fit, known."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from bot import app, config
from bot.cli.output import print_faults, progress, write
from bot.errors import KnowledgeError


def add_to(commands: Any) -> None:
    """Declare the commands."""
    add = commands.add_parser
    check = add("check", help="find every fault of the knowledge files")
    check.set_defaults(run=_check)
    build = add("build", help="check the knowledge files and build services.sqlite from them")
    build.set_defaults(run=_build)
    evaluate = add("eval", help="score labelled questions (.jsonl, example files or their folder)")
    evaluate.add_argument("files", nargs="+", metavar="FILE", type=Path, help="labelled questions")
    evaluate.add_argument("--json", action="store_true", help="print JSON")
    evaluate.add_argument("--html", metavar="PAGE", type=Path, help="write a page with plots")
    evaluate.add_argument("--wrong", action="store_true", help="list what went wrong")
    evaluate.add_argument(
        "--perturb", action="store_true", help="count instead how often small changes change the answer"
    )
    evaluate.set_defaults(run=_eval)
    danger = add("danger", help="try whether danger is heard however people cry, and only then; lists misses")
    danger.set_defaults(run=_danger)
    fit = add("fit", help="fit the confidence on the examples; writes knowledge/confidence.yaml")
    fit.set_defaults(run=_fit)
    known = add("known", help="list the examples that miss; writes knowledge/known_failures.yaml")
    known.set_defaults(run=_known)


async def _check(_arguments: argparse.Namespace, settings: config.Settings) -> int:
    return print_faults(app.check_knowledge(settings, progress).faults)


async def _build(_arguments: argparse.Namespace, settings: config.Settings) -> int:
    number = await app.build(settings, progress)
    print(f"{settings.catalogue}: {number} services", file=sys.stderr)
    return 0


async def _eval(arguments: argparse.Namespace, settings: config.Settings) -> int:
    from bot.staff import measures, report

    if arguments.perturb:
        rows = await app.perturb(settings, arguments.files, progress)
        as_json = json.dumps(rows, ensure_ascii=False)
        print(as_json if arguments.json else report.perturbed_as_text(rows, arguments.wrong))
        return 0
    evaluation = await app.evaluate(settings, arguments.files, progress)
    figures = measures.measure(evaluation)
    if arguments.html:
        write(arguments.html, report.as_html(figures, evaluation))
    print(json.dumps(figures, ensure_ascii=False) if arguments.json else report.as_text(figures))
    if arguments.wrong:
        print(report.wrong_as_text(evaluation.wrong))
    return 0


async def _danger(_arguments: argparse.Namespace, settings: config.Settings) -> int:
    from bot.staff import report

    evaluation, shares = await app.check_danger(settings, progress)
    print(report.wrong_as_text(evaluation.wrong))
    for share in shares:
        print(f"{share.sort}: {share.right} of {share.asked} right, at least {share.least:.1%} must be")
    return 0 if all(share.enough for share in shares) else KnowledgeError.exit_code


async def _fit(_arguments: argparse.Namespace, settings: config.Settings) -> int:
    print(await app.fit_confidence(settings, progress), file=sys.stderr)
    return 0


async def _known(_arguments: argparse.Namespace, settings: config.Settings) -> int:
    print(await app.list_failures(settings, progress), file=sys.stderr)
    return 0
