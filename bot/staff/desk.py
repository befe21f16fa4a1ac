"""The editors' desk: drafts made, changed, merged, checked, discussed, submitted and approved.

Whoever put content into a draft cannot approve it, and every further change makes an approval void:
that is held here, whatever calls it. Nothing is overwritten: a draft keeps all its versions.
"""

import asyncio
import logging
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

from bot.catalogue.check import Checked, check
from bot.catalogue.records import Address, Change, FieldFault, Fields, addressed, changes, merge
from bot.errors import AccessError, ConflictError, InputError, KnowledgeError, StoreError
from bot.local_time import day_of
from bot.staff.accounts import allow
from bot.staff.editing import edited, path_of
from bot.staff.faults import as_line
from bot.staff.library import Library
from bot.staff.rebasing import Choices, Rebased, rebased
from bot.staff.snapshot import Snapshot
from bot.store.accounts import Account, Entry
from bot.store.drafts import Comment, Draft, DraftStore, Texts, Version

log = logging.getLogger("yongwen")
OPEN = ("editing", "submitted", "approved")
_CHECKS_KEPT = 4  # results; an editor looks at a draft and the live release in turns


class Faults(NamedTuple):
    """What is wrong with a draft: what blocks it, and what is overdue (which changes answers instead)."""

    blocking: list[FieldFault]
    overdue: list[FieldFault]


