"""The staff's web console under /staff: server-rendered pages that work without JavaScript."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.staff.console.access import HOME, SIGN_IN, AccessControl, Handler
from bot.staff.console.asked import UnansweredPage
from bot.staff.console.away import AWAY, BACK, Away
from bot.staff.console.channels import ChannelsPage
from bot.staff.console.console import Console, Preview
from bot.staff.console.cut import CutPage
from bot.staff.console.edit import EditPage
from bot.staff.console.exchange import Download, ExchangePage, Upload
from bot.staff.console.history import HistoryPage
from bot.staff.console.jobpage import JobPage
from bot.staff.console.knowledge import KnowledgePage
from bot.staff.console.password import PasswordPage
from bot.staff.console.review import ReviewPage
from bot.staff.console.session import SignIn
from bot.staff.console.today import TodayPage
from bot.staff.console.users import UsersPage

__all__ = ["Console", "Download", "Preview", "Upload", "routes"]

_GET, _POST = ("GET",), ("POST",)
_TRUSTED = ("reviewer", "admin")


def routes(
    console: Console, downloads: Sequence[Download] = (), uploads: Sequence[Upload] = ()
) -> list[BaseRoute]:
    """Every page of the console; none opens without signing in but the page to sign in on."""
    sign_in = SignIn(console.accounts, console.pages, provided=console.provider is not None)
    access = AccessControl(console.pages, console.accounts.signed_in, sign_in.late)
    return [
        Route(SIGN_IN, access.open(sign_in.page), methods=["GET", "POST"]),
        *_by_provider(console, access, sign_in),
        Route(f"{HOME}/static/{{name}}", console.pages.static),
        *(
            Route(HOME + path, access.staff(handler, *roles), methods=list(methods))
            for path, methods, handler, *roles in _pages(console, sign_in, downloads, uploads)
        ),
        Route(f"{HOME}/", _without_slash),
        Route(f"{HOME}/{{rest:path}}", access.staff(access.missing), methods=["GET", "POST"]),
    ]


async def _without_slash(_request: Request) -> Response:
    """/staff/ is /staff."""
    return RedirectResponse(HOME)


def _by_provider(console: Console, access: AccessControl, sign_in: SignIn) -> list[BaseRoute]:
    """The way in over an OpenID provider, where one is set."""
    if console.provider is None:
        return []
    away = Away(console.provider, console.accounts, sign_in)
    ways = ((AWAY, away.leave), (BACK, away.back))
    return [Route(path, access.open(handler), methods=["GET"]) for path, handler in ways]


def _pages(
    console: Console, sign_in: SignIn, downloads: Sequence[Download], uploads: Sequence[Upload]
) -> list[tuple[str, tuple[str, ...], Handler, *tuple[str, ...]]]:
    """(path below /staff, methods, handler, roles that may; all where none is named)."""
    today, asked = TodayPage(console), UnansweredPage(console)
    users = UsersPage(console.accounts, console.drafts)
    knowledge, edit, review = KnowledgePage(console), EditPage(console), ReviewPage(console)
    history, exchange = HistoryPage(console), ExchangePage(downloads, uploads)
    channels, password = ChannelsPage(console, console.channels), PasswordPage(console.accounts)
    return [
        ("", _GET, today.page),
        ("/asked", _POST, asked.act),
        ("/settle", _POST, asked.settle),
        ("/verified", _POST, asked.verify),
        ("/sign-out", _POST, sign_in.leave),
        ("/password", _GET, password.page),
        ("/password", _POST, password.change),
        ("/knowledge", _GET, knowledge.index),
        ("/knowledge/{kind}", _GET, knowledge.listed),
        ("/knowledge/{kind}/{id:path}", _GET, edit.page),
        ("/knowledge/{kind}/{id:path}", _POST, edit.send),
        ("/cut", _GET, CutPage(console).page),
        ("/drafts", _GET, review.listed),
        ("/drafts/{id}", _GET, review.page),
        ("/drafts/{id}", _POST, review.act),
        ("/drafts/{id}/rebase", _POST, review.rebase),
        ("/jobs/{id}", _GET, JobPage(console).page),
        ("/jobs/{id}", _POST, JobPage(console).send),
        ("/history", _GET, history.listed),
        ("/history/{number}", _GET, history.release),
        ("/history/{number}/back", _POST, history.roll_back),
        ("/exchange", _GET, exchange.page),
        ("/exchange/{key}", _GET, exchange.download),
        ("/exchange/{key}", _POST, exchange.upload),
        ("/channels", _GET, channels.page, *_TRUSTED),
        ("/channels/{channel}", _POST, channels.switch, *_TRUSTED),
        ("/users", _GET, users.page, "admin"),
        ("/users", _POST, users.add, "admin"),
        ("/users/{name}", _POST, users.change, "admin"),
    ]
