"""From an approved draft to the live release, and back: checked, learnt, tested, then one transaction.

Rolling back needs one reviewer alone: what it brings back was released by two people before.
"""

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from bot.catalogue.check import Checked
from bot.catalogue.model import Catalogue
from bot.catalogue.records import Address
from bot.errors import AccessError, ConflictError, GateError, InputError
from bot.staff.accounts import allow
from bot.staff.building import releasable
from bot.staff.drafts import Drafts, one_line
from bot.staff.progress import Progress, unreported
from bot.staff.quality_gate import Base, Judged, Learnt, judge_release, learn
from bot.staff.review import Reviews
from bot.staff.snapshot import Snapshot
from bot.staff.whatif import Tried, try_out
from bot.staff.workers import Runner, in_process
from bot.store.accounts import Account
from bot.store.catalogue import ROOT, Story
from bot.store.drafts import Draft

_LONGEST_REASON = 400


def reason_of(text: str) -> str:
    """Why an older release comes back, as history keeps it. InputError where it is empty or too long."""
    return one_line(text, _LONGEST_REASON, "reason")


class Released(NamedTuple):
    """A release just made; `judged` is None where a whole older release came back untested."""

    number: int
    judged: Judged | None


class Publisher:
    """Makes releases. Nothing else does.

    Learning and testing take seconds of one core: `run` says where, by default in a process of their own.
    """

    def __init__(
        self,
        drafts: Drafts,
        reviews: Reviews,
        run: Runner = in_process,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.history = drafts.history
        self._drafts = drafts
        self._reviews = reviews
        self._run = run
        self._clock = clock

    async def what_if(
        self, snapshot: Snapshot, logged: Sequence[tuple[str, int]], progress: Progress = unreported
    ) -> Tried:
        """Which logged questions (text, times) and examples this knowledge would answer otherwise.

        KnowledgeError where it has faults.
        """
        checked, catalogue = await self._sound(snapshot)
        base = await self._base(await self.history.newest())
        examples = (*checked.examples, *checked.talk)
        return await self._run(try_out, base, catalogue, logged, examples, progress=progress)

    async def release(
        self, account: Account, draft_id: str, version: int, progress: Progress = unreported
    ) -> Released:
        """Release exactly the version of a draft that a second person approved.

        AccessError without such an approval, ConflictError where another release came first,
        KnowledgeError for faults, GateError where the live release knows more.
        """
        allow(account, "release")
        draft = await self._approved(draft_id, version)
        snapshot = await self._drafts.snapshot(draft, whole=True)
        catalogue, judged = await self._passed(draft.base, snapshot, progress)
        draft = await self._approved(draft_id, version)  # while we learnt, someone may have changed it
        editors = "、".join(sorted(await self._drafts.contributors(draft)))
        story = Story(
            self._clock(), editors[:400], draft.approved_by, draft.reason or draft.title, draft.base, draft.id
        )
        number = await self._add(catalogue, judged.models, snapshot, story, draft.title)
        await self._reviews.released(account, draft, number)
        return Released(number, judged)

    async def roll_back(
        self, account: Account, number: int, reason: str, service: str = "", progress: Progress = unreported
    ) -> Released:
        """Release an older release again, whole or for one service; the history goes on.

        InputError where there is nothing to bring back, or no reason: it is all the account that one person
        gives of it.
        """
        allow(account, "release")
        reason = reason_of(reason)
        release = await self.history.release(number)
        live = await self.history.newest()
        if release.number == live:
            raise InputError(f"release {number} is the live one", "live", number=number)
        story = Story(self._clock(), account.name, "", reason, live)
        old = await self.history.snapshot(number)
        if service:
            snapshot, note = _with_service(await self.history.live(), old, service), f"{service} ← {number}"
            catalogue, judged = await self._passed(live, snapshot, progress)
            back = Released(await self._add(catalogue, judged.models, snapshot, story, note), judged)
        else:
            back = await self._whole(number, old, story, progress)
        await self._reviews.rolled_back(account, number, back.number, story.reason, service)
        return back

    async def _whole(self, number: int, old: Snapshot, story: Story, progress: Progress) -> Released:
        catalogue = await self.history.store.catalogue(number)
        learnt = await self.history.store.models(number)
        learnt = learnt or await self._run(learn, catalogue, progress=progress)
        return Released(await self._add(catalogue, learnt, old, story, f"← {number}"), None)

    async def _approved(self, draft_id: str, version: int) -> Draft:
        draft = await self._drafts.get(draft_id)
        if draft.version != version:
            raise ConflictError(f"draft {draft_id} is in version {draft.version}, not {version}")
        if draft.state != "approved" or not draft.approved_by:
            raise AccessError(f"draft {draft_id} is {draft.state}, not approved", code="not-approved")
        if draft.approved_by in await self._drafts.contributors(draft):
            raise AccessError(f"{draft.approved_by} contributed to draft {draft_id}", code="own-change")
        if draft.base != await self.history.newest():
            raise ConflictError(f"draft {draft_id} is based on release {draft.base}; rebase it first")
        return draft

    async def _passed(self, live: int, snapshot: Snapshot, progress: Progress) -> tuple[Catalogue, Judged]:
        catalogue, judged = await self._judged(live, snapshot, progress)
        if judged.blocking:
            lost = (*judged.lost, *judged.astray)
            raise GateError(f"{len(lost)} questions would be lost", judged.blocking, lost)
        return catalogue, judged

    async def _judged(self, live: int, snapshot: Snapshot, progress: Progress) -> tuple[Catalogue, Judged]:
        checked, catalogue = await self._sound(snapshot)
        base = await self._base(live)
        examples = (*checked.examples, *checked.talk)
        return catalogue, await self._run(judge_release, base, catalogue, examples, progress=progress)

    async def _sound(self, snapshot: Snapshot) -> tuple[Checked, Catalogue]:
        checked = await self._drafts.checker.check(snapshot)
        return checked, releasable(checked)

    async def _base(self, number: int) -> Base:
        releases = self.history.store
        models = await releases.models(number)
        root = int(models.get(ROOT, b"0"))
        learnt = Learnt(root, await releases.catalogue(root), await releases.models(root)) if root else None
        return Base(await releases.catalogue(number), models, number, learnt)

    async def _add(
        self, catalogue: Catalogue, models: dict[str, bytes], snapshot: Snapshot, story: Story, note: str
    ) -> int:
        return await self.history.store.add(catalogue, models, snapshot.sources, story, note[:400])


def _with_service(live: Snapshot, old: Snapshot, service: str) -> Snapshot:
    """The live knowledge with one service, its phrasings and its examples as an older release had them."""
    sources = dict(live.sources)
    for kind in ("services", "examples"):
        address = Address(kind, service)
        now, then = live.path_of_record(address), old.path_of_record(address)
        if now:
            del sources[now]
        if then:
            sources[then] = old.sources[then]
    if sources == live.sources:
        raise InputError(f"{service} is the same in both releases", "same")
    return Snapshot(sources)
