"""The same stores on PostgreSQL: migrations, a first release, four eyes, the inbox, word of a release."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import httpx
import pytest
from postgres import Proxy, Server
from staff.editorial import EDITOR, REVIEWER, Here, built

from bot import config
from bot.app import interfaces
from bot.app.answering import Yongwen
from bot.app.backups import back_up, restore
from bot.app.databases import catalogue_database, prepare, second_database
from bot.app.editorial import open_editorial
from bot.app.loading import Loader
from bot.app.memory import Memory
from bot.app.parts import Running
from bot.app.serving import serving
from bot.app.switching import switching
from bot.catalogue.records import Address
from bot.channels.api_keys import new_key
from bot.channels.web import create_app
from bot.errors import SettingsError, StoreError
from bot.messages import Incoming, Message, Rate
from bot.store.conversations import Conversations, ConversationsInMemory, KeptState
from bot.store.inbox import InboxStore
from bot.store.notices import Notices
from bot.store.questions import Asked, Questions
from bot.store.sealing import Seal
from bot.store.switches import Switches

pytestmark = pytest.mark.anyio
ASKED = Asked(
    "", 1.0, "2026-11-29", "p", "web", "问", "", "unanswered", "", 0.0, "", 0, (), release=1, elapsed_us=1
)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One server for all tests here: it takes seconds to make."""
    found = Server()
    found.start()
    yield found
    found.remove()


@pytest.fixture
async def settings(server: Server, tmp_path: Path) -> config.Settings:
    return replace(
        await built(tmp_path),
        database=f"{server.url}".replace("postgresql:", "postgresql+asyncpg:"),
        privacy_key="k" * 32,
    )


async def test_replicas_that_start_together_make_one_first_release(settings: config.Settings) -> None:
    await asyncio.gather(*(prepare(settings) for _ in range(3)))
    number, knowledge = await Loader(settings).load()
    assert number >= 1
    reply = await Yongwen(knowledge, Memory(ConversationsInMemory())).answer(Message("老年食堂多少家"))
    assert "130家" in reply.text


async def test_a_service_runs_on_it_and_keeps_what_was_said(settings: config.Settings) -> None:
    async with serving(settings) as running:
        first = await running.yongwen.answer(Message("老年食堂\0多少家", "s", "web", person="p"))
        await running.yongwen.answer(Message("/domains", "s", "web", person="p"))
    async with serving(settings) as running:
        chosen = await running.yongwen.answer(Message("1", "s", "web", person="p"))
    assert first.status == "answered"
    assert chosen.topic.startswith("domain/"), "the choices offered before the restart"


async def test_a_release_by_two_reaches_a_running_bot_by_word_at_once(settings: config.Settings) -> None:
    await prepare(settings)
    loader = Loader(settings)
    number, knowledge = await loader.load()
    yongwen = Yongwen(knowledge, Memory(ConversationsInMemory()), release=number)
    async with switching(settings, yongwen, loader), open_editorial(settings, Here()) as editorial:
        for account in (EDITOR, REVIEWER):
            await editorial.accounts.create(account.name, "一个够长的密码123", account.role)
        draft = await editorial.drafts.create(EDITOR, "改一句")
        fields = dict((await editorial.drafts.records(draft.id))[Address("replies", "greeting")])
        fields["text"] = "侬好。"
        draft = await editorial.drafts.save(
            EDITOR, draft.id, draft.version, {Address("replies", "greeting"): fields}
        )
        draft = await editorial.reviews.submit(EDITOR, draft.id, draft.version)
        draft = await editorial.reviews.approve(REVIEWER, draft.id, draft.version)
        released = await editorial.publisher.release(REVIEWER, draft.id, draft.version)
        async with asyncio.timeout(20):
            while yongwen.release == number:
                await asyncio.sleep(0.02)
    assert released
    assert yongwen.knowledge.lookup.say("greeting", phone="12345") == "侬好。"


async def test_word_of_a_release_comes_before_the_time_is_over(settings: config.Settings) -> None:
    await prepare(settings)
    database = catalogue_database(settings, writes=True)
    notices = Notices(database)
    try:
        await notices.wait(0.01)
        waiting = asyncio.create_task(notices.wait(60))
        await asyncio.sleep(0.1)
        async with database.write() as connection:
            await connection.exec_driver_sql("NOTIFY yongwen_release")
        async with asyncio.timeout(30):
            await waiting
    finally:
        await notices.close()
        await database.dispose()


async def test_who_does_the_same_at_once_at_two_replicas_is_not_refused(settings: config.Settings) -> None:
    await prepare(settings)
    replicas = [second_database(settings) for _ in range(2)]
    logs, switches = [Questions(one) for one in replicas], [Switches(one) for one in replicas]
    boxes = [InboxStore(one, lambda text: text.replace("\0", " "), Seal(bytes(32))) for one in replicas]
    states = [Conversations(one) for one in replicas]
    name = "很" * 100
    try:
        for turn in range(8):
            asked = [
                replace(ASKED, id=f"{turn}-{number}", text_key=f"{turn}-{number}") for number in range(20)
            ]
            kept = [KeptState(one.id, {}, 1.0, "") for one in asked]
            ids = [one.id for one in asked]
            await logs[0].record(asked)
            await asyncio.gather(
                *(log.feedback(ids[0], "wrong", "", 1.0) for log in logs),
                *(log.dismiss(ids, name, 1.0) for log in logs),
                *(switch.off(f"channel-{turn}", "试试", name, 1.0) for switch in switches),
                *(box.keep("wechat", f"pages-{turn}", ["一", "二"], 1.0) for box in boxes),
                *(one.save_all(order) for one, order in zip(states, (kept, kept[::-1]), strict=True)),
            )
            assert await boxes[1].kept("wechat", f"pages-{turn}") == ["一", "二"]
        assert len(await switches[0].all()) == 8
        assert len(await logs[1].marked_wrong(0.0)) == 8
    finally:
        for database in replicas:
            await database.dispose()


