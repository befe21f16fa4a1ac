"""A release made while residents ask: the running bot goes over to it and not one message is dropped."""

import asyncio
import shutil
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from starlette.testclient import TestClient

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "staff"))

from editorial import EDITOR, REVIEWER, Here, built, settings
from tiny_knowledge import tiny

from bot.app import switching
from bot.app.answering import Yongwen
from bot.app.backups import back_up, restore
from bot.app.editorial import Editorial, open_editorial
from bot.app.loading import warm
from bot.app.serving import serving
from bot.catalogue.records import Address
from bot.channels import web
from bot.conversation.knowledge import Knowledge
from bot.messages import Message

pytestmark = pytest.mark.anyio
LIBRARY = Address("services", "library")


async def release(editorial: Editorial, description: str) -> int:
    draft = await editorial.drafts.create(EDITOR, description)
    fields = dict((await editorial.drafts.records())[LIBRARY]) | {"description": description}
    draft = await editorial.drafts.save(EDITOR, draft.id, 0, {LIBRARY: fields})
    await editorial.reviews.submit(EDITOR, draft.id, draft.version)
    await editorial.reviews.approve(REVIEWER, draft.id, draft.version)
    return (await editorial.publisher.release(REVIEWER, draft.id, draft.version)).number


async def test_a_running_bot_goes_over_to_a_new_release_and_back_without_dropping_a_message(
    tmp_path: Path,
) -> None:
    where = await built(tmp_path)
    texts: list[str] = []
    asking = True

    async def residents(yongwen: Yongwen) -> None:
        while asking:
            reply = await yongwen.answer(Message("图书馆"))
            assert reply.status == "answered"
            texts.append(reply.text)
            await asyncio.sleep(0.002)

    async def until(description: str) -> None:
        while description not in texts[-1]:
            await asyncio.sleep(0.01)

    async with serving(where) as running, open_editorial(where) as editorial:
        yongwen = running.yongwen
        crowd = [asyncio.create_task(residents(yongwen)) for _ in range(3)]
        async with asyncio.timeout(120):
            while not texts:
                await asyncio.sleep(0.01)
            assert await release(editorial, "现在借书要预约。") == 2
            await until("现在借书要预约。")
            assert yongwen.release == 2
            await editorial.publisher.roll_back(REVIEWER, 1, "弄错了")
            await until("借书也免费。")
        asking = False
        await asyncio.gather(*crowd)
        assert yongwen.release == 3
    said = ["现在借书要预约。" in text for text in texts]
    first, last = said.index(True), len(said) - 1 - said[::-1].index(True)
    assert all(said[first : last + 1]), "old and new took turns"
    assert first > 0 and last < len(said) - 1


async def test_the_web_page_answers_from_the_new_release_too(tmp_path: Path) -> None:
    where = await built(tmp_path)
    async with serving(where) as running, open_editorial(where, Here()) as editorial:
        yongwen = running.yongwen
        page = TestClient(web.create_app(yongwen.answer))
        ask = lambda: page.post("/chat", json={"text": "图书馆"}).json()["text"]  # noqa: E731
        assert "借书也免费。" in await asyncio.to_thread(ask)
        await release(editorial, "现在借书要预约。")
        async with asyncio.timeout(60):
            while yongwen.release != 2:
                await asyncio.sleep(0.05)
        assert "现在借书要预约。" in await asyncio.to_thread(ask)


async def another(folder: Path) -> Path:
    """A catalogue file whose newest release has the number 1 too, with another sentence."""
    files = tiny()
    path = "services/culture/library.yaml"
    files[path] = files[path].replace("借书也免费。", "还书也免费。")
    folder.mkdir()
    return (await built(folder, files)).catalogue


async def put_in_place(new: Path, old: Path, how: str) -> None:
    """Put a catalogue file in the place of another."""
    match how:
        case "moved":
            new.replace(old)
        case "copied":
            shutil.copyfile(new, old)
        case "restored":
            there, here = settings(new.parent), settings(old.parent)
            async with open_editorial(there):  # makes the second database
                await back_up(there, new.parent / "backup.gz")
            await restore(here, new.parent / "backup.gz")


@pytest.mark.parametrize("how", ["moved", "copied", "restored"])
async def test_another_catalogue_of_the_same_number_is_gone_over_to(tmp_path: Path, how: str) -> None:
    where = await built(tmp_path)
    other = await another(tmp_path / "other")
    async with serving(where) as running, open_editorial(where, Here()) as editorial:
        assert "借书也免费。" in (await running.yongwen.answer(Message("图书馆"))).text
        assert (await editorial.drafts.history.live()).records[LIBRARY]["description"] == "借书也免费。"
        await put_in_place(other, where.catalogue, how)
        async with asyncio.timeout(60):
            while "还书也免费。" not in (await running.yongwen.answer(Message("图书馆"))).text:
                await asyncio.sleep(0.05)
        assert running.yongwen.release == 1
        assert (await editorial.drafts.history.live()).records[LIBRARY]["description"] == "还书也免费。"
        assert await release(editorial, "现在借书要预约。") == 2
        async with asyncio.timeout(60):
            while "现在借书要预约。" not in (await running.yongwen.answer(Message("图书馆"))).text:
                await asyncio.sleep(0.05)


@pytest.fixture
def tried_again_soon(monkeypatch: pytest.MonkeyPatch) -> float:
    """The seconds between a failure and the next try: fewer than in service."""
    monkeypatch.setattr(switching, "_AFTER_FAILURE_SECONDS", 0.5)
    return 0.5


async def test_a_catalogue_that_breaks_leaves_the_old_answers_standing_until_it_is_mended(
    tmp_path: Path, tried_again_soon: float, caplog: pytest.LogCaptureFixture
) -> None:
    where = await built(tmp_path)
    async with serving(where) as running, open_editorial(where, Here()) as editorial:
        yongwen, whole = running.yongwen, where.catalogue.read_bytes()
        where.catalogue.write_bytes(b"not a database at all" * 100)
        async with asyncio.timeout(60):
            while "answering from release 1 on" not in caplog.text:
                await asyncio.sleep(0.05)
        assert (await yongwen.answer(Message("图书馆"))).status == "answered"
        assert yongwen.release == 1
        where.catalogue.write_bytes(whole)
        assert await release(editorial, "现在借书要预约。") == 2
        async with asyncio.timeout(60):
            while yongwen.release != 2:
                await asyncio.sleep(0.05)


async def test_a_release_that_could_not_be_made_ready_is_tried_again_after_a_while(
    tmp_path: Path, tried_again_soon: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[float] = []

    def short_of_memory(knowledge: Knowledge) -> None:
        tries.append(time.monotonic())
        if len(tries) < 3:
            raise MemoryError
        warm(knowledge)

    where = await built(tmp_path)
    async with serving(where) as running, open_editorial(where) as editorial:
        monkeypatch.setattr(switching, "warm", short_of_memory)
        await release(editorial, "现在借书要预约。")
        async with asyncio.timeout(60):
            while "现在借书要预约。" not in (await running.yongwen.answer(Message("图书馆"))).text:
                await asyncio.sleep(0.05)
    assert len(tries) == 3, "what is answered from is not made ready again"
    assert all(later - earlier >= tried_again_soon for earlier, later in pairwise(tries))