class Desk:
    """Drafts on top of the catalogue's releases. `clock` gives seconds since 1970."""

    def __init__(self, library: Library, store: DraftStore, clock: Callable[[], float] = time.time) -> None:
        self.library = library
        self._store = store
        self._clock = clock
        self._checked: OrderedDict[object, Checked] = OrderedDict()

    # — looking —

    async def draft(self, draft_id: str) -> Draft:
        """A draft as it stands. InputError where there is none."""
        return await self._settled(await self._store.find(draft_id))

    async def drafts(self, states: Collection[str] = ()) -> list[Draft]:
        """Drafts, the last changed first, in these states or in any."""
        found = [await self._settled(d) for d in await self._store.all(states)]
        return [d for d in found if not states or d.state in states]

    async def versions(self, draft_id: str) -> list[Version]:
        """Every version of a draft: who made it, when, how."""
        return await self._store.versions(draft_id)

    async def contributors(self, draft: Draft) -> frozenset[str]:
        """Who began the draft or put content into it: none of them may approve it."""
        made = await self._store.versions(draft.id)
        return frozenset({draft.author, *(v.account for v in made if v.contributes)})

    async def snapshot(self, draft: Draft, version: int | None = None) -> Snapshot:
        """All knowledge as the draft would have it, in its newest or in another version."""
        base = draft.base
        if version is not None and version != draft.version:
            made = {v.version: v.base for v in await self._store.versions(draft.id)}
            first = made[min(made)] if made else draft.base
            base = made.get(version, first)
        texts = await self._store.texts(draft.id, draft.version if version is None else version)
        under = await self.library.snapshot(base)
        return await asyncio.to_thread(lambda: under.with_texts(texts).read())

    async def records(self, draft_id: str = "") -> Mapping[Address, Fields]:
        """Every record, as a draft has it or as the live release does."""
        if not draft_id:
            return (await self.library.live()).records
        return (await self.snapshot(await self.draft(draft_id))).records

    async def changes(self, draft_id: str) -> list[Change]:
        """What a draft changes against its base, field by field."""
        draft = await self.draft(draft_id)
        before = await self.library.snapshot(draft.base)
        return changes(before.records, (await self.snapshot(draft)).records)

    async def texts(self, draft_id: str) -> Texts:
        """The files that a draft changes, by path; None: taken away."""
        draft = await self.draft(draft_id)
        return await self._store.texts(draft.id, draft.version)

    async def faults(self, draft_id: str) -> Faults:
        """Every fault of the knowledge with the draft's changes, each at its record and field."""
        return await self.faults_of(await self.snapshot(await self.draft(draft_id)))

    async def faults_of(self, snapshot: Snapshot) -> Faults:
        """Every fault of this knowledge as of today."""
        checked = await self.checked(snapshot)
        found = addressed(checked.faults, snapshot.documents)
        return Faults(
            [f for f in found if f.fault.code != "overdue"], [f for f in found if f.fault.code == "overdue"]
        )

    async def checked(self, snapshot: Snapshot) -> Checked:
        """This knowledge checked as of today; the last few results are kept, as a check takes a while."""
        today = day_of(self._clock())
        # Texts that two snapshots share are the same objects, so that this costs next to nothing.
        key = (today, tuple((path, kept.text) for path, kept in snapshot.sources.items()))
        if key not in self._checked:
            self._checked[key] = await asyncio.to_thread(check, snapshot.documents, today)
            if len(self._checked) > _CHECKS_KEPT:
                self._checked.popitem(last=False)
        return self._checked[key]

    # — changing —

    async def create(
        self, account: Account, title: str, reason: str = "", *, base: int | None = None
    ) -> Draft:
        """Begin an empty draft on the live release, or on the older one that was worked from."""
        allow(account, "edit")
        if base is not None:
            await self.library.release(base)
        now, base = self._clock(), base or await self.library.newest()
        title, reason = _line(title, 200, "title"), reason.strip()[:400]
        draft = Draft(
            secrets.token_hex(6), title, reason, base, "editing", 0, account.name, now, now, "", None
        )
        await self._store.create(draft, self._entry(account, "draft-create", draft.id, title=title))
        return draft

    async def save(
        self, account: Account, draft_id: str, version: int, address: Address, fields: Fields | None
    ) -> Draft:
        """Save one record (None: take it away), opened for editing in `version`.

        ConflictError, its `conflict` a Merge of both people's changes, where the record was changed since.
        """
        draft = await self._to_change(account, draft_id)
        if fields is not None and address.kind != "words" and str(fields.get("id", address.id)) != address.id:
            raise InputError(f"{address}: an id never changes; make a new record instead", "id-changed")
        snapshot = await self.snapshot(draft)
        if version != draft.version:
            await self._refuse_lost_update(draft, version, address, fields, snapshot)
        texts = await asyncio.to_thread(record_texts, snapshot, address, fields)
        return await self._add(account, draft, texts, ("-" if fields is None else "~") + str(address))

    async def put_files(
        self, account: Account, draft_id: str, version: int, texts: Mapping[str, str], *, what: str
    ) -> Draft:
        """Make the draft say exactly what a whole folder of files says.

        KnowledgeError where a file cannot be read, ConflictError where the draft moved on from `version`.
        """
        draft = await self._to_change(account, draft_id)
        if version != draft.version:
            raise ConflictError(f"draft {draft_id} is in version {draft.version}, not {version}")
        snapshot = await self.snapshot(draft)
        changed = snapshot.differing(texts)
        await asyncio.to_thread(snapshot.with_texts, changed)
        return await self._add(account, draft, changed, what) if changed else draft

    async def rebase(
        self, account: Account, draft_id: str, choices: Choices | None = None
    ) -> tuple[Draft, Rebased]:
        """Put the draft's changes on top of the live release, field by field.

        ConflictError, its `conflict` a Rebased, where both changed a field and `choices` does not say
        which value it shall have.
        """
        draft = await self._to_change(account, draft_id)
        newest = await self.library.newest()
        if draft.base == newest:
            return draft, Rebased({}, (), ())
        base, theirs = await self.library.snapshot(draft.base), await self.library.snapshot(newest)
        mine = await self.snapshot(draft)
        result = await asyncio.to_thread(rebased, base, mine, theirs, choices or {})
        if result.conflicts:
            raise ConflictError(f"{len(result.conflicts)} fields were changed by both", result)
        old = await self._store.texts(draft.id, draft.version)
        version = Version(
            draft.version + 1, newest, account.name, self._clock(), f"→ {newest}", contributes=bool(choices)
        )
        restored = [path for path in old if path not in result.texts]
        entry = self._entry(account, "draft-rebase", draft.id, base=newest)
        await self._store.add_version(draft, version, result.texts, restored, entry)
        return await self.draft(draft_id), result

    # — on its way —

    async def submit(self, account: Account, draft_id: str, version: int, reason: str = "") -> Draft:
        """Hand a draft in for review, for a reason that history will tell.

        KnowledgeError where it has faults, InputError where it is empty.
        """
        draft = await self._at(account, "edit", draft_id, version, ("editing",))
        snapshot = await self.snapshot(draft)
        if not await self._store.texts(draft.id, draft.version):
            raise InputError("this draft changes nothing yet", "empty-draft")
        blocking = (await self.faults_of(snapshot)).blocking
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
        await self.comment(account, draft_id, why)
        return await self._move(account, draft, "draft-send-back", state="editing", approved_by="")

    async def approve(self, account: Account, draft_id: str, version: int) -> Draft:
        """A second person's yes to exactly this version.

        AccessError `own-change` for whoever contributed, ConflictError where a newer release came between.
        """
        draft = await self._at(account, "review", draft_id, version, ("submitted",))
        if account.name in await self.contributors(draft):
            raise AccessError(f"{account.name} contributed to draft {draft_id}", code="own-change")
        if draft.base != await self.library.newest():
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
        draft = await self.draft(draft_id)
        said = Comment(draft.version, account.name, self._clock(), place[:200], _line(text, 2000, "comment"))
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

    # — inside —

    async def _to_change(self, account: Account, draft_id: str) -> Draft:
        allow(account, "edit")
        draft = await self.draft(draft_id)
        if draft.state not in OPEN:
            raise AccessError(f"draft {draft_id} is {draft.state}", code="closed")
        return draft

    async def _at(
        self, account: Account, what: str, draft_id: str, version: int, states: Sequence[str]
    ) -> Draft:
        allow(account, what)
        draft = await self.draft(draft_id)
        if draft.version != version:
            raise ConflictError(f"draft {draft_id} is in version {draft.version}, not {version}")
        if draft.state not in states:
            raise AccessError(f"draft {draft_id} is {draft.state}, not {' or '.join(states)}", code="state")
        return draft

    async def _refuse_lost_update(
        self, draft: Draft, version: int, address: Address, fields: Fields | None, now: Snapshot
    ) -> None:
        if not 0 <= version < draft.version:
            raise InputError(f"draft {draft.id} never had a version {version}")
        opened = (await self.snapshot(draft, version)).records.get(address)
        theirs = now.records.get(address)
        if theirs != opened:
            merged = merge(opened, fields, theirs)
            raise ConflictError(f"{address} was changed since version {version}", merged)

    async def _add(self, account: Account, draft: Draft, texts: Texts, what: str) -> Draft:
        base = (await self.library.snapshot(draft.base)).texts
        restored = [path for path, text in texts.items() if base.get(path) == text]
        changed = {path: text for path, text in texts.items() if path not in restored}
        made = Version(draft.version + 1, draft.base, account.name, self._clock(), what[:400], True)
        entry = self._entry(account, "draft-save", draft.id, version=made.version, what=made.what)
        await self._store.add_version(draft, made, changed, restored, entry)
        return await self.draft(draft.id)

    async def _move(self, account: Account, draft: Draft, action: str, **values: Any) -> Draft:
        entry = self._entry(account, action, draft.id, version=draft.version)
        await self._store.change(draft, entry, **values)
        return draft._replace(**values)

    async def _settled(self, draft: Draft) -> Draft:
        """A draft whose release was written just before its process died is a released one."""
        if draft.state != "approved":
            return draft
        number = await self.library.release_of(draft.id)
        if number is None:
            return draft
        entry = Entry(self._clock(), draft.approved_by, "draft-release", draft.id, {"recovered": True})
        values = {"state": "released", "released_as": number}
        try:
            await self._store.change(draft, entry, **values)
        except ConflictError:
            return await self._store.find(draft.id)
        except StoreError as error:
            log.error("draft %s is release %s, but that is not noted yet: %s", draft.id, number, error)
        return draft._replace(state="released", released_as=number)

    def _entry(self, account: Account, action: str, subject: str, **detail: Any) -> Entry:
        return Entry(self._clock(), account.name, action, subject, detail)


def record_texts(snapshot: Snapshot, address: Address, fields: Fields | None) -> dict[str, str | None]:
    """The files that change when one record does."""
    old = snapshot.path_of_record(address)
    if address.kind not in ("services", "examples"):
        path = path_of(address)
        return {path: edited(snapshot.texts.get(path), path, address, fields)}
    if fields is None:
        return {old: None} if old else {}
    section = fields.get("source", {}).get("section")
    service = snapshot.records.get(Address("services", address.id), {})
    section = service.get("source", {}).get("section") if address.kind == "examples" else section
    path = path_of(address, snapshot.folder_of(section)) if section or not old else old
    text = edited(snapshot.texts.get(old or path), path, address, fields)
    return {path: text} if old in (None, path) else {path: text, str(old): None}


def _line(text: str, longest: int, what: str) -> str:
    text = text.strip()
    if not 0 < len(text) <= longest:
        raise InputError(f"a {what} has 1 to {longest} characters", f"no-{what}", longest=longest)
    return text
