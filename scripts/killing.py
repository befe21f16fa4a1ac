"""Kill staff's work at random moments and look at what is left: the old or the new, nothing half or lost.

Each round forks a process that edits, imports or releases on two real databases with a tiny knowledge, kills
it with SIGKILL at a random moment, and lets another fresh process look at both databases. What is learnt from
the tiny knowledge is learnt once: learning writes nothing, and the edits change no phrasing.
"""

import asyncio
import multiprocessing
import os
import random
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "staff")]

import alembic.command  # noqa: F401  (every process forked from here needs it)
from editorial import EDITOR, NOON, REVIEWER, built, settings

from bot.app.editorial import Editorial, open_editorial
from bot.catalogue.check import check
from bot.catalogue.records import Address
from bot.conversation.learning import restore
from bot.local_time import day_of
from bot.staff.progress import Progress
from bot.staff.quality_gate import Base, Judged, judge_release
from bot.staff.snapshot import Snapshot

KINDS = ("edit", "import", "release", "rollback")
LIBRARY = Address("services", "library")
EDITED = (LIBRARY, Address("services", "kitchen"))
"""Saved together: a version has both or neither. In what was built they differ."""
_FORK = multiprocessing.get_context("fork")


async def nothing_learnt(
    work: Callable[..., Any], *arguments: Any, progress: Progress, **_limits: Any
) -> Any:
    """What was learnt from the live release serves every other, as only descriptions are edited."""
    base, *_ = arguments
    assert work is judge_release, "the newest releases keep what was learnt"
    assert isinstance(base, Base)
    return Judged(dict(base.models), (), (), (), (), 0, 0)


Said = list[tuple[Any, ...]]
Say = Callable[[tuple[Any, ...]], None]


async def _work(folder: Path, kind: str, mark: int, say: Say) -> None:
    """Work without end, saying what was confirmed."""
    async with open_editorial(settings(folder), nothing_learnt) as editorial:
        add = editorial.publisher.history.store.add

        async def writing(*arguments: Any) -> int:
            say(("writing",))
            return await add(*arguments)

        editorial.publisher.history.store.add = writing  # type: ignore[method-assign,assignment]
        say(("ready",))
        for number in range(10_000):
            await {"edit": _edit, "import": _import, "release": _release, "rollback": _roll_back}[kind](
                editorial, _letters(mark, number), say
            )


def _letters(*numbers: int) -> str:
    """Numbers as letters: a text may hold no number that is not a figure."""
    return "-".join("".join(chr(ord("a") + int(digit)) for digit in str(number)) for number in numbers)


async def _edit(editorial: Editorial, text: str, say: Say) -> str:
    draft = await editorial.drafts.create(EDITOR, text)
    for part in "甲乙丙":
        records = await editorial.drafts.records(draft.id)
        edits = {address: {**records[address], "description": f"{text}{part}"} for address in EDITED}
        draft = await editorial.drafts.save(EDITOR, draft.id, draft.version, edits)
        say(("saved", draft.id, draft.version, f"{text}{part}"))
    return draft.id


async def _import(editorial: Editorial, text: str, say: Say) -> str:
    live = await editorial.drafts.history.live()
    texts = {path: f"# {text}\n{old}" if path.endswith(".yaml") else old for path, old in live.texts.items()}
    for address in EDITED:
        path, before = str(live.path_of_record(address)), str(live.records[address]["description"])
        texts[path] = texts[path].replace(before, text)
    draft = await editorial.drafts.create(EDITOR, text, texts=live.differing(texts), what="files")
    say(("saved", draft.id, draft.version, text))
    return draft.id


async def _release(editorial: Editorial, text: str, say: Say) -> None:
    draft = await editorial.drafts.get(await _edit(editorial, text, say))
    await editorial.reviews.submit(EDITOR, draft.id, draft.version)
    await editorial.reviews.approve(REVIEWER, draft.id, draft.version)
    say(("approved", draft.id, draft.version, f"{text}丙"))
    released = await editorial.publisher.release(REVIEWER, draft.id, draft.version)
    say(("released", released.number, f"{text}丙"))


async def _roll_back(editorial: Editorial, text: str, say: Say) -> None:
    live = await editorial.drafts.history.newest()
    if live == 1:
        await _release(editorial, text, say)
        return
    wanted = str((await editorial.drafts.history.snapshot(live - 1)).records[LIBRARY]["description"])
    released = await editorial.publisher.roll_back(REVIEWER, live - 1, text)
    say(("released", released.number, wanted))


def _forked(target: Callable[..., Any], *arguments: Any) -> tuple[Any, Any]:
    ours, theirs = _FORK.Pipe(duplex=False)
    process = _FORK.Process(target=_started, args=(theirs, target, arguments), daemon=True)
    process.start()
    theirs.close()
    return process, ours


def _started(pipe: Any, target: Callable[..., Any], arguments: Sequence[Any]) -> None:
    asyncio.run(target(*arguments, pipe.send))


class Pace(NamedTuple):
    """How long, in seconds, edits with a release take here, and the writing of the release alone."""

    work: float
    write: float


def _pace(folder: Path) -> Pace:
    process, pipe = _forked(_work, folder, "release", 0)
    moments = {}
    while "released" not in moments:
        moments[pipe.recv()[0]] = time.perf_counter()
    process.kill()
    process.join()
    pipe.close()
    return Pace(moments["released"] - moments["ready"], moments["released"] - moments["writing"])


