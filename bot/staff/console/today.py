"""今日: what needs a person, and how residents were served."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from starlette.responses import Response

from bot.catalogue.records import Address, ByAddress, Fields
from bot.local_time import DAY_SECONDS, day_of
from bot.staff import charts, counts
from bot.staff.console.access import Visit
from bot.staff.console.console import Console
from bot.staff.console.forms import count_of
from bot.staff.console.pending import Pending
from bot.staff.console.showing import titled
from bot.staff.drafts import OPEN
from bot.staff.due import due
from bot.store.drafts import Draft
from bot.store.questions import By, MarkedWrong

PATH = "/staff"
SPANS = (7, 14, 30, 90)
_SINCE_DAYS = 30  # older questions are no longer work to do
_MOST_WORDINGS = 500  # looked at, of each sort
_SHOWN = 20  # groups, unless all are asked for


class CalledWrong(NamedTuple):
    """What a resident called wrong on a day: the records it named, with their titles and texts.

    The text is empty where another release has come since.
    """

    given: MarkedWrong
    day: str
    named: Sequence[tuple[Address, str, str]]


class TodayPage:
    """The first page after signing in."""

    def __init__(self, console: Console) -> None:
        self._console = console

    async def page(self, visit: Visit) -> Response:
        """What needs a person, and the charts of `?days=`."""
        console = self._console
        asked = count_of(visit.asked("days"))
        days = asked if asked in SPANS else SPANS[1]
        everything = await pending_of(console)
        pending = [group for group in everything if not group.signpost]
        elsewhere = [group for group in everything if group.signpost]
        most = None if visit.asked("all") else _SHOWN
        since = console.clock() - _SINCE_DAYS * DAY_SECONDS
        to_verify = due(console.knowledge().lookup, console.today)
        return visit.page(
            "today",
            here=PATH,
            pending=pending[:most],
            pending_total=len(pending),
            elsewhere=elsewhere[:most],
            elsewhere_total=len(elsewhere),
            signpost_names={s.id: s.name for s in console.knowledge().lookup.signposts.values()},
            drafted=await self._drafted(everything),
            services=service_options(console),
            wrong=await self._called_wrong(since),
            due=[one for one in to_verify if one.reason != "plan"],
            plan_over=[one for one in to_verify if one.reason == "plan"],
            waiting=await console.drafts.all(("submitted", "approved")),
            days=days,
            spans=SPANS,
            **await self._charts(days),
        )

    async def _called_wrong(self, since: float) -> list[CalledWrong]:
        history = self._console.drafts.history
        live, newest = (await history.live()).records, await history.newest()
        given = await self._console.questions.marked_wrong(since)
        return [CalledWrong(g, str(day_of(g.given_at)), _named(g, live, g.release == newest)) for g in given]

    async def _drafted(self, pending: Sequence[Pending]) -> dict[str, Draft]:
        """The wordings that stand in an open draft already, with the draft."""
        found: dict[str, Draft] = {}
        for draft in await self._console.drafts.all(OPEN):
            texts = [t for t in (await self._console.drafts.texts(draft.id)).values() if t]
            lines = {
                line.strip().removeprefix("- ").strip("'\"") for text in texts for line in text.splitlines()
            }
            found |= {w.text: draft for p in pending for w in p.cluster.wordings if w.text in lines}
        return found

    async def _charts(self, days: int) -> dict[str, Any]:
        questions, lookup = self._console.questions, self._console.knowledge().lookup
        since = self._console.clock() - days * DAY_SECONDS
        words = self._console.pages.words["charts"]
        daily = counts.per_day(
            await questions.counts("day", "status", "topic", since=since), self._console.today, days
        )
        rows: dict[By, Mapping[Any, str]] = {
            "service": {s.id: s.name for s in lookup.services.values()},
            "domain": {d.number: d.name for d in lookup.domains.values()},
            "channel": words["channels"],
        }
        drawn = {}
        for name, names in rows.items():
            bars = counts.ranked(await questions.counts(name, since=since), names)
            title = words[name]
            about = words["none"] if not bars else "、".join(f"{b.label}{b.number}" for b in bars)
            drawn[name] = (title, bars, charts.bars(bars, f"chart-{name}", title, about))
        totals = counts.totals(daily)
        series = words["statuses"]
        about = "、".join(f"{label}{total}" for label, total in zip(series, totals, strict=True))
        svg = charts.stacked(daily, series, "chart-day", words["day"], about)
        return {"daily": daily, "series": series, "totals": totals, "day_chart": svg, "drawn": drawn}


def _named(given: MarkedWrong, live: ByAddress, is_live: bool) -> list[tuple[Address, str, str]]:
    kind, _, id_ = given.topic.partition("/")
    about = [Address("services", id_) for id_ in given.services]
    about += [
        a for a in (Address("signposts", id_), Address("elsewhere", id_)) if kind == "signpost" and a in live
    ]
    return [(a, titled(a, live), _text(live.get(a, {})) if is_live else "") for a in about]


def _text(fields: Fields) -> str:
    return f"{fields.get('summary', '')}{fields.get('description', '')}"


async def pending_of(console: Console) -> list[Pending]:
    """The groups of questions that today's release still cannot answer; those signposted elsewhere last."""
    since = console.clock() - _SINCE_DAYS * DAY_SECONDS
    wordings = await console.questions.asked_in_vain(since, _MOST_WORDINGS)
    wordings += await console.questions.asked_in_vain(since, _MOST_WORDINGS, elsewhere=True)
    return await console.pending.groups(wordings, console.knowledge())


def service_options(console: Console) -> list[tuple[str, list[tuple[str, str]]]]:
    """(domain, [(id, name)]) of every service, for a choice."""
    lookup = console.knowledge().lookup
    return [(d.name, [(s.id, s.name) for s in lookup.of_domain(d.number)]) for d in lookup.domains.values()]
