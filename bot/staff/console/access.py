"""Who may open the console's pages: session cookie, forged forms, roles; and what went wrong, as a page."""

import hashlib
import hmac
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeGuard
from urllib.parse import quote, unquote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.errors import AccessError, ConflictError, InputError, StoreError, YongwenError
from bot.staff.console.forms import NUL, Form, read_form
from bot.staff.console.kept import MINE, LateForm, kept_of, mine_of
from bot.staff.console.pages import ConsolePages
from bot.store.accounts import Account

log = logging.getLogger("yongwen.console")

COOKIE = "yongwen-staff"
BEFORE_SIGN_IN = "yongwen-before"
TOKEN = "token"
HOME = "/staff"
SIGN_IN = "/staff/sign-in"
SIGN_OUT = "/staff/sign-out"
_SAFE = ("GET", "HEAD")
"""Methods that change nothing."""
_NOT_THERE = frozenset({"no-draft", "no-release"})
"""Codes of what was asked for and is not there."""


def token_of(secret: str) -> str:
    """What a form must carry to be ours: derived from a cookie no other site can read."""
    return hashlib.sha256(f"form\0{secret}".encode()).hexdigest()


def genuine(form: Form, secret: str) -> bool:
    """Whether a form came from a page we made for the holder of this cookie."""
    return bool(secret) and hmac.compare_digest(form.one(TOKEN).encode(), token_of(secret).encode())


@dataclass(frozen=True)
class Visit:
    """One request of somebody signed in, with what a page needs to answer it."""

    request: Request
    account: Account
    secret: str
    pages: ConsolePages
    form: Form = field(default_factory=Form)

    @cached_property
    def token(self) -> str:
        """What this session's forms carry."""
        return token_of(self.secret)

    @cached_property
    def mine(self) -> str:
        """What this person's forms carry in this browser."""
        return mine_of(self._door_secret, self.account.name)

    @property
    def _door_secret(self) -> str:
        return self.request.cookies.get(BEFORE_SIGN_IN, "")

    def owns(self, kept: LateForm | None) -> TypeGuard[LateForm]:
        """Whether a form that came too late is theirs."""
        return kept is not None and kept.belongs_to(self._door_secret, self.account.name)

    @property
    def posted(self) -> bool:
        """Whether a form was sent."""
        return self.request.method == "POST"

    def part(self, name: str) -> str:
        """A part of the address."""
        return str(self.request.path_params[name])

    def asked(self, name: str, default: str = "") -> str:
        """What stands after the question mark of the address."""
        return self.request.query_params.get(name, default).strip()

    def page(self, template: str, status_code: int = 200, *, here: str = "", **data: Any) -> Response:
        """A page; `here` is the menu's entry it belongs to."""
        done = self.asked("done")
        known = done if done in self.pages.words["done"] else ""
        return self.pages.page(template, status_code, visit=self, here=here, done=known, **data)

    def go(self, path: str, done: str = "") -> Response:
        """Go on to another page, which says what was done (a key of words.json)."""
        joint = "&" if "?" in path else "?"
        return RedirectResponse(f"{path}{joint}done={done}" if done else path, 303)


def late_form(request: Request, form: Form) -> LateForm | None:
    """A form that came when its session had ended; None where it is none of ours, or holds a secret."""
    return kept_of(request.url.path, form, (TOKEN, MINE))


Handler = Callable[[Visit], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]
SignedIn = Callable[[str], Awaitable[Account | None]]


class AccessControl:
    """Lets in who is signed in, and turns what goes wrong into a page in plain words.

    `late` answers a form sent by somebody who is not, or no longer, signed in.
    """

    def __init__(self, pages: ConsolePages, signed_in: SignedIn, late: Endpoint) -> None:
        self.pages = pages
        self._signed_in = signed_in
        self._late = late

    def staff(self, handler: Handler, *roles: str) -> Endpoint:
        """An endpoint for anybody signed in, or only for these roles."""

        async def endpoint(request: Request) -> Response:
            secret = request.cookies.get(COOKIE, "")
            account = await self._signed_in(secret)
            if account is None:
                return await self._to_sign_in(request)
            visit = Visit(request, account, secret, self.pages)
            return await self._answered(visit, handler, roles)

        return endpoint

    async def missing(self, visit: Visit) -> Response:
        """No such page, in the console's own words."""
        raise HTTPException(404)

    def open(self, handler: Endpoint) -> Endpoint:
        """An endpoint for anybody: signing in."""

        async def endpoint(request: Request) -> Response:
            try:
                return await handler(request)
            except HTTPException as error:
                return self.problem(str(error.status_code), error.status_code)
            except YongwenError as error:
                return self._failed(error)

        return endpoint

    async def _answered(self, visit: Visit, handler: Handler, roles: tuple[str, ...]) -> Response:
        try:
            if NUL in unquote(str(visit.request.url)):
                raise HTTPException(400)
            if roles and visit.account.role not in roles:
                raise AccessError(f"{visit.account.name} may not open {visit.request.url.path}", "role")
            if visit.posted:
                form = await read_form(visit.request)
                if not genuine(form, visit.secret):
                    return self._of_another_session(visit, form)
                visit = Visit(visit.request, visit.account, visit.secret, self.pages, form)
            return await handler(visit)
        except HTTPException as error:
            told = error.detail in self.pages.words["problems"]
            return self.problem(error.detail if told else str(error.status_code), error.status_code, visit)
        except YongwenError as error:
            return self._failed(error, visit)

    def _of_another_session(self, visit: Visit, form: Form) -> Response:
        """A form filled in before they signed in anew may be sent again; any other is refused."""
        kept = late_form(visit.request, form)
        if not visit.owns(kept):
            raise HTTPException(403)
        return visit.page("resume", 403, kept=kept)

    async def _to_sign_in(self, request: Request) -> Response:
        if request.method not in _SAFE:
            return await self._late(request)
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"{SIGN_IN}?next={quote(asked, safe='')}", 303)

    def _failed(self, error: YongwenError, visit: Visit | None = None) -> Response:
        """What is ours to explain, in words; what an operator must see to is logged."""
        if isinstance(error, AccessError):
            return self.problem(error.code, 403, visit)
        if isinstance(error, ConflictError):
            return self.problem("conflict", 409, visit)
        if isinstance(error, InputError):
            key, status_code = ("404", 404) if error.code in _NOT_THERE else ("input", 400)
            return self.problem(key, status_code, visit, self.pages.unread(error))
        log.error("the console could not do it: %s", error)
        return self.problem("store" if isinstance(error, StoreError) else "500", 500, visit)

    def problem(self, key: str, status_code: int, visit: Visit | None = None, detail: str = "") -> Response:
        """What went wrong, as a page; an unknown key gets the general words."""
        known = self.pages.words["problems"]
        text = known.get(key, known["500" if status_code >= 500 else "400"])
        return self.pages.page(
            "problem", status_code, visit=visit, here="", done="", text=text, detail=detail
        )


def set_cookie(request: Request, response: Response, name: str, value: str, seconds: int | None) -> None:
    """A cookie no script can read and no other site's form sends; `seconds` 0 takes it away."""
    secure = request.url.scheme == "https"
    response.set_cookie(name, value, seconds, path=HOME, secure=secure, httponly=True, samesite="lax")


def fresh_secret() -> str:
    """A secret for the time before signing in."""
    return secrets.token_urlsafe(24)
