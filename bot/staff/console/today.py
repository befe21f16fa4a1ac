"""今日: what needs a person, and how residents were served."""

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple

from starlette.responses import Response

from bot.staff import charts, figures
from bot.staff.clusters import Cluster, Suggestion, clusters, still_in_vain, suggestions
from bot.staff.console.console import Console
from bot.staff.console.door import Visit
from bot.staff.desk import OPEN
from bot.staff.due import due
from bot.store.drafts import Draft

PATH = "/staff"
SPANS = (7, 14, 30, 90)
_SINCE_DAYS = 30
_DAY = 24 * 3600
_MOST_WORDINGS = 500
_SHOWN = 20


class Pending(NamedTuple):
    """A group of questions asked in vain with the services it probably means."""

    cluster: Cluster
    suggestions: list[Suggestion]


class Today:
    """The first page after signing in."""

    def __init__(self, console: Console) -> None:
        self._console = console

    async def page(self, visit: Visit) -> Response:
        """What needs a person, and the charts of `?days=`."""
        console = self._console
        asked = visit.asked("days")
        days = int(asked) if asked.isdecimal() and int(asked) in SPANS else SPANS[1]
        pending = await pending_of(console)
        since = console.clock() - _SINCE_DAYS * _DAY
        return visit.page(
            "today",
            here=PATH,
            pending=pending[: None if visit.asked("all") else _SHOWN],
            pending_total=len(pending),
            drafted=await self._drafted(pending),
            services=service_options(console),
            wrong=await console.questions.marked_wrong(since),
            due=due(console.knowledge().lookup, console.today),
            waiting=await console.desk.drafts(("submitted", "approved")),
            service_names={s.id: s.name for s in console.knowledge().lookup.services.values()},
            days=days,
            spans=SPANS,
            **await self._charts(days),
        )

    async def _drafted(self, pending: Sequence[Pending]) -> dict[str, Draft]:
        """The wordings that stand in an open draft already, with the draft."""
        found: dict[str, Draft] = {}
        for draft in await self._console.desk.drafts(OPEN):
            texts = [t for t in (await self._console.desk.texts(draft.id)).values() if t]
            lines = {
                line.strip().removeprefix("- ").strip("'\"") for text in texts for line in text.splitlines()
            }
            found |= {w.text: draft for p in pending for w in p.cluster.wordings if w.text in lines}
        return found

    async def _charts(self, days: int) -> dict[str, Any]:
        questions, lookup = self._console.questions, self._console.knowledge().lookup
        since = self._console.clock() - days * _DAY
        words = self._console.pages.words["charts"]
        daily = figures.per_day(
            await questions.counts("day", "status", since=since), self._console.today, days
        )
        rows = {
            "service": ({s.id: s.name for s in lookup.services.values()}),
            "domain": {d.number: d.name for d in lookup.domains.values()},
            "channel": words["channels"],
        }
        drawn = {}
        for name, names in rows.items():
            bars = figures.ranked(await questions.counts(_column(name), since=since), names)
            title = words[name]
            about = words["none"] if not bars else "、".join(f"{b.label}{b.number}" for b in bars)
            drawn[name] = (title, bars, charts.bars(bars, f"chart-{name}", title, about))
        totals = figures.totals(daily)
        series = words["statuses"]
        about = "、".join(f"{label}{total}" for label, total in zip(series, totals, strict=True))
        svg = charts.stacked(daily, series, "chart-day", words["day"], about)
        return {"daily": daily, "series": series, "totals": totals, "day_chart": svg, "drawn": drawn}


def _column(name: str) -> Any:
    return name


async def pending_of(console: Console) -> list[Pending]:
    """The groups of questions asked in vain that today's release still cannot answer."""
    wordings = await console.questions.asked_in_vain(console.clock() - _SINCE_DAYS * _DAY, _MOST_WORDINGS)
    knowledge = console.knowledge()
    key = (id(knowledge), tuple(wordings))
    if console.memory.get("pending-key") != key:
        console.memory["pending"] = await asyncio.to_thread(_grouped, wordings, knowledge)
        console.memory["pending-key"] = key
    found: list[Pending] = console.memory["pending"]
    return found


def _grouped(wordings: Any, knowledge: Any) -> list[Pending]:
    groups = clusters(still_in_vain(wordings, knowledge), knowledge)
    return [Pending(group, suggestions(group, knowledge)) for group in groups]


def service_options(console: Console) -> list[tuple[str, list[tuple[str, str]]]]:
    """(domain, [(id, name)]) of every service, for a choice."""
    lookup = console.knowledge().lookup
    return [(d.name, [(s.id, s.name) for s in lookup.of_domain(d.number)]) for d in lookup.domains.values()]
