"""换密码: one's own password, so that nobody goes on with one an administrator chose and knows."""

from starlette.responses import Response

from bot.errors import AccessError, InputError
from bot.staff.accounts import Accounts
from bot.staff.console.access import COOKIE, HOME, Visit, set_cookie
from bot.staff.console.session import address_of, device_in, refused_with, remember

PATH = "/staff/password"


class PasswordPage:
    """The page to choose another password on."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    async def page(self, visit: Visit) -> Response:
        """The form."""
        return self._page(visit, "", 200)

    async def change(self, visit: Visit) -> Response:
        """Take the new password from whoever knows the old one; every other session of theirs ends."""
        form, name, address = visit.form, visit.account.name, address_of(visit.request)
        try:
            device = device_in(visit.request, name)
            account = await self._accounts.authenticate(name, form.raw("old"), address, device)
            await self._accounts.set_password(name, form.raw("password"), name)
        except AccessError as error:
            own = visit.pages.words["passwords"]
            return self._page(visit, own.get(error.code) or visit.pages.refusal(error), refused_with(error))
        except InputError as error:
            return self._page(visit, visit.pages.unread(error), 400)
        response = visit.go(HOME, "password-changed")
        secret = await self._accounts.open_session(account, address)
        set_cookie(visit.request, response, COOKIE, secret, None)
        remember(visit.request, response, name, await self._accounts.new_device(name))
        return response

    def _page(self, visit: Visit, fault: str, status_code: int) -> Response:
        return visit.page("password", status_code, here=PATH, fault=fault)
