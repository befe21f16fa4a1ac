"""The press: nothing goes out that loses an example, that nobody else approved, or that someone overtook."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from rooms import ADMIN, EDITOR, NOON, REVIEWER, SECOND, Clock, Here, built, opened
from tiny_knowledge import TODAY, tiny

from bot.app.office import Office
from bot.catalogue.records import Address
from bot.conversation.knowledge import models, prepare
from bot.errors import AccessError, ConflictError, GateError, InputError, KnowledgeError
from bot.matching.stored import unpack
from bot.staff.accounts import Account
from bot.staff.press import Press
from bot.store import catalogue as store
from bot.store.drafts import Draft

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
async def rooms(tmp_path: Path, clock: Clock, learning: Here) -> AsyncIterator[Office]:
    async with opened(tmp_path, clock, learning) as made:
        yield made


async def drafted(rooms: Office, address: Address, by: Account = EDITOR, **changed: Any) -> Draft:
    draft = await rooms.desk.create(by, "改" + address.id, reason="居民来问")
    fields = dict((await rooms.desk.records(draft.id))[address]) | changed
    return await rooms.desk.save(by, draft.id, draft.version, address, fields)


async def approved(rooms: Office, draft: Draft) -> Draft:
    draft = await rooms.desk.submit(EDITOR, draft.id, draft.version)
    return await rooms.desk.approve(REVIEWER, draft.id, draft.version)


async def released(rooms: Office, address: Address = KITCHEN, **changed: Any) -> int:
    draft = await approved(rooms, await drafted(rooms, address, **changed))
    return (await rooms.press.release(REVIEWER, draft.id, draft.version)).number


async def test_a_release_keeps_who_when_why_and_what(rooms: Office) -> None:
    assert await released(rooms, description="新。") == 2
    newest, first = await rooms.desk.library.history()
    assert (newest.editor, newest.reviewer, newest.reason) == ("bian", "shen", "居民来问")
    assert (newest.based_on, newest.created_at, newest.created_on) == (1, NOON, TODAY)
    assert (first.number, first.editor, first.reviewer) == (1, "", "")
    changed = await rooms.desk.library.diff(1, 2)
    assert [(c.address, c.field, c.after) for c in changed] == [(KITCHEN, "description", "新。")]
    draft = await rooms.desk.draft(newest.draft)
    assert (draft.state, draft.released_as) == ("released", 2)


async def test_what_was_said_on_a_day(rooms: Office, clock: Clock) -> None:
    clock.now += 86400
    await released(rooms, description="二。")
    clock.now += 3600
    await released(rooms, description="三。")
    library = rooms.desk.library

    async def said(days: int, service: str = "kitchen") -> list[str]:
        return [s.answer[-3:] for s in await library.said_on(service, TODAY + timedelta(days))]

    assert await said(-1) == []
    assert await said(0) == ["吃饭。"]
    assert await said(1) == ["吃饭。", "。二。", "。三。"]
    assert await said(2) == ["。三。"]
    assert await said(2, "nothing") == [""]


async def test_without_a_second_persons_yes_nothing_goes_out(rooms: Office) -> None:
    draft = await drafted(rooms, KITCHEN, description="新。")
    for state in ("editing", "submitted"):
        with pytest.raises(AccessError, match=state):
            await rooms.press.release(ADMIN, draft.id, draft.version)
        if state == "editing":
            await rooms.desk.submit(EDITOR, draft.id, draft.version)
    await rooms.desk.approve(REVIEWER, draft.id, draft.version)
    with pytest.raises(AccessError, match="may not release"):
        await rooms.press.release(EDITOR, draft.id, draft.version)
    assert await rooms.desk.library.newest() == 1


async def test_a_phrasing_that_steals_another_services_question_is_refused_by_name(rooms: Office) -> None:
    thief = [f"请问看书{c}啊" for c in "天地玄黄宇宙洪荒日月盈昃"]
    kept = (await rooms.desk.records())[KITCHEN]["phrasings"]
    draft = await approved(rooms, await drafted(rooms, KITCHEN, phrasings=[*kept, *thief]))
    with pytest.raises(GateError) as caught:
        await rooms.press.release(REVIEWER, draft.id, draft.version)
    assert any(
        "library would be lost to kitchen (new there: 请问看书天啊" in line for line in caught.value.faults
    )
    assert await rooms.desk.library.newest() == 1
    assert (await rooms.desk.draft(draft.id)).state == "approved"


async def test_faults_stop_a_release_but_being_overdue_does_not(rooms: Office, clock: Clock) -> None:
    draft = await approved(rooms, await drafted(rooms, KITCHEN, description="新。"))
    clock.now += 365 * 86400
    faults = await rooms.desk.faults(draft.id)
    assert not faults.blocking
    assert {(f.address, f.field) for f in faults.overdue} >= {(KITCHEN, "due_on"), (LIBRARY, "due_on")}
    assert (await rooms.press.release(REVIEWER, draft.id, draft.version)).number == 2


async def test_of_two_drafts_the_second_must_be_rebased_and_approved_anew(rooms: Office) -> None:
    first = await approved(rooms, await drafted(rooms, KITCHEN, description="一。"))
    second = await approved(rooms, await drafted(rooms, LIBRARY, description="二。"))
    await rooms.press.release(REVIEWER, first.id, first.version)
    with pytest.raises(ConflictError, match="rebase"):
        await rooms.press.release(REVIEWER, second.id, second.version)
    second, _ = await rooms.desk.rebase(EDITOR, second.id)
    assert second.state == "editing"
    second = await approved(rooms, second)
    assert (await rooms.press.release(REVIEWER, second.id, second.version)).number == 3
    records = (await rooms.desk.library.live()).records
    assert (records[KITCHEN]["description"], records[LIBRARY]["description"]) == ("一。", "二。")


async def test_a_release_that_came_first_while_we_learnt_is_not_overwritten(
    rooms: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = await approved(rooms, await drafted(rooms, KITCHEN, description="一。"))
    other = await approved(rooms, await drafted(rooms, LIBRARY, description="二。"))
    add = store.write_release

    async def overtaken(*arguments: Any) -> int:
        monkeypatch.setattr(store, "write_release", add)
        await rooms.press.release(REVIEWER, other.id, other.version)
        return await add(*arguments)

    monkeypatch.setattr(store, "write_release", overtaken)
    with pytest.raises(ConflictError, match="came first"):
        await rooms.press.release(REVIEWER, draft.id, draft.version)
    assert await rooms.desk.library.newest() == 2
    assert (await rooms.desk.draft(draft.id)).state == "approved"


async def test_an_edit_while_we_learnt_stops_the_release(rooms: Office, learning: Here) -> None:
    draft = await approved(rooms, await drafted(rooms, KITCHEN, description="一。"))

    async def edited_meanwhile(*arguments: Any, **named: Any) -> Any:
        fields = dict((await rooms.desk.records(draft.id))[KITCHEN]) | {"description": "偷偷。"}
        await rooms.desk.save(SECOND, draft.id, draft.version, KITCHEN, fields)
        return await learning(*arguments, **named)

    press = Press(rooms.desk, edited_meanwhile)
    with pytest.raises(ConflictError, match="version 2"):
        await press.release(REVIEWER, draft.id, draft.version)
    assert await rooms.desk.library.newest() == 1


async def test_a_process_that_died_right_after_the_release_leaves_a_released_draft(
    rooms: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = await approved(rooms, await drafted(rooms, KITCHEN, description="一。"))

    async def die(*_arguments: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(type(rooms.desk), "released", die)
        with pytest.raises(KeyboardInterrupt):
            await rooms.press.release(REVIEWER, draft.id, draft.version)
    found = await rooms.desk.draft(draft.id)
    assert (found.state, found.released_as) == ("released", 2)
    assert await rooms.desk.drafts(("approved",)) == []


async def test_one_reviewer_rolls_back_the_whole_and_a_newer_release_has_the_old_content(
    rooms: Office, learning: Here
) -> None:
    await released(rooms, description="错。")
    with pytest.raises(AccessError):
        await rooms.press.roll_back(EDITOR, 1, "错了")
    with pytest.raises(InputError, match="live"):
        await rooms.press.roll_back(REVIEWER, 2, "错了")
    with pytest.raises(InputError, match="no release 9"):
        await rooms.press.roll_back(REVIEWER, 9, "错了")
    assert (await rooms.press.roll_back(REVIEWER, 1, "错了")).number == 3
    library = rooms.desk.library
    assert (await library.snapshot(3)).texts == (await library.snapshot(1)).texts
    newest = (await library.history())[0]
    assert (newest.editor, newest.reason, newest.based_on) == ("shen", "错了", 2)
    assert learning.ran["learn"] == 0, "what was learnt from a recent release is still there"
    assert await rooms.desk.library.releases.models(3) == await rooms.desk.library.releases.models(1)


async def test_only_the_newest_releases_keep_what_was_learnt_and_an_old_one_learns_it_again(
    rooms: Office, learning: Here
) -> None:
    phrasings = list((await rooms.desk.records())[KITCHEN]["phrasings"])
    for more in ("大锅饭哪里吃", "开饭了没", "哪里有饭吃", "晚饭有伐"):
        phrasings.append(more)
        await released(rooms, phrasings=phrasings)
    releases = rooms.desk.library.releases
    before = await releases.models(5)
    kept = [bool(await releases.models(n)) for n in (1, 2, 3, 4, 5)]
    assert kept == [True, False, True, True, True], "the first is what the others were learnt on"
    assert (await rooms.press.roll_back(REVIEWER, 2, "早一点的")).number == 6
    assert learning.ran["learn"] == 1
    assert (await releases.models(6)).keys() == before.keys() - {"root"}
    assert await releases.catalogue(6) == await releases.catalogue(2)


async def test_what_learnt_the_same_is_kept_however_old_and_comes_back_at_once(
    rooms: Office, learning: Here
) -> None:
    for text in ("一。", "二。", "三。", "四。"):
        await released(rooms, description=text)
    releases = rooms.desk.library.releases
    assert (await rooms.press.roll_back(REVIEWER, 1, "最早的")).number == 6
    assert learning.ran["learn"] == 0
    assert await releases.models(6) == await releases.models(1) != {}
    assert await releases.catalogue(6) == await releases.catalogue(1)


async def test_one_service_is_rolled_back_and_the_rest_stays(rooms: Office) -> None:
    await released(rooms, KITCHEN, description="错。")
    await released(rooms, LIBRARY, description="对。")
    assert (await rooms.press.roll_back(REVIEWER, 1, "食堂错了", "kitchen")).number == 4
    changed = await rooms.desk.library.diff(3, 4)
    assert [(c.address, c.before, c.after) for c in changed] == [(KITCHEN, "错。", "老人去社区吃饭。")]
    with pytest.raises(InputError, match="same"):
        await rooms.press.roll_back(REVIEWER, 1, "再来", "kitchen")


async def test_a_draft_with_faults_is_not_even_judged(rooms: Office, learning: Here) -> None:
    draft = await drafted(rooms, KITCHEN, contacts=["99999"])
    with pytest.raises(KnowledgeError):
        await rooms.press.what_if(await rooms.desk.snapshot(draft), ())
    assert not learning.ran


async def test_what_learning_does_not_read_is_not_learnt_again(
    rooms: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def learnt_again(_catalogue: Any) -> Any:
        raise AssertionError("nothing changed that learning reads")

    with monkeypatch.context() as patch:
        patch.setattr("bot.staff.gate.prepare", learnt_again)
        patch.setattr("bot.staff.gate.learnt_further", learnt_again)
        assert await released(rooms, description="新。", contacts=["12333"]) == 2
        with pytest.raises(TypeError):
            await released(rooms, phrasings=[*(await rooms.desk.records())[KITCHEN]["phrasings"], "饭堂"])
    releases = rooms.desk.library.releases
    fresh = models(prepare(await releases.catalogue(2)))
    assert {n: unpack(m) for n, m in (await releases.models(2)).items()} == {
        n: unpack(m) for n, m in fresh.items()
    }


async def test_what_is_new_is_learnt_on_what_was_learnt_whole_and_goes_without_a_trace(
    rooms: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def learnt_whole(_catalogue: Any) -> Any:
        raise AssertionError("a phrasing more does not need all to be learnt")

    monkeypatch.setattr("bot.staff.gate.prepare", learnt_whole)
    releases = rooms.desk.library.releases
    phrasings = list((await rooms.desk.records())[KITCHEN]["phrasings"])
    assert await released(rooms, phrasings=[*phrasings, "大锅饭哪里吃"]) == 2
    assert await released(rooms, phrasings=[*phrasings, "大锅饭哪里吃", "开饭了没"]) == 3
    assert await released(rooms, description="新。") == 4
    assert await released(rooms, phrasings=phrasings) == 5
    assert await releases.models(2) == {}
    root, now = await releases.models(1), await releases.models(5)
    assert now["root"] == b"1"
    assert {name: unpack(root[name]) for name in root} == {name: unpack(now[name]) for name in root}


async def test_an_example_of_talk_or_danger_is_not_lost_either(tmp_path: Path) -> None:
    urgent = "urgent:\n  - numbers: ['120']\n    said:\n      - 有人晕倒了快来\n"
    talk = "dialogues:\n  - - q: 图书馆\n      lands: library\n    - q: 老年食堂\n      lands: kitchen\n"
    files = {"examples/talk/urgent.yaml": urgent, "examples/talk/dialogues.yaml": talk}
    await built(tmp_path, tiny() | files)
    async with opened(tmp_path) as rooms:
        records = await rooms.desk.records()
        assert {Address("talk", "urgent"), Address("talk", "dialogues")} <= records.keys()
        medical = {"reply": "打120。", "signs": ["没呼吸"], "phrasings": ["肚子大出血"]}
        draft = await approved(rooms, await drafted(rooms, Address("emergencies", "medical"), **medical))
        with pytest.raises(GateError) as caught:
            await rooms.press.release(REVIEWER, draft.id, draft.version)
        assert any("“有人晕倒了快来” → 120 would be lost" in line for line in caught.value.faults)
