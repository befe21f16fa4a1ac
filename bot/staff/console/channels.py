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
        channel, do = visit.part("channel"), visit.form.one("do")
        if channel not in self._names:
            raise HTTPException(404)
        switches, who, now = self._console.switches, visit.account.name, self._console.clock()
        match do:
            case "on":
                await switches.on(channel, who, now)
            case "off":
                await switches.off(channel, visit.form.one("why"), who, now)
            case _:
                raise HTTPException(400)
        return visit.go(PATH, f"channel-{do}")
