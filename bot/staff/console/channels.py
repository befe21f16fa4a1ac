"""渠道: where 甬问 answers, and the switch that silences a channel at once."""

from collections.abc import Sequence

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.staff.console.access import Visit
from bot.staff.console.console import Console

PATH = "/staff/channels"


class ChannelsPage:
    """The channels, each on or off for every replica alike."""

    def __init__(self, console: Console, names: Sequence[str]) -> None:
        self._console = console
        self._names = tuple(names)

    async def page(self, visit: Visit) -> Response:
        """Every channel and whether it is off, since when, why and by whom."""
        off = await self._console.switches.all()
        return visit.page("channels", here=PATH, names=self._names, off=off)

    async def switch(self, visit: Visit) -> Response:
        """Silence a channel for a reason, or let it speak again."""
        channel, why = visit.part("channel"), visit.form.one("why")[:400]
        if channel not in self._names:
            raise HTTPException(404)
        console, who = self._console, visit.account.name
        now = console.clock()
        if visit.form.one("do") == "on":
            await console.switches.on(channel, who, now)
            return visit.go(PATH, "channel-on")
        await console.switches.off(channel, why, who, now)
        return visit.go(PATH, "channel-off")
