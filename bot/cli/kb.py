"""Commands for drafts and releases: kb check, diff, import, export, release, rebase, rollback, history …"""

import argparse
import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from bot import app, config
from bot.app.editorial import Editorial, open_editorial
from bot.app.kb import diff, export_files, import_files, release, said, signed_in
from bot.catalogue.records import Change
from bot.cli.output import moment, print_faults, progress
from bot.cli.passwords import password
from bot.errors import ConflictError, InputError
from bot.staff.drafts import OPEN
from bot.staff.publishing import Released
from bot.staff.release_history import PastAnswer
from bot.store.accounts import Account
from bot.store.catalogue import Release

Action = Callable[[argparse.Namespace, config.Settings], Awaitable[int]]
Declare = Callable[..., argparse.ArgumentParser]
_NAMED = "the number of a release, live, the id of a draft, or a folder of knowledge files"


def add_to(commands: Any) -> None:
    """Declare the commands."""
    group = commands.add_parser(
        "kb",
        help="the knowledge as drafts and releases: "
        "check, diff, import, export, release, rebase, rollback, history, drafts",
    )
    actions = group.add_subparsers(dest="action", required=True, metavar="ACTION")

    def action(name: str, run: Action, text: str, *, acts: bool = False) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = actions.add_parser(name, help=text)
        parser.set_defaults(run=run)
        if acts:
            parser.add_argument("--as", dest="account", metavar="NAME", required=True, help="your account")
        return parser

    _declare_files(action)
    _declare_releases(action)
    action("drafts", _drafts, "list the drafts that are not released")


def _declare_files(action: Declare) -> None:
    check = action("check", _check, "find every fault that keeps a draft, or files, from being released")
    check.add_argument("what", nargs="?", help="the id of a draft, or a folder; default: the knowledge files")
    compare = action("diff", _diff, "what differs, field by field; one name: from the live release to it")
    compare.add_argument("first", nargs="?", help=f"{_NAMED}; default: the folder of knowledge files")
    compare.add_argument("second", nargs="?", help="the same, to compare the first with it instead")
    bring = action("import", _import, "make a draft from a folder of edited files", acts=True)
    bring.add_argument("folder", type=Path)
    bring.add_argument("--title", default="")
    bring.add_argument("--reason", default="", help="why; history keeps it")
    bring.add_argument("--base", type=int, metavar="N", help="the release the files were made from")
    bring.add_argument(
        "--remove", action="store_true", help="take away what a folder lacks that no export wrote"
    )
    bring.add_argument("--submit", action="store_true", help="hand it in for review at once")
    export = action("export", _export, "write a release or draft back as files, byte for byte")
    export.add_argument("folder", type=Path)
    export.add_argument("--of", default="live", metavar="WHAT", help="a release, a draft, or live (default)")
    export.add_argument(
        "--prune", action="store_true", help="delete other knowledge files of a folder that an export wrote"
    )


def _declare_releases(action: Declare) -> None:
    out = action("release", _release, "release a draft as its second person", acts=True)
    out.add_argument("draft")
    rebase = action("rebase", _rebase, "put a draft on top of the live release", acts=True)
    rebase.add_argument("draft")
    back = action("rollback", _rollback, "release an older release again, whole or one service", acts=True)
    back.add_argument("release", type=int)
    back.add_argument("--service", default="", help="only this service")
    back.add_argument("--reason", required=True, help="why; history keeps it")
    for releasing in (out, back):
        releasing.add_argument(
            "--misses", action="store_true", help="list the examples that miss as they did before"
        )
    past = action("history", _history, "every release with who, when, why; or what was said on a day")
    past.add_argument("--json", action="store_true", help="print JSON")
    past.add_argument("--said", metavar="SERVICE", help="what was said about a service …")
    past.add_argument("--on", type=_day, metavar="DAY", help="… on this day, as 2026-12-31")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no day, like 2026-12-31") from error


async def _acting(editorial: Editorial, arguments: argparse.Namespace) -> Account:
    return await signed_in(editorial, arguments.account, password(f"password of {arguments.account}"))


async def _check(arguments: argparse.Namespace, settings: config.Settings) -> int:
    folder = Path(arguments.what or settings.knowledge)
    if folder.is_dir() or not arguments.what:
        found = app.check_knowledge(replace(settings, knowledge=folder), progress).faults
    else:
        async with open_editorial(settings, makes=False) as editorial:
            of_draft = await editorial.drafts.faults(arguments.what)
        found = tuple(f.fault for f in (*of_draft.blocking, *of_draft.overdue))
    return print_faults(found)


async def _diff(arguments: argparse.Namespace, settings: config.Settings) -> int:
    first, second = arguments.first or str(settings.knowledge), arguments.second
    before, after = (first, second) if second else ("live", first)
    async with open_editorial(settings, makes=False) as editorial:
        found, quiet = await diff(editorial, before, after)
    for change in found:
        print(_as_line(change))
    for path in quiet:
        print(f"{path}: only comments or layout")
    if not found and not quiet:
        print("no differences", file=sys.stderr)
    return 0