async def test_two_replicas_never_lease_the_same_update(settings: config.Settings) -> None:
    await prepare(settings)
    replicas = [second_database(settings) for _ in range(2)]
    boxes = [
        InboxStore(database, lambda text: text.replace("\0", " "), Seal(bytes(32))) for database in replicas
    ]
    try:
        await boxes[0].add("t", [Incoming(f"{i}", f"lane{i}", i, {"n": i}) for i in range(40)], 1.0)
        await boxes[1].add("t", [Incoming("7", "lane7", 7, {"n": 7})], 2.0)
        leased: list[int] = []
        for _ in range(10):
            claims = (box.claim("t", f"o{i}", 3.0, 99.0, 5) for i, box in enumerate(boxes))
            found = await asyncio.gather(*claims)
            leased += [one.id for part in found for one in part]
        assert len(leased) == len(set(leased)) == 40
    finally:
        for database in replicas:
            await database.dispose()


async def test_replicas_share_one_count_of_a_person_and_an_address(settings: config.Settings) -> None:
    limited = replace(settings, limit_person=Rate(5, 3600), limit_address=Rate(7, 3600))
    async with AsyncExitStack() as replicas:
        both = [await replicas.enter_async_context(serving(limited)) for _ in range(2)]
        asking = zip(range(20), cycle(both), strict=False)
        said = Message("低保一年多少钱", "s", "web", person="often")
        replies = await asyncio.gather(*(r.yongwen.answer(said) for _, r in asking))
        waits = await asyncio.gather(*(r.gate.address("192.0.2.1") for r in both * 10))
        assert [reply.wait for reply in replies].count(0) == 5
        assert waits.count(0) == 7
        assert 3500 < max(reply.wait for reply in replies) <= 3600
        await both[0].yongwen.forget("web", "often")
        assert not (await both[1].yongwen.answer(said)).wait, "forgotten by one, forgotten by all"


async def test_replicas_share_the_quota_of_an_api_key(settings: config.Settings, tmp_path: Path) -> None:
    key, line = new_key("library", "4/hour")
    (tmp_path / "keys.txt").write_text(line, "utf-8")
    keyed = replace(settings, api_keys=tmp_path / "keys.txt")
    async with AsyncExitStack() as replicas:
        both = [await replicas.enter_async_context(serving(keyed)) for _ in range(2)]
        statuses = [await domains_by_api(replica, key) for replica in both * 3]
    assert statuses == [200] * 4 + [429] * 2


async def domains_by_api(replica: Running, key: str) -> int:
    """The status a program gets from one replica."""
    async with interfaces.api(replica) as routes:
        whole = httpx.ASGITransport(create_app(replica.yongwen.answer, routes=routes))
        async with httpx.AsyncClient(transport=whole, base_url="http://replica") as client:
            header = {"Authorization": f"Bearer {key}"}
            return (await client.get("/api/v1/domains", headers=header)).status_code


# asyncpg leaves a future of a connection that was cut for the garbage collector to complain of.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_a_server_that_does_not_answer_is_told_of_and_answering_goes_on(
    settings: config.Settings, server: Server
) -> None:
    proxy = Proxy(server.port)
    await proxy.start()
    through = replace(settings, database=settings.database.replace(str(server.port), str(proxy.port)))
    try:
        async with serving(through) as running:
            before = await running.yongwen.answer(Message("老年食堂多少家", "s", "web"))
            proxy.mode = "refuse"
            proxy.cut()
            cut_off = await running.yongwen.answer(Message("老年食堂多少家", "s", "web"))
            proxy.mode = "ok"
            await running.yongwen.answer(Message("/domains", "s", "web"))
            after = await running.yongwen.answer(Message("1", "s", "web"))
        assert before.text == cut_off.text
        assert after.topic.startswith("domain/")
    finally:
        await proxy.stop()


async def test_without_a_server_there_is_one_clear_sentence(
    settings: config.Settings, server: Server
) -> None:
    gone = replace(settings, database="postgresql+asyncpg://yongwen@127.0.0.1:1/x")
    with pytest.raises(StoreError, match="the database: "):
        await prepare(gone)


async def test_replicas_need_one_key(settings: config.Settings) -> None:
    with pytest.raises(SettingsError, match="YONGWEN_PRIVACY_KEY"):
        async with serving(replace(settings, privacy_key="")):
            pass


async def test_a_backup_of_two_files_is_restored_into_it(settings: config.Settings, tmp_path: Path) -> None:
    files = replace(settings, database="")
    async with open_editorial(files) as editorial:
        draft = await editorial.drafts.create(EDITOR, "一份草稿")
        await editorial.reviews.comment(EDITOR, draft.id, "先看看")
    await back_up(files, tmp_path / "backup.gz")
    await prepare(settings)
    await restore(settings, tmp_path / "backup.gz")
    async with open_editorial(settings) as editorial:
        await editorial.reviews.comment(EDITOR, draft.id, "再看看")
        assert [c.text for c in await editorial.reviews.comments(draft.id)] == ["先看看", "再看看"]
