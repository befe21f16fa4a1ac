"""A draft's way to its release: handed in, discussed, approved by a second person, or sent back.

Whoever put content into a draft cannot approve it: that is held here, whatever calls it.
"""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

from bot.errors import AccessError, ConflictError, InputError, KnowledgeError, StoreError
from bot.staff.accounts import allow
from bot.staff.drafts import OPEN, Drafts, one_line
from bot.staff.faults import as_line
from bot.store.accounts import Account
from bot.store.drafts import Comment, Draft, DraftStore
from bot.store.trail import Entry

log = logging.getLogger("yongwen")


class Reviews:
    """Moves drafts from state to state. `clock` gives seconds since 1970."""

    def __init__(self, drafts: Drafts, store: DraftStore, clock: Callable[[], float] = time.time) -> None:
        self._drafts = drafts
        self._store = store
        self._clock = clock

    async def submit(self, account: Account, draft_id: str, version: int, reason: str = "") -> Draft:
        """Hand a draft in for review, for a reason that history will tell.

        KnowledgeError where it has faults, InputError where it is empty.
        """
        draft = await self._at(account, "edit", draft_id, version, ("editing",))
        snapshot = await self._drafts.snapshot(draft)
        if not await self._store.texts(draft.id, draft.version):
            raise InputError("this draft changes nothing yet", "empty-draft")
        blocking = (await self._drafts.checker.faults(snapshot)).blocking
        if blocking:
            lines = [as_line(f.fault) for f in blocking]
            raise KnowledgeError(f"{len(lines)} faults in the draft", lines)
        reason = reason.strip()[:400] or draft.reason
        return await self._move(account, draft, "draft-submit", state="submitted", reason=reason)

    async def withdraw(self, account: Account, draft_id: str, version: int) -> Draft:
        """Take a draft back from review, or from its approval, to go on editing."""
        draft = await self._at(account, "edit", draft_id, version, ("submitted", "approved"))
        return await self._move(account, draft, "draft-withdraw", state="editing", approved_by="")

    async def send_back(self, account: Account, draft_id: str, version: int, why: str) -> Draft:
        """A reviewer's no, with the reason as a comment."""
        draft = await self._at(account, "review", draft_id, version, ("submitted", "approved"))
        said = self._comment(account, draft, why)
        return await self._move(account, draft, "draft-send-back", said, state="editing", approved_by="")

    async def approve(self, account: Account, draft_id: str, version: int) -> Draft:
        """A second person's yes to exactly this version.

        AccessError `own-change` for whoever contributed, ConflictError where a newer release came between.
        """
        draft = await self._at(account, "review", draft_id, version, ("submitted",))
        if account.name in await self._drafts.contributors(draft):
            raise AccessError(f"{account.name} contributed to draft {draft_id}", code="own-change")
        if draft.base != await self._drafts.history.newest():
            raise ConflictError(f"draft {draft_id} is based on release {draft.base}; rebase it first")
        return await self._move(account, draft, "draft-approve", state="approved", approved_by=account.name)

    async def discard(self, account: Account, draft_id: str, version: int) -> Draft:
        """Put a draft aside; it can be reopened."""
        draft = await self._at(account, "edit", draft_id, version, OPEN)
        return await self._move(account, draft, "draft-discard", state="discarded", approved_by="")

    async def reopen(self, account: Account, draft_id: str, version: int) -> Draft:
        """Take a discarded draft up again."""
        draft = await self._at(account, "edit", draft_id, version, ("discarded",))
        return await self._move(account, draft, "draft-reopen", state="editing")

    async def comment(self, account: Account, draft_id: str, text: str, place: str = "") -> None:
        """Add a remark to a draft's thread; `place` may name a record or field."""
        allow(account, "edit")
        draft = await self._drafts.get(draft_id)
        said = self._comment(account, draft, text, place)
        await self._store.comment(draft_id, said)

    async def comments(self, draft_id: str) -> list[Comment]:
        """A draft's thread, the first remark first."""
        return await self._store.comments(draft_id)

    async def released(self, account: Account, draft: Draft, number: int) -> None:
        """Note that a draft became a release.

        Whoever edited it in the same instant keeps the edit: their draft stays open, to be rebased. Where
        there is no room for the note, the release is out all the same; who looks at the draft next makes it.
        """
        try:
            await self._move(account, draft, "draft-release", state="released", released_as=number)
        except ConflictError:
            return
        except StoreError as error:
            log.error("release %s is out, but its draft %s is not marked yet: %s", number, draft.id, error)

    async def rolled_back(
        self, account: Account, to: int, number: int, reason: str, service: str = ""
    ) -> None:
        """Note that an older release, or one service of it, came back as the release `number`."""
        detail = {"number": number, "reason": reason, "service": service}
        try:
            await self._store.tell(Entry(self._clock(), account.name, "roll-back", str(to), detail))
        except StoreError as error:
            log.error("release %s is out, but the trail does not tell of it: %s", number, error)

    async def _at(
        self, account: Account, what: str, draft_id: str, version: int, states: Sequence[str]
    ) -> Draft:
        allow(account, what)
        draft = await self._drafts.get(draft_id)
        if draft.version != version:
            raise ConflictError(f"draft {draft_id} is in version {draft.version}, not {version}")
        if draft.state not in states:
            raise AccessError(f"draft {draft_id} is {draft.state}, not {' or '.join(states)}", code="state")
        return draft

    def _comment(self, account: Account, draft: Draft, text: str, place: str = "") -> Comment:
        text = one_line(text, 2000, "comment")
        return Comment(draft.version, account.name, self._clock(), place[:200], text)

    async def _move(
        self, account: Account, draft: Draft, action: str, comment: Comment | None = None, **values: Any
    ) -> Draft:
        detail = {"version": draft.version}
        entry = Entry(self._clock(), account.name, action, draft.id, detail)
        await self._store.change(draft, entry, comment, **values)
        return draft._replace(**values)