def _killed_round(folder: Path, kind: str, mark: int, pace: Pace, chance: random.Random) -> tuple[Said, bool]:
    """One process killed at a random moment: what it had confirmed, and whether a transaction was open."""
    process, pipe = _forked(_work, folder, kind, mark)
    said: Said = [pipe.recv()]
    while_writing = kind in ("release", "rollback") and chance.random() < 0.5
    while while_writing and said[-1][0] != "writing":
        said.append(pipe.recv())
    time.sleep(chance.uniform(0, 1.2 * (pace.write if while_writing else pace.work)))
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    journal = folder / "services.sqlite-journal"
    open_transaction = journal.exists() and journal.stat().st_size > 0
    try:
        while True:
            said.append(pipe.recv())
    except EOFError:
        pipe.close()
    return said, open_transaction


async def _look(folder: Path, said: Said, live_before: int, say: Say) -> None:
    """Look at both databases as whoever comes next; says what is wrong, then what is live."""
    wrong = _damage(folder)
    async with open_editorial(settings(folder), nothing_learnt) as editorial:
        live = await editorial.drafts.history.newest()
        confirmed = [entry[1:] for entry in said if entry[0] == "released"]
        begun = sum(entry[0] == "writing" for entry in said)
        if not live_before + len(confirmed) <= live <= live_before + begun:
            wrong.append(f"release {live} after {live_before} + {len(confirmed)} confirmed of {begun} begun")
        for number in range(live_before, live + 1):
            wrong += await release_faults(editorial, number)
        for number, text in confirmed:
            if (await editorial.drafts.history.snapshot(number)).records[LIBRARY]["description"] != text:
                wrong.append(f"release {number} is not what was confirmed")
        for entry in [e for e in said if e[0] in ("saved", "approved")]:
            wrong += await _draft_faults(editorial, *entry[1:])
        approved = await editorial.drafts.all(("approved",))
        forgotten = [d.id for d in approved if await editorial.drafts.history.release_of(d.id) is not None]
        wrong += [f"draft {draft} was released and does not know it" for draft in forgotten]
    say((wrong, live))


def _damage(folder: Path) -> list[str]:
    wrong = []
    for name in ("services.sqlite", "second.sqlite"):
        with closing(sqlite3.connect(folder / name)) as connection:
            found = connection.execute("PRAGMA integrity_check").fetchone()[0]
        if found != "ok":
            wrong.append(f"{name}: {found}")
    return wrong


async def release_faults(editorial: Editorial, number: int) -> list[str]:
    """A release is whole: its rows say what its files say, and what was learnt fits.

    What was built was not saved together, and a roll-back may bring it back under any number.
    """
    snapshot = await editorial.drafts.history.snapshot(number)
    edited = _edited(snapshot)
    if len(set(edited)) > 1 and edited != _edited(await editorial.drafts.history.snapshot(1)):
        return [f"release {number} has half of what was saved together"]
    catalogue = await editorial.drafts.history.store.catalogue(number)
    if check(snapshot.documents, day_of(NOON)).catalogue != catalogue:
        return [f"release {number} is a mixture"]
    models = await editorial.drafts.history.store.models(number)
    if models:
        restore(catalogue, models)
    elif number == await editorial.drafts.history.newest():
        return [f"release {number} has nothing learnt"]
    return []


def _edited(snapshot: Snapshot) -> list[str]:
    return [str(snapshot.records[address]["description"]) for address in EDITED]


async def _draft_faults(editorial: Editorial, draft_id: str, version: int, text: str) -> list[str]:
    draft = await editorial.drafts.get(draft_id)
    found = set(_edited(await editorial.drafts.snapshot(draft, version)))
    return [] if found == {text} else [f"draft {draft_id} version {version} says {found}, not {text!r}"]


def kills(
    folder: Path, rounds: int, seed: int, tell: Callable[[str], None] = lambda line: None
) -> Counter[str]:
    """Kill so many times; counts by kind, and under `wrong` what must not be. Nothing may run beside it."""
    chance = random.Random(seed)
    asyncio.run(built(folder))
    counts: Counter[str] = Counter()
    pace, live = _pace(folder), 2
    for number in range(1, rounds + 1):
        kind = KINDS[number % len(KINDS)]
        said, open_transaction = _killed_round(folder, kind, number, pace, chance)
        process, pipe = _forked(_look, folder, said, live)
        try:
            wrong, now = pipe.recv()
        except EOFError:
            wrong, now = ["the databases cannot be opened any more"], live
        process.join()
        pipe.close()
        confirmed = sum(entry[0] == "released" for entry in said)
        counts[kind] += 1
        counts["confirmed saves"] += sum(entry[0] == "saved" for entry in said)
        counts["confirmed releases"] += confirmed
        counts["killed inside a release's transaction"] += open_transaction
        counts["new release though its process died unconfirmed"] += now - live > confirmed
        counts["wrong"] += len(wrong)
        for line in wrong:
            tell(f"round {number} ({kind}): {line}")
        live = now
        if number % 50 == 0:
            tell(f"{number} of {rounds}")
    return counts


def main(rounds: int = 200, seed: int = 1) -> int:
    """Print the figures; returns 1 where anything was wrong."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        counts = kills(Path(folder), rounds, seed, print)
    print(f"{rounds} kills in {time.perf_counter() - started:.0f} s (seed {seed})")
    for name, count in counts.items():
        print(f"{count:6} {name}")
    return 1 if counts["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
