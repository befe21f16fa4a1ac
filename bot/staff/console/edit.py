"""A record's form: checked, previewed, tried out, saved into a draft, and merged where two people met."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.catalogue.check import Checked
from bot.catalogue.lookup import lookup
from bot.catalogue.model import Catalogue
from bot.catalogue.records import LISTED, Address, Edits, FieldFault, Fields, changes
from bot.conversation.expiry import current
from bot.staff.console import work
from bot.staff.console.access import Visit
from bot.staff.console.console import Console
from bot.staff.console.faultlist import fault_lines
from bot.staff.console.fields import FIELDS, FormField, fields_of, shown_fields
from bot.staff.console.forms import count_of
from bot.staff.console.ids import glossary, with_ids
from bot.staff.console.knowledge import ALONE, PATH, address_of, grows
from bot.staff.console.showing import titled, titles_of, with_names
from bot.staff.console.trying import start_trial
from bot.staff.console.work import ClashError, UnchangedError, Workspace
from bot.staff.cutting import Recut, recut
from bot.staff.due import verified
from bot.staff.previewing import sample_replies

_EXAMPLES = "examples"
_CUTS = ("words", "concepts")
"""Kinds that change how sentences are cut."""
_NAMES = ("id", "service")
"""Fields that name a record; its form shows them while it is new."""
_PERMANENT = ("domains", "replies", "organizations", "talk", "known", *ALONE)
_WITH_ID = ("services", *LISTED)
_MOST_SENTENCES = 4000  # tried for how they are cut
_PLAIN_FORM: Mapping[str, Any] = {
    "looked": False,
    "titles": {},
    "by_field": {},
    "elsewhere": (),
    "changes": (),
    "previews": (),
    "recuts": (),
    "merged": False,
    "conflicts": (),
    "other": "",
}
"""What the template shows besides the fields, where nobody has looked, tried or clashed yet."""


class FormPart(NamedTuple):
    """A form's part: the fields of one record, and what they hold."""

    title: str
    hint: str
    fields: Sequence[FormField]
    values: Mapping[str, Any]


@dataclass(frozen=True)
class OpenRecord:
    """A record opened for editing: what the form shows, in which workspace it was seen, and the id of the
    draft it shall go into (empty for a new one).
    """

    address: Address
    edits: Edits
    space: Workspace
    is_new: bool
    target: str
    sentence: str = ""

    @property
    def seen(self) -> tuple[str, int]:
        """What the editor looked at: the draft's id (or empty), and its version (or the release)."""
        return self.space.seen, self.space.version


