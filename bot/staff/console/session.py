"""Signing in and out."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.errors import AccessError
from bot.staff.accounts import Accounts
from bot.staff.console.door import (
    BEFORE_SIGN_IN,
    COOKIE,
    HOME,
    SIGN_IN,
    Visit,
    fresh_secret,
    genuine,
    set_cookie,
    token_of,
)
from bot.staff.console.forms import read_plain
from bot.staff.console.pages import Pages

_SAID = ("signed-out", "expired")
_LONGEST_SIGN_IN = 16 * 1024
"""In bytes: whoever sends it is a stranger yet."""


class SignIn:
    """The page to sign in on, and the way out."""

    def __init__(self, accounts: Accounts, pages: Pages, *, provided: bool = False) -> None:
        self._accounts = accounts
        self._pages = pages
        self._provided = provided

    async def page(self, request: Request) -> Response:
        """The form; sent, it opens a session and goes to the page first asked for."""
        if request.method != "POST":
            return self._form(request, "", 200)
        form = await read_plain(request, _LONGEST_SIGN_IN)
        if not genuine(form, request.cookies.get(BEFORE_SIGN_IN, "")):
            # The page was left open too long, or cookies are off: shown anew with a word about it.
            return self._form(request, "stale", 403)
        name, password = form.one("name"), form.raw("password")
        try:
            secret = await self._accounts.sign_in(name, password, address_of(request))
        except AccessError as error:
            return self.refused(request, error, name)
        return signed_in(request, secret, form.one("next"))

    def refused(self, request: Request, error: AccessError, name: str = "") -> Response:
        """The form with a word about why nobody was let in."""
        return self._form(request, error.code, 429 if error.code == "throttled" else 403, name)

    async def leave(self, visit: Visit) -> Response:
        """End the session, so that a copy of its cookie opens nothing."""
        await self._accounts.sign_out(visit.secret)
        response = visit.go(SIGN_IN, "signed-out")
        set_cookie(visit.request, response, COOKIE, "", 0)
        return response

    def _form(self, request: Request, fault: str, status_code: int, name: str = "") -> Response:
        secret = request.cookies.get(BEFORE_SIGN_IN) or fresh_secret()
        asked = request.query_params.get("done", "")
        response = self._pages.page(
            "sign-in",
            status_code,
            visit=None,
            here="",
            done=asked if asked in _SAID else "",
            fault=fault,
            name=name,
            token_value=token_of(secret),
            next=request.query_params.get("next", HOME),
            provided=self._provided,
        )
        set_cookie(request, response, BEFORE_SIGN_IN, secret, None)
        return response


def signed_in(request: Request, secret: str, path: str) -> Response:
    """On to a page of the console, with the session's cookie."""
    ours = path == HOME or path.startswith((f"{HOME}/", f"{HOME}?"))
    response = RedirectResponse(path if ours and not path.startswith(SIGN_IN) else HOME, 303)
    set_cookie(request, response, COOKIE, secret, None)
    return response


def address_of(request: Request) -> str:
    """Where a request came from, for throttling."""
    if request.client is None:
        raise HTTPException(400)
    return request.client.host
