"""A reply in the response to Telegram's push: given once, the same whenever asked again, or not at all."""

import asyncio
import json

import anyio
import pytest
from sqlalchemy import select
from telegram_fake import REPLIES, TOKEN, Bench

from bot.channels.telegram import Telegram, TelegramSetup, Webhook
from bot.channels.telegram_response import Responder
from bot.channels.telegram_updates import incoming
from bot.channels.webhook import PushRefusedError, Request
from bot.errors import StoreError
from bot.messages import Rate, Reply
from bot.store.schema_inbox import IncomingRow

pytestmark = pytest.mark.anyio
SECRET = "made-up-secret-token"
HOOK = Webhook("https://yongwen.example/hooks/telegram", SECRET)
NOW = 1_795_400_000.0
PATIENCE = 10


class World(Bench):
    """A bot behind its webhook, replying in the response; `pauses` is what its pace asks for, in turn."""

    def __init__(self, inbox, **settings):
        super().__init__(**settings)
        self.inbox = inbox
        self.paced = []
        self.pauses = []

    async def start(self):
        self.telegram = await self.another()
        self.worker = self.telegram.worker

    async def another(self):
        """One more replica."""
        replica = self.unconnected()
        await replica.connect()
        return replica

    def unconnected(self):
        setup = TelegramSetup(TOKEN, self.answer, self.inbox, self.forget, webhook=HOOK, pace=self.pace)
        return Telegram(setup, self.network, self.network)

    async def pace(self, name, rate):
        self.paced.append((name, rate))
        return self.pauses.pop(0) if self.pauses else 0

    async def push(self, update, telegram=None):
        """What a push is answered with, by one replica or another."""
        (hook,) = (telegram or self.telegram).hooks
        headers = {"x-telegram-bot-api-secret-token": SECRET}
        response = await hook.receive(Request("POST", {}, headers, json.dumps(update).encode()))
        assert response.status == 200
        return json.loads(response.body) if response.body else {}

    async def refused(self, update, telegram=None):
        with pytest.raises(PushRefusedError) as refused:
            await self.push(update, telegram)
        return refused.value.status, refused.value.after

    def message(self, text, number=0, **changed):
        update = self.update("text", text)
        update["update_id"] += number
        update["message"].update(changed)
        return update

    async def worked_off(self):
        """Let the worker do what was left to it."""
        task = asyncio.create_task(self.worker.run())
        with anyio.fail_after(PATIENCE):
            while await self.inbox.waiting(NOW):
                await anyio.sleep(0.005)
        self.worker.stop()
        await task


@pytest.fixture
async def world(inbox):
    world = World(inbox)
    await world.start()
    yield world
    await world.telegram.close()


async def test_a_reply_is_the_response_and_nothing_is_called(world):
    said = await world.push(world.message("居家养老"))
    assert said == {
        "method": "sendMessage",
        "chat_id": 1001,
        "text": "居家养老:请打 <code>12345</code>。",
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }
    await world.worked_off()
    assert world.sent() == []


async def test_what_is_pushed_again_gets_the_same_without_a_second_turn(world):
    update = world.message("托班一个月多少钱")
    first = await world.push(update)
    REPLIES["托班一个月多少钱"], before = Reply("别的话。", "answered"), REPLIES["托班一个月多少钱"]
    try:
        assert await world.push(update) == first
        assert await world.push(update, await world.another()) == first
    finally:
        REPLIES["托班一个月多少钱"] = before
    assert len(world.asked) == 1


async def test_two_replicas_pushed_at_the_same_time_give_one_reply(world):
    both = asyncio.Barrier(2)
    answer = world.answer

    async def different(message):
        await answer(message)
        number = len(world.asked)
        await both.wait()
        return Reply(f"第{number}句", "answered")

    world.answer = different
    update = world.message("托班一个月多少钱")
    replicas = [await world.another() for _ in range(2)]
    said = await asyncio.gather(*(world.push(update, replica) for replica in replicas))
    assert len(world.asked) == 2
    assert said[0] == said[1] == await world.push(update)


async def test_what_is_kept_of_a_reply_names_nobody(world, inbox_database):
    await world.push(world.message("居家养老"))
    async with inbox_database.read() as connection:
        (row,) = (await connection.execute(select(IncomingRow.__table__))).mappings().all()
    assert (row["payload"], row["lane"], row["person"]) == (None, "", "")
    assert "1001" not in str(dict(row))
    assert "居家养老" in str(row["calls"])


async def test_a_group_is_answered_in_its_topic_as_a_reply(world):
    said = await world.push(world.update("topic_mention"))
    assert (said["chat_id"], said["message_thread_id"]) == (-1001600, 7)
    assert said["reply_parameters"]["allow_sending_without_reply"]


async def test_a_correction_is_answered_with_what_it_corrects(world):
    said = await world.push(world.update("edited_text"))
    asked = world.update("edited_text")["edited_message"]["message_id"]
    assert (said["method"], said["reply_parameters"]["message_id"]) == ("sendMessage", asked)


async def test_an_album_is_answered_once(world):
    first, second = (world.update(f"album_{which}") for which in ("first", "second"))
    said = await world.push(first)
    assert said["method"] == "sendMessage"
    assert await world.push(second) == {}
    assert await world.push(first) == said
    assert len(world.asked) == 1


