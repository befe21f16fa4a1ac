"""Signing in by the city's own OpenID provider: away to it, and back."""

from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.errors import AccessError
from bot.staff.accounts import Accounts
from bot.staff.console.access import HOME, SIGN_IN, set_cookie
from bot.staff.console.session import SignIn, address_of, signed_in

if TYPE_CHECKING:
    from bot.staff.provider import Provider

AWAY, BACK = f"{SIGN_IN}/provider", f"{SIGN_IN}/back"
TICKET = "yongwen-ticket"
_SECONDS = 600
_MARK = "~"


class Away:
    """The way over the provider; a ticket in a cookie ties both halves to one browser."""

    def __init__(self, provider: "Provider", accounts: Accounts, sign_in: SignIn) -> None:
        self._provider = provider
        self._accounts = accounts
        self._sign_in = sign_in

    async def leave(self, request: Request) -> Response:
        """Off to the provider."""
        try:
            url, ticket = await self._provider.leave(_back(request))
        except AccessError as error:
            return self._sign_in.refused(request, error)
        response = RedirectResponse(url, 303)
        asked = quote(request.query_params.get("next", HOME), safe="")
        set_cookie(request, response, TICKET, f"{ticket}{_MARK}{asked}", _SECONDS)
        return response

    async def back(self, request: Request) -> Response:
        """Back from it: a session for the account that is called what the provider says."""
        ticket, _, asked = request.cookies.get(TICKET, "").partition(_MARK)
        try:
            name = await self._provider.who(ticket, _back(request), request.query_params)
            secret = await self._accounts.admit(name, address_of(request))
        except AccessError as error:
            response = self._sign_in.refused(request, error)
        else:
            response = signed_in(request, secret, unquote(asked))
        set_cookie(request, response, TICKET, "", 0)
        return response


def _back(request: Request) -> str:
    """The address of ours that the provider knows."""
    return f"{request.url.scheme}://{request.url.netloc}{BACK}"
