"""Telegram over HTTP, by polling and by webhook, by call and in the response to the push.

A resident writes to a Bot API server, and reads what comes.
"""

import logging
import socket
from contextlib import asynccontextmanager

import anyio
import pytest
from listening import listening
from telegram_resident import MISSING, PATIENCE, REASON, TOKEN, Resident, bot_api, called, fault, keys, texts

from bot.channels.telegram import TelegramSetup, Webhook, running
from bot.channels.telegram_webhook import PATH
from bot.channels.web import create_app
from bot.channels.webhook import Hook, PushRefusedError, route
from bot.errors import ChannelError
from bot.messages import Button, Message, Reply

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(MISSING, reason=REASON),
]

NUMBERS = "一二三四五六七八九十"
REPLIES = {
    "/start": Reply("您好,我是甬问。", "smalltalk", buttons=(Button("善育", "善育"), Button("优学", "优学"))),
    "/domains": Reply("请选一个领域。", "smalltalk", buttons=tuple(Button(d, d) for d in NUMBERS)),
    "托位": Reply("每千人 4.6 个 <托位>,咨询 12345。", "answered", phones=("12345",)),
    "房子": Reply("您想了解哪一项?", "clarify", buttons=(Button("公租房", "公租房"),)),
    "公租房": Reply("公租房:咨询 12345。", "answered", phones=("12345",)),
    "长文": Reply("政策如下。" * 1000, "answered"),
}


async def answer(message: Message) -> Reply:
    return REPLIES.get(message.text, Reply(f"没有找到:{message.text}", "unanswered"))


@pytest.fixture
async def server():
    async with bot_api() as http:
        yield http


COMMANDS = [("start", "开始"), ("help", "能问什么"), ("domains", "十个领域")]
SECRET = "made-up-secret-of-the-tests"


class Front:
    """Our web server, whose route for Telegram leads to whichever bot runs just now."""

    def __init__(self):
        self.hooks = ()
        self.url = None

    async def receive(self, request):
        if not self.hooks:
            raise PushRefusedError(503, "no bot runs")
        return await self.hooks[0].receive(request)

    @asynccontextmanager
    async def serving(self):
        app = create_app(answer, routes=[route(Hook(PATH, self.receive))])
        async with listening(app) as self.url:
            yield self


async def at_once(_name, _rate):
    return 0


class Bots:
    """Starts bots on one inbox, by polling or by webhook, replying by call or `in_response`."""

    def __init__(self, inbox, front, in_response=False):
        self.inbox = inbox
        self.front = front
        self.pace = at_once if in_response else None
        self.forgotten = []

    async def forget(self, person):
        self.forgotten.append(person)

    @asynccontextmanager
    async def __call__(self, http, token=TOKEN):
        webhook = Webhook(f"{self.front.url}{PATH}", SECRET) if self.front else None
        setup = TelegramSetup(
            token,
            answer,
            self.inbox,
            self.forget,
            commands=lambda: COMMANDS,
            webhook=webhook,
            pace=self.pace,
            base_url=str(http.base_url),
            first_pause=0.05,
        )
        async with running(setup) as hooks:
            if self.front:
                self.front.hooks = hooks
            yield
            if self.front:
                self.front.hooks = ()


@pytest.fixture(params=["polling", "webhook", "response"])
async def bot(request, inbox):
    if request.param == "polling":
        yield Bots(inbox, None)
    else:
        async with Front().serving() as front:
            yield Bots(inbox, front, request.param == "response")


# What becomes of a reply given in a response Telegram does not tell.
told_of_failure = pytest.mark.parametrize("bot", ["polling", "webhook"], indirect=True)
in_response = pytest.mark.parametrize("bot", ["response"], indirect=True)


async def test_start_greets_with_buttons(server, bot):
    resident = Resident(server)
    async with bot(server):
        await resident.write("/start", {"type": "bot_command", "offset": 0, "length": 6})
        (greeting,) = await resident.read()
    assert texts([greeting]) == ["您好,我是甬问。"]
    assert keys(greeting) == ["善育", "优学"]
    (registered,) = await called(server, "setMyCommands")
    assert [command["command"] for command in registered["commands"]] == ["start", "help", "domains"]


async def test_domains_shows_ten_buttons(server, bot):
    resident = Resident(server)
    async with bot(server):
        await resident.write("/domains", {"type": "bot_command", "offset": 0, "length": 8})
        (menu,) = await resident.read()
    assert keys(menu) == list(NUMBERS)


async def test_free_text_is_answered(server, bot):
    resident = Resident(server)
    async with bot(server):
        await resident.write("托位")
        messages = await resident.read()
    assert texts(messages) == ["每千人 4.6 个 &lt;托位&gt;,咨询 <code>12345</code>。"]


async def test_what_was_written_while_the_bot_was_away_is_answered(server, bot):
    resident = Resident(server)
    await resident.write("托位")
    async with bot(server):
        assert len(await resident.read()) == 1


async def test_a_long_reply_arrives_whole(server, bot):
    resident = Resident(server)
    async with bot(server):
        await resident.write("长文")
        messages = await resident.read(2)
    assert "".join(texts(messages)) == REPLIES["长文"].text


async def test_a_press_is_acknowledged_and_edits_the_message(server, bot):
    resident = Resident(server)
    async with bot(server):
        await resident.write("房子")
        (question,) = await resident.read()
        await resident.press(question, keys(question)[0])
        (edited,) = await called(server, "editMessageText")
        await called(server, "answerCallbackQuery")
    assert edited["text"] == "公租房:咨询 <code>12345</code>。"
    assert edited["message_id"] == str(question["messageId"])


