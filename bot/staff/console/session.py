"""Signing in and out."""

import hashlib

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.errors import AccessError
from bot.staff.accounts import Accounts
from bot.staff.console.access import (
    BEFORE_SIGN_IN,
    COOKIE,
    HOME,
    SIGN_IN,
    SIGN_OUT,
    Visit,
    fresh_secret,
    genuine,
    late_form,
    set_cookie,
    token_of,
)
from bot.staff.console.forms import Form, read_plain
from bot.staff.console.kept import LONGEST_KEPT, LateForm, kept_in
from bot.staff.console.pages import ConsolePages

_DEVICE_SECONDS = 400 * 24 * 3600  # browsers keep none longer
_SAID = ("signed-out", "expired")
_LONGEST_SIGN_IN = 16 * 1024 + 2 * LONGEST_KEPT
"""In bytes: name, password, and what came too late."""


class SignIn:
    """The page to sign in on, and the way out."""

    def __init__(self, accounts: Accounts, pages: ConsolePages, *, provided: bool = False) -> None:
        self._accounts = accounts
        self._pages = pages
        self._provided = provided

    async def page(self, request: Request) -> Response:
        """The form; sent, it opens a session and goes to the page first asked for."""
        if request.method != "POST":
            return self._form(request, "", 200)
        form = await read_plain(request, _LONGEST_SIGN_IN)
        name, kept = form.one("name"), kept_in(form)
        if not genuine(form, request.cookies.get(BEFORE_SIGN_IN, "")):
            # The page was left open too long, or cookies are off: shown anew with a word about it.
            return self._form(request, self._pages.words["problems"]["stale"], 403, kept=kept)
        if kept and "elsewhere" in form:  # signed in at another window meanwhile
            return await self._resumed(request, request.cookies.get(COOKIE, ""), kept)
        try:
            shown, device = form.raw("password"), device_in(request, name)
            secret = await self._accounts.sign_in(name, shown, address_of(request), device)
        except AccessError as error:
            return self.refused(request, error, name, kept)
        return await self._let_in(request, secret, form, kept)

    async def _let_in(self, request: Request, secret: str, form: Form, kept: LateForm | None) -> Response:
        """On, in a browser that is known from now on."""
        name, path = form.one("name"), form.one("next")
        response = await self._resumed(request, secret, kept) if kept else signed_in(request, secret, path)
        remember(request, response, name, await self._accounts.new_device(name))
        return response

    async def late(self, request: Request) -> Response:
        """The form to sign in with, holding what came after its session's end; nothing is stored."""
        if request.url.path == SIGN_OUT:
            return RedirectResponse(f"{SIGN_IN}?done=signed-out", 303)
        try:
            kept = late_form(request, await read_plain(request, LONGEST_KEPT))
        except HTTPException:
            kept = None  # a file, or far too much: they are told that it was not taken
        if kept is None:
            return RedirectResponse(f"{SIGN_IN}?done=expired", 303)
        return self._form(request, "", 403, kept=kept)

    def refused(
        self, request: Request, error: AccessError, name: str = "", kept: LateForm | None = None
    ) -> Response:
        """The form with a word about why nobody was let in."""
        response = self._form(request, self._pages.refusal(error), refused_with(error), name, kept)
        if "minutes" in error.blanks:
            response.headers["Retry-After"] = str(60 * int(str(error.blanks["minutes"])))
        return response

    async def _resumed(self, request: Request, secret: str, kept: LateForm) -> Response:
        """What came too late, to be sent again by whoever wrote it; anybody else never sees it."""
        account = await self._accounts.signed_in(secret)
        if account is None:
            return self._form(request, self._pages.words["problems"]["not-yet"], 403, kept=kept)
        visit = Visit(request, account, secret, self._pages)
        response = visit.page("resume", kept=kept) if visit.owns(kept) else visit.go(HOME, "someone-elses")
        set_cookie(request, response, COOKIE, secret, None)
        return response

    async def leave(self, visit: Visit) -> Response:
        """End the session, so that a copy of its cookie opens nothing."""
        await self._accounts.sign_out(visit.secret)
        response = visit.go(SIGN_IN, "signed-out")
        set_cookie(visit.request, response, COOKIE, "", 0)
        return response

    def _form(
        self, request: Request, fault: str, status_code: int, name: str = "", kept: LateForm | None = None
    ) -> Response:
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
            kept=kept,
        )
        set_cookie(request, response, BEFORE_SIGN_IN, secret, None)
        return response


def signed_in(request: Request, secret: str, path: str) -> Response:
    """On to a page of the console, with the session's cookie."""
    ours = path == HOME or path.startswith((f"{HOME}/", f"{HOME}?"))
    response = RedirectResponse(path if ours and not path.startswith(SIGN_IN) else HOME, 303)
    set_cookie(request, response, COOKIE, secret, None)
    return response


def refused_with(error: AccessError) -> int:
    """The status of a page that says why nobody was let in."""
    return 429 if error.code == "throttled" else 403


def device_in(request: Request, name: str) -> str:
    """What the browser was given when this account last signed in from it; empty where it was not."""
    return request.cookies.get(_device(name), "")


def remember(request: Request, response: Response, name: str, device: str) -> None:
    """Let the browser be known for this account: one cookie each, as a browser may serve several people."""
    set_cookie(request, response, _device(name), device, _DEVICE_SECONDS)


def _device(name: str) -> str:
    return f"yongwen-known-{hashlib.sha256(name.encode()).hexdigest()[:12]}"


def address_of(request: Request) -> str:
    """Where a request came from, for throttling."""
    if request.client is None:
        raise HTTPException(400)
    return request.client.host
