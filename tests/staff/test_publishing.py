"""Releases: nothing goes out that loses an example, that nobody else approved, or that someone overtook."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from editorial import ADMIN, EDITOR, NOON, REVIEWER, SECOND, Clock, Here, built, opened
from tiny_knowledge import TODAY, tiny

from bot.app.editorial import Editorial
from bot.catalogue.records import Address
from bot.conversation.learning import models, prepare
from bot.errors import AccessError, ConflictError, GateError, InputError, KnowledgeError
from bot.matching.stored import unpack
from bot.staff import snapshot
from bot.staff.accounts import Account
from bot.staff.publishing import Publisher
from bot.store import catalogue as store
from bot.store.drafts import Draft
from bot.store.sources import SourceFile

pytestmark = pytest.mark.anyio
KITCHEN = Address("services", "kitchen")
LIBRARY = Address("services", "library")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def learning() -> Here:
    return Here()


@pytest.fixture
async def editorial(tmp_path: Path, clock: Clock, learning: Here) -> AsyncIterator[Editorial]:
    async with opened(tmp_path, clock, learning) as made:
        yield made


async def drafted(editorial: Editorial, address: Address, by: Account = EDITOR, **changed: Any) -> Draft:
    draft = await editorial.drafts.create(by, "改" + address.id, reason="居民来问")
    fields = dict((await editorial.drafts.records(draft.id))[address]) | changed
    return await editorial.drafts.save(by, draft.id, draft.version, {address: fields})


async def approved(editorial: Editorial, draft: Draft) -> Draft:
    draft = await editorial.reviews.submit(EDITOR, draft.id, draft.version)
    return await editorial.reviews.approve(REVIEWER, draft.id, draft.version)


async def released(editorial: Editorial, address: Address = KITCHEN, **changed: Any) -> int:
    draft = await approved(editorial, await drafted(editorial, address, **changed))
    return (await editorial.publisher.release(REVIEWER, draft.id, draft.version)).number


async def test_a_release_keeps_who_when_why_and_what(editorial: Editorial) -> None:
    assert await released(editorial, description="新。") == 2
    newest, first = await editorial.drafts.history.all()
    assert (newest.editor, newest.reviewer, newest.reason) == ("bian", "shen", "居民来问")
    assert (newest.based_on, newest.created_at, newest.created_on) == (1, NOON, TODAY)
    assert (first.number, first.editor, first.reviewer) == (1, "", "")
    changed = await editorial.drafts.history.diff(1, 2)
    assert [(c.address, c.field, c.after) for c in changed] == [(KITCHEN, "description", "新。")]
    draft = await editorial.drafts.get(newest.draft)
    assert (draft.state, draft.released_as) == ("released", 2)


async def test_what_goes_out_is_read_whole_not_by_what_differs(
    editorial: Editorial, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(old: SourceFile, text: str, path: str) -> SourceFile:
        return SourceFile(text, old.parsed)

    monkeypatch.setattr(snapshot, "reread", wrong)
    draft = await approved(editorial, await drafted(editorial, KITCHEN, description="读整个。"))
    assert (await editorial.drafts.records(draft.id))[KITCHEN]["description"] == "老人去社区吃饭。"
    await editorial.publisher.release(REVIEWER, draft.id, draft.version)
    assert (await editorial.drafts.records())[KITCHEN]["description"] == "读整个。"
    catalogue = await editorial.drafts.history.store.catalogue(2)
    assert {s.id: s.description for s in catalogue.services}["kitchen"] == "读整个。"


async def test_what_was_said_on_a_day(editorial: Editorial, clock: Clock) -> None:
    clock.now += 86400
    await released(editorial, description="二。")
    clock.now += 3600
    await released(editorial, description="三。")
    history = editorial.drafts.history

    async def said(days: int, service: str = "kitchen") -> list[str]:
        return [s.answer[-3:] for s in await history.said_on(service, TODAY + timedelta(days))]

    assert await said(-1) == []
    assert await said(0) == ["吃饭。"]
    assert await said(1) == ["吃饭。", "。二。", "。三。"]
    assert await said(2) == ["。三。"]
    assert await said(2, "nothing") == [""]


async def test_without_a_second_persons_yes_nothing_goes_out(editorial: Editorial) -> None:
    draft = await drafted(editorial, KITCHEN, description="新。")
    for state in ("editing", "submitted"):
        with pytest.raises(AccessError, match=state):
            await editorial.publisher.release(ADMIN, draft.id, draft.version)
        if state == "editing":
            await editorial.reviews.submit(EDITOR, draft.id, draft.version)
    await editorial.reviews.approve(REVIEWER, draft.id, draft.version)
    with pytest.raises(AccessError, match="may not release"):
        await editorial.publisher.release(EDITOR, draft.id, draft.version)
    assert await editorial.drafts.history.newest() == 1


async def test_a_phrasing_that_steals_another_services_question_is_refused_by_name(
    editorial: Editorial,
) -> None:
    thief = [f"请问看书{c}啊" for c in "天地玄黄宇宙洪荒日月盈昃"]
    kept = (await editorial.drafts.records())[KITCHEN]["phrasings"]
    draft = await approved(editorial, await drafted(editorial, KITCHEN, phrasings=[*kept, *thief]))
    with pytest.raises(GateError) as caught:
        await editorial.publisher.release(REVIEWER, draft.id, draft.version)
    assert any(
        "library would be lost to kitchen (new there: 请问看书天啊" in line for line in caught.value.faults
    )
    assert await editorial.drafts.history.newest() == 1
    assert (await editorial.drafts.get(draft.id)).state == "approved"


async def test_faults_stop_a_release_but_being_overdue_does_not(editorial: Editorial, clock: Clock) -> None:
    draft = await approved(editorial, await drafted(editorial, KITCHEN, description="新。"))
    clock.now += 101 * 365 * 86400
    faults = await editorial.drafts.faults(draft.id)
    assert not faults.blocking
    assert {(f.address, f.field) for f in faults.overdue} >= {(KITCHEN, "due_on"), (LIBRARY, "due_on")}
    assert (await editorial.publisher.release(REVIEWER, draft.id, draft.version)).number == 2


async def test_of_two_drafts_the_second_must_be_rebased_and_approved_anew(editorial: Editorial) -> None:
    first = await approved(editorial, await drafted(editorial, KITCHEN, description="一。"))
    second = await approved(editorial, await drafted(editorial, LIBRARY, description="二。"))
    await editorial.publisher.release(REVIEWER, first.id, first.version)
    with pytest.raises(ConflictError, match="rebase"):
        await editorial.publisher.release(REVIEWER, second.id, second.version)
    second, _ = await editorial.drafts.rebase(EDITOR, second.id)
    assert second.state == "editing"
    second = await approved(editorial, second)
    assert (await editorial.publisher.release(REVIEWER, second.id, second.version)).number == 3
    records = (await editorial.drafts.history.live()).records
    assert (records[KITCHEN]["description"], records[LIBRARY]["description"]) == ("一。", "二。")


async def test_a_release_that_came_first_while_we_learnt_is_not_overwritten(
    editorial: Editorial, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = await approved(editorial, await drafted(editorial, KITCHEN, description="一。"))
    other = await approved(editorial, await drafted(editorial, LIBRARY, description="二。"))
    add = store.write_release

    async def overtaken(*arguments: Any) -> int:
        monkeypatch.setattr(store, "write_release", add)
        await editorial.publisher.release(REVIEWER, other.id, other.version)
        return await add(*arguments)

    monkeypatch.setattr(store, "write_release", overtaken)
    with pytest.raises(ConflictError, match="came first"):
        await editorial.publisher.release(REVIEWER, draft.id, draft.version)
    assert await editorial.drafts.history.newest() == 2
    assert (await editorial.drafts.get(draft.id)).state == "approved"


async def test_an_edit_while_we_learnt_stops_the_release(editorial: Editorial, learning: Here) -> None:
    draft = await approved(editorial, await drafted(editorial, KITCHEN, description="一。"))

    async def edited_meanwhile(*arguments: Any, **named: Any) -> Any:
        fields = dict((await editorial.drafts.records(draft.id))[KITCHEN]) | {"description": "偷偷。"}
        await editorial.drafts.save(SECOND, draft.id, draft.version, {KITCHEN: fields})
        return await learning(*arguments, **named)

    publisher = Publisher(editorial.drafts, editorial.reviews, edited_meanwhile)
    with pytest.raises(ConflictError, match="version 2"):
        await publisher.release(REVIEWER, draft.id, draft.version)
    assert await editorial.drafts.history.newest() == 1


async def test_a_process_that_died_right_after_the_release_leaves_a_released_draft(
    editorial: Editorial, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = await approved(editorial, await drafted(editorial, KITCHEN, description="一。"))

    async def die(*_arguments: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(type(editorial.reviews), "released", die)
        with pytest.raises(KeyboardInterrupt):
            await editorial.publisher.release(REVIEWER, draft.id, draft.version)
    found = await editorial.drafts.get(draft.id)
    assert (found.state, found.released_as) == ("released", 2)
    assert await editorial.drafts.all(("approved",)) == []


async def test_one_reviewer_rolls_back_the_whole_and_a_newer_release_has_the_old_content(
    editorial: Editorial, learning: Here
) -> None:
    await released(editorial, description="错。")
    with pytest.raises(AccessError):
        await editorial.publisher.roll_back(EDITOR, 1, "错了")
    with pytest.raises(InputError, match="live"):
        await editorial.publisher.roll_back(REVIEWER, 2, "错了")
    with pytest.raises(InputError, match="no release 9"):
        await editorial.publisher.roll_back(REVIEWER, 9, "错了")
    for no_reason in ("", " \n", "长" * 401):
        for service in ("", "kitchen"):
            with pytest.raises(InputError, match="reason has 1 to 400 characters"):
                await editorial.publisher.roll_back(REVIEWER, 1, no_reason, service)
    assert await editorial.drafts.history.newest() == 2
    assert (await editorial.publisher.roll_back(REVIEWER, 1, " 错了 ")).number == 3
    history = editorial.drafts.history
    assert (await history.snapshot(3)).texts == (await history.snapshot(1)).texts
    newest = (await history.all())[0]
    assert (newest.editor, newest.reason, newest.based_on) == ("shen", "错了", 2)
    assert learning.ran["learn"] == 0, "what was learnt from a recent release is still there"
    assert await editorial.drafts.history.store.models(3) == await editorial.drafts.history.store.models(1)


async def test_only_the_newest_releases_keep_what_was_learnt_and_an_old_one_learns_it_again(
    editorial: Editorial, learning: Here
) -> None:
    phrasings = list((await editorial.drafts.records())[KITCHEN]["phrasings"])
    for more in ("大锅饭哪里吃", "开饭了没", "哪里有饭吃", "晚饭有伐"):
        phrasings.append(more)
        await released(editorial, phrasings=phrasings)
    releases = editorial.drafts.history.store
    before = await releases.models(5)
    kept = [bool(await releases.models(n)) for n in (1, 2, 3, 4, 5)]
    assert kept == [True, False, True, True, True], "the first is what the others were learnt on"
    assert (await editorial.publisher.roll_back(REVIEWER, 2, "早一点的")).number == 6
    assert learning.ran["learn"] == 1
    assert (await releases.models(6)).keys() == before.keys() - {"root"}
    assert await releases.catalogue(6) == await releases.catalogue(2)


async def test_what_learnt_the_same_is_kept_however_old_and_comes_back_at_once(
    editorial: Editorial, learning: Here
) -> None:
    for text in ("一。", "二。", "三。", "四。"):
        await released(editorial, description=text)
    releases = editorial.drafts.history.store
    assert (await editorial.publisher.roll_back(REVIEWER, 1, "最早的")).number == 6
    assert learning.ran["learn"] == 0
    assert await releases.models(6) == await releases.models(1) != {}
    assert await releases.catalogue(6) == await releases.catalogue(1)


async def test_one_service_is_rolled_back_and_the_rest_stays(editorial: Editorial) -> None:
    await released(editorial, KITCHEN, description="错。")
    await released(editorial, LIBRARY, description="对。")
    assert (await editorial.publisher.roll_back(REVIEWER, 1, "食堂错了", "kitchen")).number == 4
    changed = await editorial.drafts.history.diff(3, 4)
    assert [(c.address, c.before, c.after) for c in changed] == [(KITCHEN, "错。", "老人去社区吃饭。")]
    with pytest.raises(InputError, match="same"):
        await editorial.publisher.roll_back(REVIEWER, 1, "再来", "kitchen")


async def test_a_draft_with_faults_is_not_even_judged(editorial: Editorial, learning: Here) -> None:
    draft = await drafted(editorial, KITCHEN, contacts=["99999"])
    with pytest.raises(KnowledgeError):
        await editorial.publisher.what_if(await editorial.drafts.snapshot(draft), ())
    assert not learning.ran


async def test_what_learning_does_not_read_is_not_learnt_again(
    editorial: Editorial, monkeypatch: pytest.MonkeyPatch
) -> None:
    def learnt_again(_catalogue: Any) -> Any:
        raise AssertionError("nothing changed that learning reads")

    with monkeypatch.context() as patch:
        patch.setattr("bot.staff.quality_gate.prepare", learnt_again)
        patch.setattr("bot.staff.quality_gate.learnt_further", learnt_again)
        assert await released(editorial, description="新。", contacts=["12333"]) == 2
        with pytest.raises(TypeError):
            await released(
                editorial, phrasings=[*(await editorial.drafts.records())[KITCHEN]["phrasings"], "饭堂"]
            )
    releases = editorial.drafts.history.store
    fresh = models(prepare(await releases.catalogue(2)))
    assert {n: unpack(m) for n, m in (await releases.models(2)).items()} == {
        n: unpack(m) for n, m in fresh.items()
    }


async def test_what_is_new_is_learnt_on_what_was_learnt_whole_and_goes_without_a_trace(
    editorial: Editorial, monkeypatch: pytest.MonkeyPatch
) -> None:
    def learnt_whole(_catalogue: Any) -> Any:
        raise AssertionError("a phrasing more does not need all to be learnt")

    monkeypatch.setattr("bot.staff.quality_gate.prepare", learnt_whole)
    releases = editorial.drafts.history.store
    phrasings = list((await editorial.drafts.records())[KITCHEN]["phrasings"])
    assert await released(editorial, phrasings=[*phrasings, "大锅饭哪里吃"]) == 2
    assert await released(editorial, phrasings=[*phrasings, "大锅饭哪里吃", "开饭了没"]) == 3
    assert await released(editorial, description="新。") == 4
    assert await released(editorial, phrasings=phrasings) == 5
    assert await releases.models(2) == {}
    root, now = await releases.models(1), await releases.models(5)
    assert now["root"] == b"1"
    assert {name: unpack(root[name]) for name in root} == {name: unpack(now[name]) for name in root}


async def test_an_example_of_talk_or_danger_is_not_lost_either(tmp_path: Path) -> None:
    urgent = "urgent:\n  - numbers: ['120']\n    said:\n      - 有人晕倒了快来\n"
    talk = "dialogues:\n  - - q: 图书馆\n      lands: library\n    - q: 老年食堂\n      lands: kitchen\n"
    files = {"examples/talk/urgent.yaml": urgent, "examples/talk/dialogues.yaml": talk}
    await built(tmp_path, tiny() | files)
    async with opened(tmp_path) as editorial:
        records = await editorial.drafts.records()
        assert {Address("talk", "urgent"), Address("talk", "dialogues")} <= records.keys()
        medical = {"reply": "打120。", "signs": ["没呼吸"], "phrasings": ["肚子大出血"]}
        draft = await approved(
            editorial, await drafted(editorial, Address("emergencies", "medical"), **medical)
        )
        with pytest.raises(GateError) as caught:
            await editorial.publisher.release(REVIEWER, draft.id, draft.version)
        assert any("“有人晕倒了快来” → 120 would be lost" in line for line in caught.value.faults)
