"""Drafts and reviews: nothing is lost, faults at their field, two people at once, a second pair of eyes."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from editorial import ADMIN, EDITOR, REVIEWER, SECOND, Clock, built, opened, settings
from tiny_knowledge import tiny

from bot.app.editorial import Editorial
from bot.catalogue.records import Address, Merge, merge
from bot.errors import AccessError, ConflictError, InputError, KnowledgeError, StoreError
from bot.staff.rebasing import Rebased
from bot.store.drafts import Draft

pytestmark = pytest.mark.anyio
KITCHEN = Address("services", "kitchen")
LIBRARY = Address("services", "library")
THANKS = Address("replies", "thanks")


@pytest.fixture
async def editorial(tmp_path: Path) -> AsyncIterator[Editorial]:
    async with opened(tmp_path, Clock()) as made:
        yield made


async def fields(editorial: Editorial, address: Address, draft: str = "") -> dict[str, Any]:
    return dict((await editorial.drafts.records(draft))[address])


async def edit(
    editorial: Editorial, draft: Draft, address: Address, by: Any = EDITOR, **changed: Any
) -> Draft:
    new = await fields(editorial, address, draft.id) | changed
    return await editorial.drafts.save(by, draft.id, draft.version, {address: new})


async def test_a_draft_says_what_it_changes_field_by_field(editorial: Editorial) -> None:
    draft = await editorial.drafts.create(EDITOR, "食堂")
    draft = await edit(editorial, draft, KITCHEN, description="老人到社区吃饭。")
    draft = await edit(editorial, draft, THANKS, text="不谢。")
    draft = await editorial.drafts.save(
        EDITOR, draft.id, draft.version, {Address("words", "饭堂"): {"word": "饭堂"}}
    )
    assert {(c.address, c.field, c.before, c.after) for c in await editorial.drafts.changes(draft.id)} == {
        (KITCHEN, "description", "老人去社区吃饭。", "老人到社区吃饭。"),
        (THANKS, "text", "不客气。", "不谢。"),
        (Address("words", "饭堂"), "word", None, "饭堂"),
    }
    assert await fields(editorial, THANKS) == {"text": "不客气。"}, "the live release is untouched"


async def test_all_faults_come_at_once_each_at_its_field(editorial: Editorial) -> None:
    draft = await editorial.drafts.create(EDITOR, "坏")
    bad = await fields(editorial, KITCHEN) | {
        "contacts": ["99999"],
        "description": "有77家。",
        "related": ["library", "nowhere"],
        "phrasings": ["食堂"],
    }
    draft = await editorial.drafts.save(EDITOR, draft.id, 0, {KITCHEN: bad})
    found = await editorial.drafts.faults(draft.id)
    assert {(f.address, f.field, f.item, f.fault.code) for f in found.blocking} >= {
        (KITCHEN, "contacts", 0, "unknown-contact"),
        (KITCHEN, "description", None, "unlisted-figure"),
        (KITCHEN, "related", 1, "unknown-service"),
        (KITCHEN, "phrasings", None, "few-phrasings"),
    }
    with pytest.raises(KnowledgeError) as caught:
        await editorial.reviews.submit(EDITOR, draft.id, draft.version)
    assert len(caught.value.faults) >= 4


async def test_what_is_missing_or_of_the_wrong_kind_is_a_fault_at_its_field_too(editorial: Editorial) -> None:
    draft = await editorial.drafts.create(EDITOR, "坏")
    bad = await fields(editorial, KITCHEN) | {"due_on": "bald", "colour": "red"}
    del bad["summary"]
    draft = await editorial.drafts.save(EDITOR, draft.id, 0, {KITCHEN: bad})
    found = (await editorial.drafts.faults(draft.id)).blocking
    assert {(f.address, f.field, f.fault.code) for f in found} == {
        (KITCHEN, "due_on", "bad-value"),
        (KITCHEN, "colour", "unknown-field"),
        (KITCHEN, "summary", "missing-field"),
    }
    other = await editorial.drafts.create(EDITOR, "少")
    await editorial.drafts.save(EDITOR, other.id, 0, {Address("contacts", "12333"): None})
    gone = (await editorial.drafts.faults(other.id)).blocking
    assert [(f.address, f.field) for f in gone] == [(LIBRARY, "contacts")]


async def test_a_new_service_comes_with_its_examples_and_goes_again(editorial: Editorial) -> None:
    draft = await editorial.drafts.create(EDITOR, "新")
    new = Address("services", "canteen")
    made = await fields(editorial, KITCHEN) | {"id": "canteen", "name": "小饭桌", "related": []}
    made["phrasings"] = [f"小饭桌{i}号" for i in "一二三四五六七八九十甲乙丙丁戊己庚辛壬癸子丑寅卯辰"]
    made["figures"], made["summary"] = [], "小饭桌给孩子吃饭。"
    draft = await editorial.drafts.save(EDITOR, draft.id, draft.version, {new: made})
    assert [f.fault.code for f in (await editorial.drafts.faults(draft.id)).blocking] == ["no-examples"]
    asked = [{"q": f"想问小饭桌{i}", "style": "plain", "kind": "policy"} for i in "一二三四五六七八九十甲乙"]
    tested = {"service": "canteen", "examples": asked}
    draft = await editorial.drafts.save(
        EDITOR, draft.id, draft.version, {Address("examples", "canteen"): tested}
    )
    assert not (await editorial.drafts.faults(draft.id)).blocking
    assert set(await editorial.drafts.texts(draft.id)) == {
        "services/elderly/canteen.yaml",
        "examples/elderly/canteen.yaml",
    }
    for address in (new, Address("examples", "canteen")):
        draft = await editorial.drafts.save(EDITOR, draft.id, draft.version, {address: None})
    assert await editorial.drafts.texts(draft.id) == {}
    assert draft.version == 4


async def test_the_first_record_of_a_file_of_remarks_comes_below_them(tmp_path: Path) -> None:
    await built(tmp_path, tiny() | {"known_failures.yaml": "# 还没有\n"})
    async with opened(tmp_path) as editorial:
        draft = await editorial.drafts.create(EDITOR, "第一个")
        known = {Address("known", "outside"): {"questions": ["修手机"]}}
        await editorial.drafts.save(EDITOR, draft.id, draft.version, known)
        texts = await editorial.drafts.texts(draft.id)
    assert texts == {"known_failures.yaml": "# 还没有\noutside:\n  - 修手机\n"}


async def test_records_are_saved_together_or_not_at_all(editorial: Editorial, tmp_path: Path) -> None:
    examples = Address("examples", "kitchen")
    tested = await fields(editorial, examples)
    edits = {
        KITCHEN: await fields(editorial, KITCHEN) | {"description": "老人到社区吃饭。"},
        examples: tested | {"examples": [*tested["examples"], {"q": "食堂在不在", "style": "plain"}]},
    }
    draft = await editorial.drafts.create(EDITOR, "一起")
    with closing(sqlite3.connect(settings(tmp_path).residents)) as second, second:
        full = "when new.path like 'examples/%' begin select raise(abort, 'disk is full'); end"
        second.execute(f"create trigger half before insert on draft_document {full}")
    with pytest.raises(StoreError):
        await editorial.drafts.save(EDITOR, draft.id, draft.version, edits)
    live = await editorial.drafts.history.live()
    texts = live.differing(live.texts | {path: f"# {path}\n{live.texts[path]}" for path in live.texts})
    with pytest.raises(StoreError):
        await editorial.drafts.create(EDITOR, "也一起", texts=texts)
    assert await editorial.drafts.all() == [draft]
    with closing(sqlite3.connect(settings(tmp_path).residents)) as second, second:
        second.execute("drop trigger half")
    saved = await editorial.drafts.save(EDITOR, draft.id, draft.version, edits)
    assert saved.version == 1
    assert {c.address for c in await editorial.drafts.changes(draft.id)} == set(edits)
    [made] = await editorial.drafts.versions(draft.id)
    assert made.what == "~services/kitchen\n~examples/kitchen"


async def test_a_file_whose_path_no_database_keeps_is_refused(editorial: Editorial) -> None:
    draft = await editorial.drafts.create(EDITOR, "长")
    long = Address("services", "a" * 250)
    fields_ = await fields(editorial, KITCHEN) | {"id": long.id}
    with pytest.raises(InputError, match="at most 200"):
        await editorial.drafts.save(EDITOR, draft.id, draft.version, {long: fields_})
    with pytest.raises(InputError, match="at most 200"):
        await editorial.drafts.create(EDITOR, "也长", texts={f"services/{'a' * 200}.yaml": "id: a\n"})


async def test_the_second_of_two_sees_both_versions_and_nothing_is_lost(editorial: Editorial) -> None:
    draft = await editorial.drafts.create(EDITOR, "两人")
    opened_at = draft.version
    await edit(
        editorial,
        draft,
        KITCHEN,
        description="甲写的。",
        phrasings=[*(await fields(editorial, KITCHEN))["phrasings"], "甲问"],
    )
    mine = await fields(editorial, KITCHEN) | {"description": "乙写的。", "fees": "免费"}
    mine["phrasings"] = [*mine["phrasings"], "乙问"]
    with pytest.raises(ConflictError) as caught:
        await editorial.drafts.save(SECOND, draft.id, opened_at, {KITCHEN: mine})
    merged = caught.value.conflict
    assert isinstance(merged, Merge) and merged.base and merged.mine and merged.theirs and merged.fields
    assert [(c.field, c.base, c.mine, c.theirs) for c in merged.conflicts] == [
        ("description", "老人去社区吃饭。", "乙写的。", "甲写的。")
    ]
    assert merged.fields["fees"] == "免费"
    assert merged.fields["phrasings"][-2:] == ["甲问", "乙问"]
    now = await editorial.drafts.get(draft.id)
    after = await editorial.drafts.save(
        SECOND, draft.id, now.version, {KITCHEN: {**merged.fields, "description": "两人写的。"}}
    )
    assert (await fields(editorial, KITCHEN, draft.id))["description"] == "两人写的。"
    older = await editorial.drafts.snapshot(after, 1)
    assert older.records[KITCHEN]["description"] == "甲写的。"


def test_two_peoples_thousands_of_lines_go_together() -> None:
    base = [f"第{i}句" for i in range(30_000)]
    mine, theirs = [*base[100:], "甲问"], [*base[:-100], "乙问"]
    merged = merge({"phrasings": base}, {"phrasings": mine}, {"phrasings": theirs})
    assert merged.fields == {"phrasings": [*base[100:-100], "乙问", "甲问"]} and not merged.conflicts


async def test_two_people_at_two_records_do_not_disturb_each_other(editorial: Editorial) -> None:
    draft = await editorial.drafts.create(EDITOR, "两处")
    await edit(editorial, draft, KITCHEN, description="甲写的。")
    await edit(editorial, draft, LIBRARY, by=SECOND, description="乙写的。")
    assert {c.address for c in await editorial.drafts.changes(draft.id)} == {KITCHEN, LIBRARY}


async def test_whoever_contributed_cannot_approve_and_every_edit_voids_an_approval(
    editorial: Editorial,
) -> None:
    draft = await editorial.drafts.create(EDITOR, "批")
    draft = await edit(editorial, draft, KITCHEN, by=REVIEWER, description="审核的人也写了。")
    await editorial.reviews.submit(EDITOR, draft.id, draft.version)
    with pytest.raises(AccessError) as caught:
        await editorial.reviews.approve(REVIEWER, draft.id, draft.version)
    assert caught.value.code == "own-change"
    other = REVIEWER._replace(name="shen2")
    approved = await editorial.reviews.approve(other, draft.id, draft.version)
    assert (approved.state, approved.approved_by) == ("approved", "shen2")
    edited = await edit(editorial, approved, KITCHEN, description="又改了。")
    assert (edited.state, edited.approved_by) == ("editing", "")
    with pytest.raises(AccessError, match="editing"):
        await editorial.publisher.release(REVIEWER, draft.id, edited.version)
    with pytest.raises(AccessError):
        await editorial.reviews.approve(EDITOR, draft.id, edited.version)


async def test_a_draft_that_changes_nothing_or_is_closed_goes_no_further(editorial: Editorial) -> None:
    draft = await editorial.drafts.create(EDITOR, "空")
    with pytest.raises(InputError, match="nothing"):
        await editorial.reviews.submit(EDITOR, draft.id, 0)
    draft = await editorial.reviews.discard(EDITOR, draft.id, 0)
    with pytest.raises(AccessError, match="discarded"):
        await edit(editorial, draft, KITCHEN, description="晚了。")
    draft = await editorial.reviews.reopen(EDITOR, draft.id, 0)
    assert (await edit(editorial, draft, KITCHEN, description="又来。")).state == "editing"
    with pytest.raises(InputError, match="no draft"):
        await editorial.drafts.get("nowhere")


async def test_of_two_who_send_back_at_once_only_one_has_said_why(editorial: Editorial) -> None:
    draft = await edit(editorial, await editorial.drafts.create(EDITOR, "退"), KITCHEN, description="改。")
    await editorial.reviews.submit(EDITOR, draft.id, draft.version)
    both = (
        editorial.reviews.send_back(who, draft.id, draft.version, f"{who.name}说不行")
        for who in (REVIEWER, ADMIN)
    )
    done = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(isinstance(one, (ConflictError, AccessError)) for one in done) == [False, True]
    assert len(await editorial.reviews.comments(draft.id)) == 1


async def test_a_reviewers_no_comes_with_its_reason(editorial: Editorial) -> None:
    draft = await edit(editorial, await editorial.drafts.create(EDITOR, "退"), KITCHEN, description="改。")
    await editorial.reviews.submit(EDITOR, draft.id, draft.version)
    back = await editorial.reviews.send_back(REVIEWER, draft.id, draft.version, "出处呢?")
    assert back.state == "editing"
    await editorial.reviews.comment(EDITOR, draft.id, "补上了", place="services/kitchen")
    thread = [(c.account, c.text, c.place) for c in await editorial.reviews.comments(draft.id)]
    assert thread == [("shen", "出处呢?", ""), ("bian", "补上了", "services/kitchen")]


async def release(editorial: Editorial, draft: Draft) -> int:
    draft = await editorial.reviews.submit(EDITOR, draft.id, draft.version)
    draft = await editorial.reviews.approve(REVIEWER, draft.id, draft.version)
    return (await editorial.publisher.release(REVIEWER, draft.id, draft.version)).number


async def test_a_draft_on_an_older_release_is_rebased_field_by_field(editorial: Editorial) -> None:
    first = await edit(
        editorial, await editorial.drafts.create(EDITOR, "一"), KITCHEN, description="一。", fees="免费"
    )
    late = await editorial.drafts.create(SECOND, "二")
    late = await edit(editorial, late, KITCHEN, by=SECOND, description="二。", location="社区")
    late = await edit(editorial, late, LIBRARY, by=SECOND, description="也改。")
    await release(editorial, first)
    late = await editorial.reviews.submit(SECOND, late.id, late.version)
    with pytest.raises(ConflictError, match="rebase"):
        await editorial.reviews.approve(REVIEWER, late.id, late.version)
    with pytest.raises(ConflictError) as caught:
        await editorial.drafts.rebase(SECOND, late.id)
    found = caught.value.conflict
    assert isinstance(found, Rebased)
    assert [(a, [c.field for c in m.conflicts]) for a, m in found.conflicts] == [(KITCHEN, ["description"])]
    late, _ = await editorial.drafts.rebase(SECOND, late.id, {(KITCHEN, "description"): "一、二。"})
    assert late.base == 2
    assert {(c.address, c.field, c.after) for c in await editorial.drafts.changes(late.id)} == {
        (KITCHEN, "description", "一、二。"),
        (KITCHEN, "location", "社区"),
        (LIBRARY, "description", "也改。"),
    }
    assert (await fields(editorial, KITCHEN, late.id))["fees"] == "免费"
    assert await release(editorial, late) == 3


async def test_files_become_a_draft_byte_for_byte(editorial: Editorial) -> None:
    texts = tiny()
    texts["services/elderly/kitchen.yaml"] = "# 新写的\n" + texts["services/elderly/kitchen.yaml"]
    texts["replies.yaml"] = texts["replies.yaml"].replace(
        "thanks: '不客气。'", 'thanks: "不客气。"   # 双引号'
    )
    live = await editorial.drafts.history.live()
    draft = await editorial.drafts.create(EDITOR, "文件", texts=live.differing(texts), what="files")
    assert await editorial.drafts.changes(draft.id) == [], "only the layout differs"
    await release(editorial, draft)
    assert (await editorial.drafts.history.live()).texts == dict(sorted(texts.items()))
    before = await editorial.drafts.all()
    with pytest.raises(KnowledgeError) as caught:
        await editorial.drafts.create(EDITOR, "坏文件", texts={"plan.yaml": "a: [", "cues.yaml": "b: }"})
    assert await editorial.drafts.all() == before, "no empty draft is left behind"
    assert [line.split(" ")[:2] for line in caught.value.faults] == [
        ["[syntax]", "plan.yaml:1:"],
        ["[syntax]", "cues.yaml:1:"],
    ]