class EditPage:
    """The form of every kind of record."""

    def __init__(self, console: Console) -> None:
        self._console = console

    async def page(self, visit: Visit) -> Response:
        """The form of a record that is there, or of a new one (`new`, with `?id=` where it is known)."""
        space = await work.workspace(self._console, visit.asked("draft"))
        address = address_of(visit)
        self._console.drafts.checker.begin(space.snapshot)  # so that a press finds nearly all of it done
        if address.id == "new" and grows(address.kind):
            address = address._replace(id=visit.asked("id"))
            filled = _prefilled(address, self._console, visit)
            return await self._form(visit, OpenRecord(address, filled, space, is_new=True, target=space.seen))
        if address not in space.snapshot.records:
            raise HTTPException(404)
        edits = {a: space.snapshot.records.get(a, {}) for a in _addresses(address)}
        return await self._form(visit, OpenRecord(address, edits, space, is_new=False, target=space.seen))

    async def send(self, visit: Visit) -> Response:
        """Look at, try out, save or remove what the form says."""
        opened = await self._as_sent(visit)
        match visit.form.one("do"):
            case "look":
                return await self._looked(visit, opened)
            case "try":
                return await self._try(visit, opened)
            case "remove":
                gone: Edits = {a: None for a in opened.edits if a in opened.space.snapshot.records}
                return await self._save(visit, replace(opened, edits=gone), "removed")
            case "save":
                return await self._save(visit, opened, "saved")
            case _:
                raise HTTPException(400)

    async def _as_sent(self, visit: Visit) -> OpenRecord:
        """What was sent, on top of what was seen."""
        form, address = visit.form, address_of(visit)
        is_new = address.id == "new" and grows(address.kind)
        if is_new:
            address = address._replace(id=form.one("word") if address.kind == "words" else form.one("id"))
        space = await self._seen(form.one("seen"), form.one("version"))
        if not is_new and address not in space.snapshot.records:
            raise HTTPException(404)
        edits = {a: _said(a, visit, space) for a in _addresses(address)}
        return OpenRecord(address, edits, space, is_new, form.one("draft"), form.one("sentence"))

    async def _seen(self, draft_id: str, version: str) -> Workspace:
        """The workspace as the editor saw it."""
        drafts, number = self._console.drafts, count_of(version)
        if number is None:
            raise HTTPException(400)
        if not draft_id:
            return Workspace(None, number, await drafts.history.snapshot(number))
        draft = await drafts.get(draft_id)
        return Workspace(draft, number, await drafts.snapshot(draft, number))

    async def _looked(self, visit: Visit, opened: OpenRecord, status_code: int = 200) -> Response:
        """The form with every fault at its field, the differences, and what residents would read."""
        after = await work.with_edits(opened.space.snapshot, opened.edits)
        checked = await self._console.drafts.checker.check(after)
        found = await self._console.drafts.checker.faults(after)
        mine, others = self._placed(found.blocking, opened)
        elsewhere = fault_lines(others, after.records)
        if opened.is_new and (fault := self._unusable(visit, opened)):
            mine |= {_named_by(opened.address): [fault]}
        before = {a: f for a in opened.edits if (f := opened.space.snapshot.records.get(a)) is not None}
        now = {a: f for a, f in opened.edits.items() if f is not None}
        found_changes = changes(before, now)
        return await self._form(
            visit,
            opened,
            status_code,
            looked=True,
            titles=titles_of(found_changes, now, before),
            by_field=mine,
            elsewhere=elsewhere,
            faulty=sum(map(len, mine.values())) + len(others),
            changes=with_names(found_changes, after.records),
            previews=await asyncio.to_thread(self._previews, checked, opened.address),
            recuts=await self._recuts(checked, opened),
        )

    def _previews(self, checked: Checked, address: Address) -> list[Any]:
        if checked.catalogue is None:
            return []
        replies = sample_replies(current(lookup(checked.catalogue), self._console.today), *address)
        return [self._console.previews(reply) for reply in replies]

    async def _recuts(self, checked: Checked, opened: OpenRecord) -> list[Recut]:
        """Sentences the dictionary would cut or understand otherwise; the typed one in any case."""
        if checked.catalogue is None or opened.address.kind not in _CUTS:
            return []
        before = (await self._console.drafts.checker.check(opened.space.snapshot)).catalogue
        if before is None:
            return []
        sentences = await asyncio.to_thread(_sentences, before, opened)
        return await asyncio.to_thread(recut, sentences, before, checked.catalogue, typed=opened.sentence)

    async def _try(self, visit: Visit, opened: OpenRecord) -> Response:
        """Which questions would be answered otherwise; knowledge with faults is shown with them instead."""
        after = await work.with_edits(opened.space.snapshot, opened.edits)
        unnamed = opened.is_new and self._unusable(visit, opened)
        if unnamed or (await self._console.drafts.checker.faults(after)).blocking:
            return await self._looked(visit, opened, 409)
        title = self._title(visit, opened, "saved")
        return await start_trial(self._console, visit, opened.space, opened.edits, title)

    async def _save(self, visit: Visit, opened: OpenRecord, done: str) -> Response:
        if opened.is_new and (fault := self._unusable(visit, opened) or await self._misnamed(opened)):
            return await self._form(visit, opened, 400, by_field={_named_by(opened.address): [fault]})
        title = self._title(visit, opened, done)
        try:
            seen, into = opened.seen, opened.target
            draft = await work.save(self._console, visit.account, seen, into, opened.edits, title)
        except ClashError as clash:
            return await self._clashed(visit, opened, clash)
        except UnchangedError:
            return visit.go(visit.request.url.path, "unchanged")
        return visit.go(f"/staff/drafts/{draft.id}", done)

    def _unusable(self, visit: Visit, opened: OpenRecord) -> str:
        """Why a new record may not have this id; empty where it may."""
        faults = visit.pages.words["faults"]
        if not opened.address.id or opened.address.id == "new" or "/" in opened.address.id:
            return str(faults["no-word" if opened.address.kind == "words" else "no-id"])
        taken = opened.address in opened.space.snapshot.records
        return str(faults["taken"]) if taken else ""

    async def _misnamed(self, opened: OpenRecord) -> str:
        """What is wrong with the id, which nobody can change once it is in a draft; empty where nothing."""
        after = await work.with_edits(opened.space.snapshot, opened.edits)
        found = (await self._console.drafts.checker.faults(after)).blocking
        of_names = (f for f in found if f.address in opened.edits and f.field in _NAMES)
        return next((self._console.pages.told(f) for f in of_names), "")

    def _title(self, visit: Visit, opened: OpenRecord, done: str) -> str:
        """What a new draft is called."""
        return str(visit.pages.words["titles"][done].format(self._name(opened)))[:200]

    def _name(self, opened: OpenRecord) -> str:
        before = opened.space.snapshot.records.get(opened.address) or {}
        fields = {**before, **(opened.edits.get(opened.address) or {})}
        records = {**opened.space.snapshot.records, opened.address: fields}
        title = self._console.pages.named(titled(opened.address, records), opened.address)
        return title[:60] or opened.address.id

    def _placed(
        self, faults: Sequence[FieldFault], opened: OpenRecord
    ) -> tuple[dict[str, list[str]], list[FieldFault]]:
        """What is wrong with the form's own fields, in words, and the other faults."""
        shown = {(a, f.name) for a in opened.edits for f in FIELDS[a.kind]}
        mine: dict[str, list[str]] = {}
        others = []
        for one in faults:
            if one.address and (one.address, one.field) in shown:
                mine.setdefault(one.field, []).append(self._console.pages.told(one))
            elif one.address in opened.edits and one.field in _NAMES:
                mine[_named_by(opened.address)] = [self._console.pages.told(one)]
            else:
                others.append(one)
        return mine, others

    async def _clashed(self, visit: Visit, opened: OpenRecord, clash: ClashError) -> Response:
        """Both versions side by side, the form holding what could be put together."""
        space = clash.workspace
        merged = {
            a: space.snapshot.records.get(a, {}) if a in space.snapshot.records else f
            for a, f in opened.edits.items()
        }
        edits = {**merged, clash.address: clash.merge.fields or clash.merge.mine or {}}
        versions = await self._console.drafts.versions(space.seen)
        return await self._form(
            visit,
            replace(opened, edits=edits, space=space, is_new=False),
            409,
            conflicts=clash.merge.conflicts,
            merged=True,
            other=versions[-1].account if versions else "",
        )

    async def _form(self, visit: Visit, opened: OpenRecord, status_code: int = 200, **more: Any) -> Response:
        address, space = opened.address, opened.space
        words = visit.pages.words
        forms = [_part(a, f, words) for a, f in opened.edits.items()]
        shown = {**_PLAIN_FORM, **more}
        name = self._name(opened) if address.id else words["kinds"][address.kind]
        return visit.page(
            "edit",
            status_code,
            here=PATH,
            kind=address.kind,
            id=address.id,
            title=words["new"].format(words["kinds"][address.kind]) if opened.is_new else name,
            path=f"{PATH}/{address.kind}/{'new' if opened.is_new else address.id}",
            forms=forms,
            glossary=glossary(address, forms[-1].values, space.snapshot.records),
            labels=words["fields"] | words["fields_of"].get(address.kind, {}),
            options=work.options(space.snapshot),
            draft=space.draft,
            suffix=space.suffix,
            drafts=await work.targets(self._console, visit.account, space.seen, opened.target),
            target=opened.target,
            version=space.version,
            seen=space.seen,
            is_new=opened.is_new,
            may_go=address.kind not in _PERMANENT,
            only_shown=all(f.shape == "fixed" for part in forms for f in part.fields),
            tries_words=address.kind in _CUTS,
            sentence=opened.sentence,
            **({"faulty": sum(map(len, shown["by_field"].values()))} | shown),
        )


