"""How far a job is, and what came of it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.errors import AccessError, ConflictError, GateError, InputError, KnowledgeError, WorkerError
from bot.staff.console import work
from bot.staff.console.access import Visit
from bot.staff.console.console import Console
from bot.staff.console.jobs import Job
from bot.staff.publishing import Released
from bot.staff.quality_gate import Lost

_UNABLE = {GateError: "gate", KnowledgeError: "faults", ConflictError: "conflict", WorkerError: "died"}


class JobPage:
    """The page of one job: it reloads itself until the job is over."""

    def __init__(self, console: Console) -> None:
        self._console = console

    async def page(self, visit: Visit) -> Response:
        """Progress, then the result: a trial's page, the new release, or why there is none."""
        job = self._console.jobs.seen(visit.part("id"))
        if job.running:
            return visit.page("job", job=job)
        if job.error is not None:
            return self._failed(visit, job)
        if isinstance(job.result, Released):
            return visit.go(f"/staff/history/{job.result.number}", "released")
        return visit.page("trial", job=job, tried=job.result)

    async def send(self, visit: Visit) -> Response:
        """Save what was tried; 404 for a job that tried nothing."""
        job = self._console.jobs.of(visit.part("id"), visit.account.name)
        if "edits" not in job.about:
            raise HTTPException(404)
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
        error, words = job.error, visit.pages.words
        lost: Sequence[Loss] = ()
        status_code = 409
        if isinstance(error, AccessError):
            status_code, why = 403, words["problems"].get(error.code, words["problems"]["role"])
        elif isinstance(error, InputError):
            why = visit.pages.unread(error)
        else:
            why = words["unable"][
                next((key for kind, key in _UNABLE.items() if isinstance(error, kind)), "failed")
            ]
        if isinstance(error, GateError):
            lost = [self._loss(one, words) for one in error.lost if isinstance(one, Lost)]
        return visit.page("failed", status_code, job=job, why=why, lost=lost)

    def _loss(self, lost: Lost, words: Mapping[str, Any]) -> "Loss":
        """A question that would be lost, with the services' names."""
        services = self._console.knowledge().lookup.services

        def named(topic: str) -> str:
            id_ = topic.removeprefix("service/")
            return services[id_].name if id_ in services else words["landings"].get(topic, topic)

        parts = words["and"].join(map(named, lost.expected.split("+")))
        owner = lost.expected if lost.expected in services else ""
        return Loss(lost.question, parts, named(lost.to), lost.phrasings, owner)


class Loss(NamedTuple):
    """A question answered rightly before, what it was about, where it would land, and new phrasings there.

    `owner` is the service it belongs to, where it is one.
    """

    question: str
    was: str
    now: str
    phrasings: Sequence[str]
    owner: str
