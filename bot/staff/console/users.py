"""账号: who works here, for administrators."""

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.errors import InputError
from bot.staff.accounts import ROLES, Accounts
from bot.staff.console.access import Visit
from bot.staff.drafts import Drafts

PATH = "/staff/users"
_MOST_LINES = 50  # of the audit trail
_OF_DRAFTS = "draft-"


class UsersPage:
    """The accounts and what an administrator does with them."""

    def __init__(self, accounts: Accounts, drafts: Drafts) -> None:
        self._accounts = accounts
        self._drafts = drafts

    async def page(self, visit: Visit) -> Response:
        """Every account, a form for a new one, and the newest lines of the audit trail."""
        return await self._page(visit)

    async def add(self, visit: Visit) -> Response:
        """Make an account."""
        form = visit.form
        try:
            await self._accounts.create(
                form.one("name"), form.raw("password"), form.one("role"), by=visit.account.name
            )
        except InputError as error:
            return await self._page(visit, visit.pages.unread(error))
        return visit.go(PATH, "user-added")

    async def change(self, visit: Visit) -> Response:
        """Another role or password, shut out or let in again; the account's sessions end.

        Nobody takes their own rights away: the last administrator would lock everybody out.
        """
        form, by, name = visit.form, visit.account.name, visit.part("name")
        do = form.one("do")
        if do in ("disable", "role") and name == by:
            return await self._page(visit, visit.pages.words["users"]["self"])
        try:
            match do:
                case "role":
                    await self._accounts.set_role(name, form.one("role"), by)
                case "password":
                    await self._accounts.set_password(name, form.raw("password"), by)
                case "disable":
                    await self._accounts.disable(name, by)
                case "enable":
                    await self._accounts.enable(name, by)
                case _:
                    raise HTTPException(400)
        except InputError as error:
            return await self._page(visit, visit.pages.unread(error))
        return visit.go(PATH, "user-changed")

    async def _page(self, visit: Visit, fault: str = "") -> Response:
        trail = await self._accounts.trail(_MOST_LINES)
        about = {entry.subject for entry in trail if entry.action.startswith(_OF_DRAFTS)}
        return visit.page(
            "users",
            400 if fault else 200,
            here=PATH,
            accounts=await self._accounts.all(),
            trail=trail,
            titles=await self._drafts.titles(about),
            records=await self._drafts.records(),
            roles=ROLES,
            fault=fault,
            name=visit.form.one("name"),
        )