def _as_line(change: Change) -> str:
    before, after = (json.dumps(v, ensure_ascii=False) for v in (change.before, change.after))
    if isinstance(change.before, list) and isinstance(change.after, list):
        gone = [x for x in change.before if x not in change.after]
        come = [x for x in change.after if x not in change.before]
        if gone or come:
            before, after = (
                f"{sign}{json.dumps(v, ensure_ascii=False)}" for sign, v in (("-", gone), ("+", come))
            )
            return f"{change.address} {change.field}: {before} {after}"
    return f"{change.address} {change.field}: {before} → {after}"


async def _import(arguments: argparse.Namespace, settings: config.Settings) -> int:
    async with open_editorial(settings, makes=False) as editorial:
        account = await _acting(editorial, arguments)
        draft, tally = await import_files(
            editorial,
            account,
            arguments.folder,
            title=arguments.title,
            reason=arguments.reason,
            base=arguments.base,
            remove=arguments.remove,
        )
        print(draft.id, flush=True)
        print(tally, file=sys.stderr)
        if arguments.submit:
            draft = await editorial.reviews.submit(account, draft.id, draft.version)
    print(f"draft {draft.id} on release {draft.base}: {draft.state}", file=sys.stderr)
    return 0


async def _export(arguments: argparse.Namespace, settings: config.Settings) -> int:
    async with open_editorial(settings, makes=False) as editorial:
        written = await export_files(editorial, arguments.folder, arguments.of, prune=arguments.prune)
    print(f"{arguments.folder}: {written.files} files written", file=sys.stderr)
    for path in written.deleted:
        print(f"deleted: {path}", file=sys.stderr)
    for path in written.left:
        print(f"not in the release: {path}", file=sys.stderr)
    return 0


async def _release(arguments: argparse.Namespace, settings: config.Settings) -> int:
    async with open_editorial(settings, makes=False) as editorial:
        account = await _acting(editorial, arguments)
        _report(await release(editorial, account, arguments.draft, progress), arguments.misses)
    return 0


def _report(released: Released, misses: bool) -> None:
    print(released.number, flush=True)
    judged = released.judged
    if judged is None:
        return
    print(f"{judged.examples} examples and {judged.phrasings} phrasings tested", file=sys.stderr)
    for line in judged.known:
        print(f"missed before as well: {line}", file=sys.stderr)
    if judged.weak:
        told = "" if misses else "; --misses lists them"
        print(f"{len(judged.weak)} examples miss, as they did before{told}", file=sys.stderr)
    for line in dict.fromkeys(judged.weak) if misses else ():
        print(f"an example that misses: {line}", file=sys.stderr)


async def _rebase(arguments: argparse.Namespace, settings: config.Settings) -> int:
    async with open_editorial(settings, makes=False) as editorial:
        account = await _acting(editorial, arguments)
        try:
            draft, result = await editorial.drafts.rebase(account, arguments.draft)
        except ConflictError as error:
            for address, merged in getattr(error.conflict, "conflicts", ()):
                for field, base, mine, theirs in merged.conflicts:
                    print(f"{address} {field}: {base!r} → mine {mine!r}, theirs {theirs!r}")
            raise
    for path in result.layout:
        print(f"{path}: comments and layout are the release's", file=sys.stderr)
    print(f"draft {draft.id} on release {draft.base}: {draft.state}", file=sys.stderr)
    return 0


async def _rollback(arguments: argparse.Namespace, settings: config.Settings) -> int:
    async with open_editorial(settings, makes=False) as editorial:
        account = await _acting(editorial, arguments)
        back = await editorial.publisher.roll_back(
            account, arguments.release, arguments.reason, arguments.service, progress
        )
        _report(back, arguments.misses)
    return 0


async def _history(arguments: argparse.Namespace, settings: config.Settings) -> int:
    if (arguments.said is None) != (arguments.on is None):
        raise InputError("--said and --on go together")
    async with open_editorial(settings, makes=False) as editorial:
        if arguments.said is not None:
            return _tell(await said(editorial, arguments.said, arguments.on), arguments.on)
        for one in await editorial.drafts.history.all():
            print(_as_json(one) if arguments.json else _as_row(one))
    return 0


def _tell(answers: Sequence[PastAnswer], day: date) -> int:
    for one in answers:
        print(f"{one.release.number}\t{moment(one.release.created_at)}\t{one.answer}")
    if not answers:
        print(f"nothing was released yet on {day}", file=sys.stderr)
    return 0


def _as_json(release: Release) -> str:
    return json.dumps(release._asdict() | {"created_on": release.created_on.isoformat()}, ensure_ascii=False)


def _as_row(release: Release) -> str:
    who = (release.editor, release.reviewer, release.note, release.reason)
    return "\t".join((str(release.number), moment(release.created_at), *who))


async def _drafts(_arguments: argparse.Namespace, settings: config.Settings) -> int:
    async with open_editorial(settings, makes=False) as editorial:
        for draft in await editorial.drafts.all(OPEN):
            version = f"version {draft.version} on release {draft.base}"
            print(draft.id, draft.state, version, draft.author, draft.title, sep="\t")
    return 0
