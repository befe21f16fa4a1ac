"""How far a job is, and what came of it."""

from starlette.responses import Response

from bot.errors import AccessError, ConflictError, GateError, KnowledgeError
from bot.staff.console import work
from bot.staff.console.console import Console
from bot.staff.console.door import Visit
from bot.staff.console.jobs import Job
from bot.staff.press import Released


class JobPage:
    """The page of one job: it reloads itself until the job is over."""

    def __init__(self, console: Console) -> None:
        self._console = console

    async def page(self, visit: Visit) -> Response:
        """Progress, then the result: a trial's page, the new release, or why there is none."""
        job = self._console.jobs.of(visit.part("id"), visit.account.name)
        if job.running:
            return visit.page("job", job=job)
        if job.error is not None:
            return self._failed(visit, job)
        if isinstance(job.result, Released):
            return visit.go(f"/staff/history/{job.result.number}", "released")
        return visit.page("trial", job=job, tried=job.result)

    async def send(self, visit: Visit) -> Response:
        """Save what was tried."""
        job = self._console.jobs.of(visit.part("id"), visit.account.name)
        about = job.about
        edits, title = about["edits"], about["title"]
        try:
            draft = await work.save(
                self._console, visit.account, about["seen"], about["target"], edits, title
            )
        except work.UnchangedError:
            return visit.go(about["back"], "unchanged")
        return visit.go(f"/staff/drafts/{draft.id}", "saved")

    def _failed(self, visit: Visit, job: Job) -> Response:
        error = job.error
        words = visit.pages.words["unable"]
        lines = error.faults if isinstance(error, GateError | KnowledgeError) else ()
        keys = {GateError: "gate", KnowledgeError: "faults", ConflictError: "conflict"}
        key = next((name for kind, name in keys.items() if isinstance(error, kind)), "failed")
        if isinstance(error, AccessError):
            return visit.page("failed", 403, job=job, why=visit.pages.words["problems"][error.code], lines=())
        return visit.page("failed", 409, job=job, why=words[key], lines=lines)