async def test_an_album_whose_pictures_come_together_is_answered_once(world):
    both = asyncio.Barrier(2)
    answer = world.answer

    async def together(message):
        await both.wait()
        return await answer(message)

    world.answer = together
    replicas = [await world.another() for _ in range(2)]
    pictures = [world.update(f"album_{which}") for which in ("first", "second")]
    said = await asyncio.gather(*map(world.push, pictures, replicas))
    assert sorted(bool(one) for one in said) == [False, True]


@pytest.mark.parametrize("name", ["group_plain", "service_pinned", "my_chat_member", "own_message"])
async def test_what_asks_nothing_is_acknowledged_alone(world, name):
    assert await world.push(world.update(name)) == {}
    assert await world.push(world.update(name)) == {}
    await world.worked_off()
    assert world.sent() == []


async def test_who_blocks_the_bot_is_forgotten(world):
    update = world.update("my_chat_member")
    update["my_chat_member"]["new_chat_member"]["status"] = "kicked"
    assert await world.push(update) == {}
    assert world.forgotten == ["1001"]


async def test_a_press_edits_by_call_once_however_often_it_is_pushed(world):
    for _ in range(3):
        assert await world.push(world.update("press")) == {}
    await world.worked_off()
    ((_, edited),) = world.network.made("editMessageText")
    assert edited["text"].startswith("公租房")
    assert len(world.asked) == 1
    assert await world.push(world.update("press")) == {}


async def test_a_press_that_cannot_edit_is_answered_in_the_response(world):
    said = await world.push(world.update("press_on_inaccessible"))
    assert (said["method"], said["chat_id"]) == ("sendMessage", 1001)
    assert world.network.made("answerCallbackQuery")


async def test_pressing_twice_is_answered_twice(world):
    unchanged = (400, "Bad Request: message is not modified")
    world.network.faults["editMessageText"] = unchanged
    await world.push(world.update("press"))
    await world.worked_off()
    assert len(world.sent()) == 1


async def test_a_reply_of_several_messages_goes_by_call_in_order(world):
    assert await world.push(world.message("长文")) == {}
    await world.worked_off()
    assert "".join(sent["text"] for sent in world.sent()) == REPLIES["长文"].text
    assert len(world.sent()) > 2


async def test_what_is_typed_inline_is_answered_anew_each_time_and_kept_nowhere(world, inbox_database):
    first, again = [await world.push(world.update("inline", inline="养老")) for _ in range(2)]
    assert first == again
    assert first["method"] == "answerInlineQuery"
    assert [result["title"] for result in first["results"]] == ["居家养老", "养老金"]
    async with inbox_database.read() as connection:
        assert (await connection.execute(select(IncomingRow.id))).all() == []


async def test_faster_than_telegram_takes_it_is_put_off(world):
    world.pauses = [3]
    update = world.message("居家养老")
    assert await world.refused(update) == (429, 3)
    assert world.asked == []
    assert (await world.push(update))["text"].startswith("居家养老")
    channel = "telegram/666000"
    assert world.paced[1:] == [(f"{channel}/1001", Rate(10, 10)), (channel, Rate(30, 1))]
    await world.push(update)
    assert len(world.paced) == 3, "what is given already waits for nobody"
    await world.push(world.update("group_mention"))
    assert world.paced[3] == (f"{channel}/-1001500", Rate(20, 60))


async def test_what_came_before_in_the_chat_is_answered_first(world):
    await world.push(world.update("press"))
    late = world.update("press")["update_id"] + 1
    update = world.message("居家养老")
    update["update_id"] = late
    assert await world.refused(update) == (429, 1.0)
    await world.worked_off()
    assert (await world.push(update))["text"].startswith("居家养老")


async def test_what_another_way_took_already_is_not_given_too(world):
    update = world.message("居家养老")
    await world.worker.receive([incoming(update)])
    assert await world.push(update) == {}
    await world.worked_off()
    assert len(world.sent()) == 1
    assert await world.push(update) == {}


async def test_what_was_given_is_not_sent_though_it_is_fetched_too(world):
    update = world.message("居家养老")
    await world.push(update)
    await world.worker.receive([incoming(update)])
    await world.worked_off()
    assert world.sent() == []


async def test_a_turn_that_takes_too_long_is_put_off_and_nothing_is_decided(world):
    async def plan(payload):
        await asyncio.sleep(PATIENCE)

    slow = Responder(world.inbox, world.worker, plan, world.pace, patience=0.01)
    update = world.message("居家养老")
    with pytest.raises(PushRefusedError) as refused:
        await slow.respond(incoming(update))
    assert refused.value.status == 503
    assert (await world.push(update))["text"].startswith("居家养老")


async def test_a_fault_of_ours_is_left_to_the_worker(world, caplog):
    answer, world.answer = world.answer, None
    broken = await world.another()
    world.answer = answer
    assert await world.push(world.message("居家养老"), broken) == {}
    assert "could not be answered at once" in caplog.text
    await world.worked_off()
    assert len(world.sent()) == 1


async def test_a_replica_that_telegram_was_not_reached_by_takes_nothing(world):
    update = world.message("居家养老")
    assert await world.refused(update, world.unconnected()) == (503, 1)
    assert (await world.push(update))["text"].startswith("居家养老")


@pytest.mark.parametrize("method", ["standing", "settle"])
async def test_without_the_database_nothing_is_acknowledged(world, method, monkeypatch):
    async def away(*arguments, **named):
        raise StoreError("inbox: the database is away")

    update = world.message("居家养老")
    with monkeypatch.context() as gone:
        gone.setattr(world.inbox, method, away)
        with pytest.raises(StoreError):
            await world.push(update)
    assert (await world.push(update))["text"].startswith("居家养老")
