"""Drafts made, changed, and merged with what others released meanwhile.

Nothing is overwritten: a draft keeps all its versions. Every change makes an approval void.
"""

import asyncio
import hashlib
import json
import logging
import secrets
import time
from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Any

from bot.catalogue.records import Address, Change, Edits, Fields, changes, merge
from bot.errors import AccessError, ConflictError, InputError, StoreError
from bot.staff.accounts import allow
from bot.staff.changing import with_records
from bot.staff.checking import Checker, Faults
from bot.staff.rebasing import Choices, Rebased, rebased
from bot.staff.release_history import ReleaseHistory
from bot.staff.snapshot import Snapshot
from bot.store.accounts import Account
from bot.store.drafts import Addition, Draft, DraftStore, Texts, Version
from bot.store.schema import LONGEST_PATH
from bot.store.trail import Entry

log = logging.getLogger("yongwen")
OPEN = ("editing", "submitted", "approved")
NO_TEXTS: Texts = MappingProxyType({})


class Drafts:
    """Drafts on top of the catalogue's releases. `clock` gives seconds since 1970."""

    def __init__(
        self, history: ReleaseHistory, store: DraftStore, clock: Callable[[], float] = time.time
    ) -> None:
        self.history = history
        self.checker = Checker(clock)
        self._store = store
        self._clock = clock

    async def get(self, draft_id: str) -> Draft:
        """A draft as it stands. InputError where there is none."""
        return await self._settled(await self._store.find(draft_id))

    async def all(self, states: Collection[str] = ()) -> list[Draft]:
        """Drafts, the last changed first, in these states or in any."""
        found = [await self._settled(d) for d in await self._store.all(states)]
        return [d for d in found if not states or d.state in states]

    async def titles(self, ids: Collection[str]) -> dict[str, str]:
        """What drafts are called, by id; an id of none is left out."""
        return await self._store.titles(ids)

    async def versions(self, draft_id: str) -> list[Version]:
        """Every version of a draft: who made it, when, how."""
        return await self._store.versions(draft_id)

    async def contributors(self, draft: Draft) -> frozenset[str]:
        """Who began the draft or put content into it: none of them may approve it."""
        made = await self._store.versions(draft.id)
        return frozenset({draft.author, *(v.account for v in made if v.contributes)})

    async def snapshot(self, draft: Draft, version: int | None = None, *, whole: bool = False) -> Snapshot:
        """All knowledge as the draft would have it, in its newest or in another version.

        `whole`: each file that it changes is read whole, as for a release.
        """
        base = draft.base
        if version is not None and version != draft.version:
            made = {v.version: v.base for v in await self._store.versions(draft.id)}
            first = made[min(made)] if made else draft.base
            base = made.get(version, first)
        texts = await self._store.texts(draft.id, draft.version if version is None else version)
        under = await self.history.snapshot(base)
        return await asyncio.to_thread(lambda: under.with_texts(texts, whole=whole).read())

    async def records(self, draft_id: str = "") -> Mapping[Address, Fields]:
        """Every record, as a draft has it or as the live release does."""
        if not draft_id:
            return (await self.history.live()).records
        return (await self.snapshot(await self.get(draft_id))).records

    async def changes(self, draft_id: str) -> list[Change]:
        """What a draft changes against its base, field by field."""
        draft = await self.get(draft_id)
        before = await self.history.snapshot(draft.base)
        return changes(before.records, (await self.snapshot(draft)).records)

    async def texts(self, draft_id: str) -> Texts:
        """The files that a draft changes, by path; None: taken away."""
        draft = await self.get(draft_id)
        return await self._store.texts(draft.id, draft.version)

    async def faults(self, draft_id: str) -> Faults:
        """Every fault of the knowledge with the draft's changes, each at its record and field."""
        return await self.checker.faults(await self.snapshot(await self.get(draft_id)))

    async def create(
        self,
        account: Account,
        title: str,
        reason: str = "",
        *,
        base: int | None = None,
        texts: Texts = NO_TEXTS,
        what: str = "",
    ) -> Draft:
        """Begin a draft on the live release, or on the older one that was worked from.

        `texts`: the files that its first version changes, told in the trail as `what`; none: an empty draft.
        The same person's same changes are one draft while it stands as it was: a button pressed twice makes
        no second one. KnowledgeError where a file cannot be read.
        """
        allow(account, "edit")
        on = await self.history.newest() if base is None else (await self.history.release(base)).number
        if texts:
            await asyncio.to_thread((await self.history.snapshot(on)).with_texts, texts)
        now = self._clock()
        title, reason = one_line(title, 200, "title"), reason.strip()[:400]
        for id_ in (_id_of(account.name, title, reason, on, sorted(texts.items())), secrets.token_hex(6)):
            draft = Draft(id_, title, reason, on, "editing", 0, account.name, now, now, "", None)
            entry = self._entry(account, "draft-create", id_, title=title)
            first = await self._addition(account, draft, texts, what) if texts else None
            made = await self._store.create(draft, entry, first)
            if made or (first and await self._still(draft, first)):
                break
        return await self.get(id_)

    async def _still(self, draft: Draft, first: Addition) -> bool:
        """Whether a draft, made before, is still being edited and says what it said at first."""
        now = await self.get(draft.id)
        same = now.state == draft.state and now.base == draft.base
        return same and await self._store.texts(now.id, now.version) == dict(first.changed)

    async def save(
        self, account: Account, draft_id: str, version: int, edits: Edits, *, what: str = ""
    ) -> Draft:
        """Save records as one version (None: taken away), opened for editing in `version`.

        ConflictError, its `conflict` a Merge of both people's changes, where one was changed since. `what`
        tells it in the trail; without, each record is named. Nothing is made where nothing differs.
        """
        draft = await self._to_change(account, draft_id)
        for address, fields in edits.items():
            _refuse_other_id(address, fields)
        snapshot = await self.snapshot(draft)
        if version != draft.version:
            await self._refuse_lost_update(draft, version, edits, snapshot)
        after = await asyncio.to_thread(with_records, snapshot, edits)
        texts = snapshot.differing(after.texts)
        if not texts:
            return draft
        addition = await self._addition(account, draft, texts, what or steps_of(edits))
        await self._store.add_version(draft, addition)
        return await self.get(draft.id)

    async def rebase(
        self, account: Account, draft_id: str, choices: Choices | None = None
    ) -> tuple[Draft, Rebased]:
        """Put the draft's changes on top of the live release, field by field.

        ConflictError, its `conflict` a Rebased, where both changed a field and `choices` does not say
        which value it shall have.
        """
        draft = await self._to_change(account, draft_id)
        newest = await self.history.newest()
        if draft.base == newest:
            return draft, Rebased({}, (), ())
        base, theirs = await self.history.snapshot(draft.base), await self.history.snapshot(newest)
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
        await self._store.add_version(draft, Addition(version, result.texts, restored, entry))
        return await self.get(draft_id), result

    async def _to_change(self, account: Account, draft_id: str) -> Draft:
        allow(account, "edit")
        draft = await self.get(draft_id)
        if draft.state not in OPEN:
            raise AccessError(f"draft {draft_id} is {draft.state}", code="closed")
        return draft

    async def _refuse_lost_update(self, draft: Draft, version: int, edits: Edits, now: Snapshot) -> None:
        if not 0 <= version < draft.version:
            raise InputError(f"draft {draft.id} never had a version {version}")
        then = (await self.snapshot(draft, version)).records
        for address, fields in edits.items():
            opened, theirs = then.get(address), now.records.get(address)
            if theirs != opened:
                merged = merge(opened, fields, theirs)
                raise ConflictError(f"{address} was changed since version {version}", merged)

    async def _addition(self, account: Account, draft: Draft, texts: Texts, what: str) -> Addition:
        if any(len(path) > LONGEST_PATH for path in texts):
            raise InputError(f"a file's path has at most {LONGEST_PATH} characters", "path-long")
        base = (await self.history.snapshot(draft.base)).texts
        restored = [path for path, text in texts.items() if base.get(path) == text]
        changed = {path: text for path, text in texts.items() if path not in restored}
        made = Version(draft.version + 1, draft.base, account.name, self._clock(), what[:400], True)
        entry = self._entry(account, "draft-save", draft.id, version=made.version, what=made.what)
        return Addition(made, changed, restored, entry)

    async def _settled(self, draft: Draft) -> Draft:
        """A draft whose release was written just before its process died is a released one."""
        if draft.state != "approved":
            return draft
        number = await self.history.release_of(draft.id)
        if number is None:
            return draft
        entry = Entry(self._clock(), draft.approved_by, "draft-release", draft.id, {"recovered": True})
        values: dict[str, Any] = {"state": "released", "released_as": number}
        try:
            await self._store.change(draft, entry, **values)
        except ConflictError:
            return await self._store.find(draft.id)
        except StoreError as error:
            log.error("draft %s is release %s, but that is not noted yet: %s", draft.id, number, error)
        return draft._replace(state="released", released_as=number)

    def _entry(self, account: Account, action: str, subject: str, **detail: Any) -> Entry:
        return Entry(self._clock(), account.name, action, subject, detail)


def _id_of(*about: Any) -> str:
    """A draft's id, the same for the same."""
    return hashlib.sha256(json.dumps(about).encode()).hexdigest()[:12]


def steps_of(edits: Edits) -> str:
    """What the trail says of edits: a line for each, `~services/x`, or `-services/x` of one taken away."""
    return "\n".join(f"{'-' if fields is None else '~'}{address}" for address, fields in edits.items())


def _refuse_other_id(address: Address, fields: Fields | None) -> None:
    if fields is not None and address.kind != "words" and str(fields.get("id", address.id)) != address.id:
        raise InputError(f"{address}: an id never changes; make a new record instead", "id-changed")


def one_line(text: str, longest: int, what: str) -> str:
    """A title, comment or reason without white space around it. InputError where it is empty or too long."""
    text = text.strip()
    if not 0 < len(text) <= longest:
        raise InputError(f"a {what} has 1 to {longest} characters", f"no-{what}", longest=longest)
    return text
