"""试答: which questions would be answered otherwise, worked out beside and shown before anything is saved."""

from typing import Any

from starlette.responses import Response

from bot.catalogue.records import Edits
from bot.local_time import DAY_SECONDS
from bot.staff.console import work
from bot.staff.console.access import Visit
from bot.staff.console.console import Console
from bot.staff.progress import Progress
from bot.staff.whatif import as_asked

_SHORT_SECONDS = 0.7  # that a press waits, so that a short trial shows its result at once
_SINCE_SECONDS = 90 * DAY_SECONDS


async def start_trial(
    console: Console, visit: Visit, space: work.Workspace, edits: Edits = work.NO_EDITS, title: str = ""
) -> Response:
    """Try these edits of a workspace (none: as it stands) and go to the page that tells what comes of it."""
    after = await work.with_edits(space.snapshot, edits)
    logged = as_asked(await console.questions.wordings(console.clock() - _SINCE_SECONDS))

    async def tried(progress: Progress) -> Any:
        return await console.publisher.what_if(after, logged, progress)

    about = {"edits": edits, "seen": (space.seen, space.version), "target": visit.form.one("draft")}
    if not edits:
        about["whole"] = (space.seen, space.version)
    back = f"/staff/drafts/{space.seen}" if space.draft else "/staff/knowledge"
    job = console.jobs.start(visit.account.name, "try", tried, title=title, back=back, **about)
    await console.jobs.wait(job, _SHORT_SECONDS)
    return visit.go(f"/staff/jobs/{job.id}")