async def test_pressing_twice_is_answered_twice(server, bot):
    resident = Resident(server)
    async with bot(server):
        await resident.write("房子")
        (question,) = await resident.read()
        await resident.press(question, "公租房")
        await resident.press(question, "公租房")
        anew = await resident.read()
    assert texts(anew) == ["公租房:咨询 <code>12345</code>。"]


async def test_a_press_on_a_message_long_gone_is_answered_anew(server, bot):
    resident = Resident(server)
    async with bot(server):
        await resident.press({"messageId": 9999}, "公租房")
        assert texts(await resident.read()) == ["公租房:咨询 <code>12345</code>。"]


async def test_a_group_is_answered_only_when_the_bot_is_addressed(server, bot):
    resident = Resident(server, {"id": -1001500, "type": "supergroup", "title": "海曙邻里群"})
    async with bot(server):
        await resident.write("房子")
        await resident.write("@TestNameBot 托位", {"type": "mention", "offset": 0, "length": 12})
        await resident.read()
        (sent,) = await called(server, "sendMessage")
    assert "4.6" in sent["text"]
    assert sent["reply_parameters"]["message_id"] == 2


@told_of_failure
async def test_too_many_requests_loses_no_reply(server, bot):
    resident = Resident(server)
    await fault(server, "sendMessage", 429, "Too Many Requests: retry after 1", retry_after=1)
    async with bot(server):
        await resident.write("托位")
        assert len(await resident.read()) == 1
    assert len(await called(server, "sendMessage")) == 2


@in_response
async def test_a_response_lost_on_its_way_is_given_again(server, bot):
    resident = Resident(server)
    await fault(server, "<webhook>", 0, "", times=3)
    async with bot(server):
        for text in ("托位", "公租房"):
            await resident.write(text)
        assert texts(await resident.read(2)) == [
            "每千人 4.6 个 &lt;托位&gt;,咨询 <code>12345</code>。",
            "公租房:咨询 <code>12345</code>。",
        ]
    pushes = await called(server, "<webhook>")
    assert [len([p for p in pushes if p["update_id"] == update]) for update in (1, 2)] == [4, 1]
    shown = [c["update"] for c in (await server.get("/_calls")).json() if c["method"] == "sendMessage"]
    assert shown == [1, 2]


@in_response
async def test_a_press_is_answered_by_call_though_its_response_is_lost(server, bot):
    resident = Resident(server)
    async with bot(server):
        await resident.write("房子")
        (question,) = await resident.read()
        await fault(server, "<webhook>", 0, "", times=2)
        await resident.press(question, keys(question)[0])
        await called(server, "<webhook>", 4)
        assert len(await called(server, "editMessageText")) == 1


async def test_a_burst_is_answered_in_order_in_every_chat(server, bot):
    residents = [Resident(server) for _ in range(3)]
    async with bot(server):
        for number in range(4):
            for resident in residents:
                await resident.write(f"问题{number}")
        for resident in residents:
            assert texts(await resident.read(4)) == [f"没有找到:问题{number}" for number in range(4)]


async def test_many_messages_of_one_resident_are_answered_in_order(server, bot):
    resident = Resident(server)
    async with bot(server):
        for number in range(12):
            await resident.write(f"问题{number}")
        assert texts(await resident.read(12)) == [f"没有找到:问题{number}" for number in range(12)]


@told_of_failure
async def test_one_who_blocked_the_bot_stops_nobody_else(server, bot, caplog):
    blocker, resident = Resident(server), Resident(server)
    await fault(server, "sendMessage", 403, "Forbidden: bot was blocked by the user")
    async with bot(server):
        await blocker.write("托位")
        await called(server, "sendMessage")
        await resident.write("托位")
        assert len(await resident.read()) == 1
    assert bot.forgotten == [str(blocker.user["id"])]
    assert not [record for record in caplog.records if record.levelno > logging.INFO]


async def test_a_refused_token_stops_the_start(server, bot, caplog):
    token = "777:not-a-token-of-any-bot"
    with pytest.raises(ChannelError, match="refused the token") as refused:
        async with bot(server, token):
            raise AssertionError("a bot without a token runs")
    assert token not in str(refused.value) + caplog.text


async def test_a_start_without_network_is_tried_again(server, bot, caplog):
    resident = Resident(server)
    await fault(server, "getMe", 502, "Bad Gateway", times=2)
    async with bot(server):
        await resident.write("托位")
        assert len(await resident.read()) == 1
    assert caplog.text.count("trying again soon: Bad Gateway") == 2


async def test_a_token_refused_later_is_logged_and_the_rest_runs_on(server, bot, caplog):
    await fault(server, "getMe", 502, "Bad Gateway")
    async with bot(server, "777:not-a-token-of-any-bot"):
        with anyio.fail_after(PATIENCE):
            while "refused the token" not in caplog.text:
                await anyio.sleep(0.01)
    assert "777:" not in caplog.text


async def test_polling_survives_an_outage(server, bot, caplog):
    resident = Resident(server)
    await fault(server, "getUpdates", 502, "Bad Gateway")
    async with bot(server):
        await resident.write("托位")
        assert len(await resident.read()) == 1
    assert TOKEN not in caplog.text


async def test_nobody_at_the_other_end_harms_nothing(inbox, caplog, unused_port):
    setup = TelegramSetup(TOKEN, answer, inbox, base_url=f"http://127.0.0.1:{unused_port}", first_pause=0.01)
    async with running(setup):
        with anyio.fail_after(PATIENCE):
            while caplog.text.count("trying again soon") < 2:
                await anyio.sleep(0.01)
    assert TOKEN not in caplog.text


@pytest.fixture
def unused_port():
    """A port that somebody holds but nobody listens on."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]