def _named_by(address: Address) -> str:
    """The field of a new record's form that names it."""
    return "word" if address.kind == "words" else "id"


def _addresses(address: Address) -> list[Address]:
    """The records one form edits: a service goes with its examples."""
    return [address, Address(_EXAMPLES, address.id)] if address.kind == "services" else [address]


def _said(address: Address, visit: Visit, space: Workspace) -> dict[str, Any]:
    before = space.snapshot.records.get(address)
    own = {"id": address.id} if address.kind in _WITH_ID else {}
    own |= {"service": address.id} if address.kind == _EXAMPLES else {}
    said = fields_of(address.kind, visit.form, {**own, **(before or {})})
    return with_ids(address.kind, said, space.snapshot.records)


def _prefilled(address: Address, console: Console, visit: Visit) -> Edits:
    """What a new record starts with: today's dates, and phrasings handed over in the address."""
    phrasings = visit.request.query_params.getlist("phrasing")
    edits: dict[Address, Fields] = {a: {} for a in _addresses(address)}
    first: dict[str, Any] = {"phrasings": phrasings, "name": visit.asked("name")}
    if address.kind in ("services", "contacts"):
        first |= verified(console.today)
    if address.kind == "words":
        first["word"] = address.id
    edits[address] = {k: v for k, v in first.items() if v}
    return edits


def _part(address: Address, fields: Fields | None, words: Mapping[str, Any]) -> FormPart:
    title, hint = words["parts"].get(address.kind, ("", ""))
    return FormPart(title, hint, shown_fields(address.kind, fields or {}), fields or {})


def _sentences(catalogue: Catalogue, opened: OpenRecord) -> list[str]:
    """Phrasings that hold a word that came or went: those may be cut otherwise."""
    before = _words_of(opened.address, opened.space.snapshot.records.get(opened.address))
    words = before ^ _words_of(opened.address, opened.edits.get(opened.address))
    phrasings = [p for s in catalogue.services for p in s.phrasings]
    phrasings += [p for s in catalogue.signposts for p in s.phrasings]
    return [p for p in phrasings if any(w in p for w in words)][:_MOST_SENTENCES]


def _words_of(address: Address, fields: Fields | None) -> set[str]:
    """The words that a concept, or an entry of the list of words, teaches; none where it is not there."""
    if fields is None:
        return set()
    return {str(word) for word in (*fields.get("words", ()), fields.get("word"), address.id) if word}
