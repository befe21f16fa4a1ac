"""发布记录: what was released when, by whom and why; what was said on a day; and the way back."""

from datetime import date
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.catalogue.records import Address
from bot.errors import InputError
from bot.staff.accounts import allow
from bot.staff.console.access import Visit
from bot.staff.console.console import Console
from bot.staff.console.forms import count_of
from bot.staff.console.showing import titles_of, with_names
from bot.staff.console.today import service_options
from bot.staff.progress import Progress
from bot.staff.publishing import reason_of

PATH = "/staff/history"
MAY_RELEASE = ("reviewer", "admin")
_SHORT_SECONDS = 1.0


class HistoryPage:
    """The releases."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._releases = console.drafts.history

    async def listed(self, visit: Visit) -> Response:
        """Every release; with `?service=` and `?day=` what was said then."""
        asked, service = visit.asked("day"), visit.asked("service")
        try:
            day = date.fromisoformat(asked) if asked else None
        except ValueError:
            day = None
        said = await self._releases.said_on(service, day) if day and service else None
        return visit.page(
            "history",
            here=PATH,
            releases=await self._releases.all(),
            services=service_options(self._console),
            service=service,
            day=asked or self._console.today.isoformat(),
            said=said,
        )

    async def release(self, visit: Visit) -> Response:
        """One release: what it changed, and how it differs from what is live."""
        return await self._page(visit, _number(visit))

    async def _page(
        self, visit: Visit, number: int, status_code: int = 200, *, fault: str = "", sure: str = ""
    ) -> Response:
        """The release's page; `sure` is the reason for which it is about to come back whole."""
        release, newest = await self._releases.release(number), await self._releases.newest()
        changed = await self._releases.diff(number - 1, number) if number > 1 else []
        since = await self._releases.diff(number, newest) if number != newest else []
        records = (await self._releases.snapshot(number)).records
        live = (await self._releases.live()).records
        services = {
            c.address.id: records.get(Address("services", c.address.id), {}).get("name", c.address.id)
            for c in since
            if c.address.kind in ("services", "examples")
        }
        return visit.page(
            "release",
            status_code,
            here=PATH,
            fault=fault,
            sure=sure,
            release=release,
            newest=newest,
            suffix="",
            changes=with_names(changed, records, live),
            since=with_names(since, records, live),
            titles=titles_of([*changed, *since], records, live),
            services=services,
            may=visit.account.role in MAY_RELEASE,
        )

    async def roll_back(self, visit: Visit) -> Response:
        """Release an older release again, for a reason: for one service, or whole once that is confirmed."""
        allow(visit.account, "release")
        number, service = _number(visit), visit.form.one("service")
        try:
            reason = reason_of(visit.form.one("reason"))
        except InputError as error:
            return await self._page(visit, number, 400, fault=visit.pages.unread(error))
        if not service and "sure" not in visit.form:
            return await self._page(visit, number, sure=reason)
        return await self._start(visit, number, service, reason)

    async def _start(self, visit: Visit, number: int, service: str, reason: str) -> Response:
        account, publisher, jobs = visit.account, self._console.publisher, self._console.jobs
        about = {"back": f"{PATH}/{number}", "service": service}
        if at_it := jobs.going_on("release", **about):
            return visit.go(f"/staff/jobs/{at_it}")

        async def work(progress: Progress) -> Any:
            return await publisher.roll_back(account, number, reason, service, progress)

        job = jobs.start(account.name, "release", work, **about)
        await jobs.wait(job, _SHORT_SECONDS)
        return visit.go(f"/staff/jobs/{job.id}")


def _number(visit: Visit) -> int:
    number = count_of(visit.part("number"))
    if number is None:
        raise HTTPException(404)
    return number
