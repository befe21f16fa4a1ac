"""From a question asked in vain to knowledge: attached, signposted, made a service, or put aside."""

import hashlib
from collections.abc import Sequence
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.catalogue.records import Address, Edits
from bot.catalogue.sentences import FALLBACK
from bot.staff.clusters import subject
from bot.staff.console import work
from bot.staff.console.access import HOME, Visit
from bot.staff.console.console import Console
from bot.staff.console.knowledge import PATH as KNOWLEDGE
from bot.staff.console.today import pending_of
from bot.staff.due import verified
from bot.store.drafts import Draft
from bot.text.normalise import normalise

_ATTACHED_TO = ("services", "signposts")


class UnansweredPage:
    """What today's page does with one press."""

    def __init__(self, console: Console) -> None:
        self._console = console

    async def act(self, visit: Visit) -> Response:
        """Attach the ticked wordings, make them a signpost or a service of their own, or dismiss them."""
        form = visit.form
        wordings = list(dict.fromkeys(w for w in form.all("wording") if w.strip()))
        if not wordings:
            return visit.go(HOME, "none-ticked")
        if "dismiss" in form:
            return await self._dismiss(visit, wordings)
        if "new" in form:
            query = urlencode([("phrasing", w) for w in wordings])
            return visit.go(f"{KNOWLEDGE}/services/new?{query}")
        if "signpost" in form:
            return await self._signpost(visit, wordings)
        chosen = form.one("attach") or form.one("service")
        if not chosen:
            return visit.go(HOME, "none-chosen")
        kind, _, id_ = chosen.rpartition("/")
        return await self._attach(visit, wordings, Address(kind or "services", id_))

    async def _attach(self, visit: Visit, wordings: Sequence[str], address: Address) -> Response:
        """Add wordings to the phrasings of a service or signpost."""
        draft = await self._draft_of(visit)
        space = await work.workspace(self._console, draft.id if draft else "")
        fields = space.snapshot.records.get(address) if address.kind in _ATTACHED_TO else None
        if fields is None:
            raise HTTPException(404)
        known = set(map(normalise, fields["phrasings"]))
        fresh = [w for w in wordings if normalise(w) not in known]
        edits: Edits = {address: {**fields, "phrasings": [*fields["phrasings"], *fresh]}}
        title = visit.pages.words["titles"]["attached"].format(fields["name"])
        saved = await self._save(visit, space, draft, edits, title)
        return visit.go(f"/staff/drafts/{saved.id}", "attached") if saved else visit.go(HOME, "unchanged")

    async def _signpost(self, visit: Visit, wordings: Sequence[str]) -> Response:
        """A signpost to 12345, named by the question without its question words; to be looked at next."""
        draft = await self._draft_of(visit)
        space = await work.workspace(self._console, draft.id if draft else "")
        name = subject(wordings[0], self._console.knowledge())
        id_ = f"topic-{hashlib.blake2b(name.encode(), digest_size=4).hexdigest()}"
        address = Address("signposts", id_)
        before = space.snapshot.records.get(address, {})
        phrasings = list(dict.fromkeys([*before.get("phrasings", ()), *wordings]))
        fields = {"id": id_, "name": name[:60], "contacts": [FALLBACK], **before, "phrasings": phrasings}
        title = visit.pages.words["titles"]["signposted"].format(name[:60])
        saved = await self._save(visit, space, draft, {address: fields}, title)
        if saved is None:
            return visit.go(HOME, "unchanged")
        return visit.go(f"{KNOWLEDGE}/signposts/{id_}?draft={saved.id}", "signposted")

    async def _dismiss(self, visit: Visit, wordings: Sequence[str]) -> Response:
        groups = (g.cluster for g in await pending_of(self._console))
        ids = [i for group in groups for w in group.wordings if w.text in wordings for i in w.ids]
        await self._console.questions.dismiss(ids, visit.account.name, self._console.clock())
        return visit.go(HOME, "dismissed")

    async def settle(self, visit: Visit) -> Response:
        """An answer marked wrong was seen to."""
        await self._console.questions.settle(visit.form.one("answer"), self._console.clock())
        return visit.go(HOME, "settled")

    async def verify(self, visit: Visit) -> Response:
        """A record was verified today: a draft with its new dates."""
        draft = await self._draft_of(visit)
        space = await work.workspace(self._console, draft.id if draft else "")
        address = Address(visit.form.one("kind"), visit.form.one("id"))
        fields = space.snapshot.records.get(address)
        if fields is None or "checked_on" not in fields:
            raise HTTPException(404)
        edits: Edits = {address: {**fields, **verified(self._console.today)}}
        title = visit.pages.words["titles"]["verified"].format(self._console.today)
        saved = await self._save(visit, space, draft, edits, title)
        return visit.go(f"/staff/drafts/{saved.id}", "verified") if saved else visit.go(HOME, "unchanged")

    async def _draft_of(self, visit: Visit) -> Draft | None:
        """The draft this account is working on; what is pressed on today's page gathers in it."""
        drafts = await self._console.drafts.all(("editing",))
        return next((d for d in drafts if d.author == visit.account.name), None)

    async def _save(
        self, visit: Visit, space: work.Workspace, draft: Draft | None, edits: Edits, title: str
    ) -> Draft | None:
        """The draft it is in now; None where the live release says it all, and no draft was needed."""
        target = draft.id if draft else ""
        seen = (space.seen, space.version)
        try:
            return await work.save(self._console, visit.account, seen, target, edits, title[:200])
        except work.UnchangedError:
            return None
