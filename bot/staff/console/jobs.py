"""Work that takes longer than a page may: it runs beside, and a page that reloads tells how far it is."""

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.exceptions import HTTPException

from bot.errors import YongwenError
from bot.staff.progress import Progress

log = logging.getLogger("yongwen.console")

MOST_KEPT = 40
Work = Callable[[Progress], Awaitable[Any]]


@dataclass
class Job:
    """One piece of work: `kind` names its page, `about` is what the page needs besides the result."""

    id: str
    owner: str
    kind: str
    about: dict[str, Any]
    done: int = 0
    total: int = 0
    started: float = field(default_factory=time.monotonic)
    result: Any = None
    error: YongwenError | None = None
    task: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def running(self) -> bool:
        """Whether it still goes on."""
        return self.task is not None and not self.task.done()

    @property
    def per_cent(self) -> int:
        """How much of it is done."""
        return 100 * self.done // self.total if self.total else 0

    @property
    def taken(self) -> tuple[int, int]:
        """The minutes and seconds since it began."""
        return divmod(int(time.monotonic() - self.started), 60)


class Jobs:
    """The jobs of this process, the oldest forgotten first."""

    def __init__(self) -> None:
        self._kept: dict[str, Job] = {}

    def start(self, owner: str, kind: str, work: Work, **about: Any) -> Job:
        """Begin a piece of work for an account."""
        job = Job(secrets.token_urlsafe(9), owner, kind, about)
        job.task = asyncio.ensure_future(self._run(job, work))
        self._kept[job.id] = job
        finished = [j for j in self._kept.values() if not j.running]
        for old in finished[: max(0, len(self._kept) - MOST_KEPT)]:
            del self._kept[old.id]
        return job

    def of(self, job_id: str, owner: str) -> Job:
        """An account's own job; 404 where there is none."""
        job = self.seen(job_id)
        if job.owner != owner:
            raise HTTPException(404)
        return job

    def seen(self, job_id: str) -> Job:
        """Anybody's job, to look at: whoever reviews sees what the editor tried. 404 where none is known."""
        job = self._kept.get(job_id)
        if job is None:
            raise HTTPException(404, "no-job")
        return job

    def newest(self, kind: str, **about: Any) -> str:
        """The id of the newest job of a kind that is about this; empty where there is none any more."""
        return next((job.id for job in self._alike(kind, about)), "")

    def going_on(self, kind: str, **about: Any) -> str:
        """The id of the job of a kind that is at this just now; empty where none is."""
        return next((job.id for job in self._alike(kind, about) if job.running), "")

    def _alike(self, kind: str, about: Mapping[str, Any]) -> Iterator[Job]:
        for job in reversed(self._kept.values()):
            if job.kind == kind and all(job.about.get(name) == value for name, value in about.items()):
                yield job

    async def wait(self, job: Job, seconds: float) -> None:
        """Give a short job the chance to be over before a page is shown."""
        if job.task is not None:
            await asyncio.wait({job.task}, timeout=seconds)

    async def close(self) -> None:
        """Let nothing run on after the service has ended."""
        running = [j.task for j in self._kept.values() if j.task is not None and not j.task.done()]
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running)

    async def _run(self, job: Job, work: Work) -> None:
        def progress(done: int, total: int) -> None:
            job.done, job.total = done, total

        try:
            job.result = await work(progress)
        except YongwenError as error:
            job.error = error
        except Exception:
            log.exception("a job of the console failed")
            job.error = YongwenError("it failed; the log says why")
