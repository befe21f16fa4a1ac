"""草稿与审核: a draft on its way — changed, discussed, handed in, approved by a second person, released."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.catalogue.lookup import lookup
from bot.catalogue.model import Catalogue
from bot.catalogue.records import Address, Change, FieldConflict
from bot.conversation.expiry import current
from bot.errors import AccessError, ConflictError, KnowledgeError
from bot.staff.accounts import allow
from bot.staff.console import work
from bot.staff.console.access import Visit
from bot.staff.console.console import Console
from bot.staff.console.faultlist import fault_lines
from bot.staff.console.forms import count_of
from bot.staff.console.showing import by_record, title_of, titled, titles_of, with_names
from bot.staff.console.trying import start_trial
from bot.staff.drafts import OPEN
from bot.staff.mentions import taken_away, without_mentions
from bot.staff.previewing import sample_replies
from bot.staff.progress import Progress
from bot.staff.rebasing import Rebased
from bot.staff.snapshot import Snapshot
from bot.store.drafts import Draft

PATH = "/staff/drafts"
_STATES = ("submitted", "approved", "editing", "released", "discarded")
_MOST_PREVIEWS = 3
_MOST_CLOSED = 20
_SHORT_SECONDS = 1.0
_LEADS_TO = {
    "submit": "submitted",
    "approve": "approved",
    "withdraw": "editing",
    "discard": "discarded",
    "reopen": "editing",
    "send-back": "editing",
}
"""Where a draft stands after each step."""


class ReviewPage:
    """Drafts, and what may be done with each by whom."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._drafts = console.drafts

    async def listed(self, visit: Visit) -> Response:
        """Drafts by where they stand; of those that are done with, the last ones."""
        drafts = await self._drafts.all()
        most = {s: None if s in OPEN else _MOST_CLOSED for s in _STATES}
        by_state = {s: [d for d in drafts if d.state == s] for s in _STATES}
        groups = [(s, found[: most[s]], len(found)) for s, found in by_state.items()]
        return visit.page("drafts", here=PATH, groups=groups)

    async def page(self, visit: Visit) -> Response:
        """One draft: differences, faults, what residents would read, the thread, what may be done."""
        return await self._page(visit, await self._drafts.get(visit.part("id")))

    async def _page(self, visit: Visit, draft: Draft, status_code: int = 200, **more: Any) -> Response:
        console, drafts = self._console, self._drafts
        snapshot = await drafts.snapshot(draft)
        changes = await drafts.changes(draft.id)
        before = await drafts.history.snapshot(draft.base)
        contributors = await drafts.contributors(draft)
        faults = await drafts.checker.faults(snapshot)
        reviewer = visit.account.role in ("reviewer", "admin")
        return visit.page(
            "draft",
            status_code,
            here=PATH,
            draft=draft,
            changes=with_names(changes, snapshot.records, before.records),
            titles=titles_of(changes, snapshot.records, before.records),
            suffix=f"?draft={draft.id}" if draft.state in OPEN else "",
            faults=faults,
            blocking=fault_lines(faults.blocking, snapshot.records),
            overdue=fault_lines(faults.overdue, snapshot.records),
            **self._loose_ends(draft, before, snapshot),
            removed=self._removed(changes, before, snapshot),
            previews=await self._previews(snapshot, changes),
            comments=await console.reviews.comments(draft.id),
            versions=await drafts.versions(draft.id),
            records={**before.records, **snapshot.records},
            contributors=sorted(contributors),
            newest=await drafts.history.newest(),
            own=visit.account.name in contributors,
            reviewer=reviewer,
            trial=console.jobs.newest("try", whole=(draft.id, draft.version)),
            releasing=self._releasing(draft.id),
            **({"unable": "", "said": {}} | more),
        )

    def _loose_ends(self, draft: Draft, before: Snapshot, after: Snapshot) -> dict[str, Sequence[str]]:
        """What the draft takes away, and what still names it, both as staff call them."""
        gone = taken_away(before.records, after.records) if draft.state == "editing" else ()
        kinds, named = self._console.pages.words["kinds"], self._console.pages.named
        mentions = without_mentions(after.records, gone)
        return {
            "gone": [titled(address, before.records) for address in gone],
            "mentions": [f"{kinds[a.kind]} {named(titled(a, after.records), a)}" for a in mentions],
        }

    def _removed(self, changes: Sequence[Change], before: Snapshot, after: Snapshot) -> list[str]:
        """What the draft takes away, as staff call it; a service's examples and misses go with it unsaid."""
        kinds, named = self._console.pages.words["kinds"], self._console.pages.named
        gone = dict.fromkeys(c.address for c in changes if c.address not in after.records)
        said = (a for a in gone if a.kind not in ("examples", "known"))
        return [f"{kinds[a.kind]} {named(titled(a, before.records), a)}" for a in said]

    async def _clear(self, visit: Visit, draft_id: str, version: int) -> None:
        """Take away whatever names what the draft takes away."""
        drafts = self._drafts
        draft = await drafts.get(draft_id)
        before, after = await drafts.history.snapshot(draft.base), await drafts.snapshot(draft)
        gone = taken_away(before.records, after.records)
        edits = without_mentions(after.records, gone)
        if edits and draft.version != version:
            raise ConflictError(f"draft {draft_id} is in version {draft.version}, not {version}")
        names = "、".join(f"{a.kind}/{titled(a, before.records)}" for a in gone)
        await drafts.save(visit.account, draft_id, draft.version, edits, what=f"×{names}")

    async def _previews(self, snapshot: Snapshot, changes: Sequence[Change]) -> list[tuple[str, Any]]:
        """What residents would read of the first records changed, of a service also by its changed fields."""
        catalogue = (await self._drafts.checker.check(snapshot)).catalogue
        return await asyncio.to_thread(self._shown, catalogue, snapshot, changes) if catalogue else []

    def _shown(
        self, catalogue: Catalogue, snapshot: Snapshot, changes: Sequence[Change]
    ) -> list[tuple[str, Any]]:
        known, found = current(lookup(catalogue), self._console.today), list[tuple[str, Any]]()
        for address, changed in by_record(changes):
            if len(dict(found)) == _MOST_PREVIEWS:
                break
            title = self._console.pages.named(title_of(address, snapshot.records.get(address, {})), address)
            replies = sample_replies(known, *address, [c.field for c in changed])
            found += [(title, self._console.previews(reply)) for reply in replies]
        return found

    async def act(self, visit: Visit) -> Response:
        """The next step of a draft, as the page's buttons name it."""
        id_, do = visit.part("id"), visit.form.one("do")
        sent = count_of(visit.form.one("version"))
        version = -1 if sent is None else sent
        try:
            elsewhere = await self._step(visit, id_, version)
        except KnowledgeError:
            return await self._unable(visit, id_, "faults")
        except ConflictError:
            elsewhere = (
                None if await self._is_done(visit, version) else await self._unable(visit, id_, "changed")
            )
        except AccessError as error:
            if error.code != "state" or not await self._is_done(visit, version):
                raise
            elsewhere = None
        return elsewhere or visit.go(f"{PATH}/{id_}", f"did-{do}")

    async def _step(self, visit: Visit, id_: str, version: int) -> Response | None:
        """Take a step; gives where it leads, None for the draft's own page."""
        who, reviews, text = visit.account, self._console.reviews, visit.form.one("text")
        moves = {
            "approve": reviews.approve,
            "withdraw": reviews.withdraw,
            "discard": reviews.discard,
            "reopen": reviews.reopen,
        }
        match visit.form.one("do"):
            case "submit":
                await reviews.submit(who, id_, version, text)
            case "send-back":
                await reviews.send_back(who, id_, version, text)
            case "comment":
                await self._comment(visit, id_, text)
            case move if move in moves:
                await moves[move](who, id_, version)
            case "clear":
                await self._clear(visit, id_, version)
            case "try":
                return await start_trial(self._console, visit, await work.workspace(self._console, id_))
            case "release":
                return await self._release(visit, id_, version)
            case _:
                raise HTTPException(400)
        return None

    async def _comment(self, visit: Visit, id_: str, text: str) -> None:
        if not await self._is_said(visit, await self._drafts.get(id_)):
            await self._console.reviews.comment(visit.account, id_, text)

    async def _is_done(self, visit: Visit, version: int) -> bool:
        """Whether a step was taken already, as where its button was pressed twice."""
        draft, do = await self._drafts.get(visit.part("id")), visit.form.one("do")
        done = (draft.version, draft.state) == (version, _LEADS_TO.get(do))
        return done and (do != "send-back" or await self._is_said(visit, draft))

    async def _is_said(self, visit: Visit, draft: Draft) -> bool:
        """Whether the last remark is this person's and the one that was sent."""
        said = (await self._console.reviews.comments(draft.id))[-1:]
        sent = (visit.account.name, draft.version, visit.form.one("text").strip())
        return any((one.account, one.version, one.text) == sent for one in said)

    async def _unable(self, visit: Visit, id_: str, why: str) -> Response:
        """The draft as it is now, why the step was not taken, and what was typed for it."""
        draft = await self._drafts.get(id_)
        if why == "changed" and draft.base != await self._drafts.history.newest():
            why = "conflict"
        said = {visit.form.one("do"): visit.form.one("text")}
        return await self._page(visit, draft, 409, unable=why, said=said)

    async def _release(self, visit: Visit, draft_id: str, version: int) -> Response:
        account, publisher = visit.account, self._console.publisher
        allow(account, "release")
        if at_it := self._releasing(draft_id):
            return visit.go(f"/staff/jobs/{at_it}")

        async def released(progress: Progress) -> Any:
            return await publisher.release(account, draft_id, version, progress)

        job = self._console.jobs.start(
            account.name, "release", released, back=f"{PATH}/{draft_id}", suffix=f"?draft={draft_id}"
        )
        await self._console.jobs.wait(job, _SHORT_SECONDS)
        return visit.go(f"/staff/jobs/{job.id}")

    def _releasing(self, draft_id: str) -> str:
        """The id of the job that is releasing the draft; empty where none is."""
        return self._console.jobs.going_on("release", back=f"{PATH}/{draft_id}")

    async def rebase(self, visit: Visit) -> Response:
        """Put a draft on the newest release; where both changed a field, ask which it shall be."""
        id_, who = visit.part("id"), visit.account
        try:
            await self._drafts.rebase(who, id_)
        except ConflictError as error:
            if not isinstance(error.conflict, Rebased):
                raise
            rows = list(_clashes(error.conflict))
            chosen = {r.key: r.value(visit.form.one(r.name)) for r in rows if visit.form.one(r.name)}
            if len(chosen) < len(rows):
                draft = await self._drafts.get(id_)
                return visit.page("rebase", 409, here=PATH, draft=draft, clashes=rows)
            await self._drafts.rebase(who, id_, chosen)
        return visit.go(f"{PATH}/{id_}", "rebased")


class Clash(NamedTuple):
    """A field that the draft and a newer release both changed."""

    address: Address
    found: FieldConflict

    @property
    def name(self) -> str:
        """Under which the form sends the choice: `mine` or `theirs`."""
        return f"{self.address}/{self.found.field}"

    @property
    def key(self) -> tuple[Address, str]:
        """How rebasing calls it."""
        return self.address, self.found.field

    def value(self, choice: str) -> Any:
        """The value chosen."""
        return self.found.mine if choice == "mine" else self.found.theirs


def _clashes(found: Rebased) -> Iterator[Clash]:
    for address, merged in found.conflicts:
        yield from (Clash(address, one) for one in merged.conflicts)
