"""Telegram without a network: recorded updates in, the calls the bot makes out."""

import asyncio
import json
import logging
import sys
import traceback

import anyio
import pytest
from telegram_fake import DOMAINS, RECORDED, REPLIES, TOKEN, Bench, Recorder

from bot.app.logs import Redacting
from bot.channels.inbox import DelayedError, UndeliverableError
from bot.channels.telegram import Telegram, TelegramSetup, Webhook
from bot.channels.telegram_updates import Planner, incoming
from bot.channels.webhook import PushRefusedError, Request
from bot.errors import ChannelError, StoreError
from bot.messages import Message

pytestmark = pytest.mark.anyio
PATIENCE = 10


@pytest.fixture
async def bench():
    bench = Bench()
    await bench.bot.initialize()
    yield bench
    await bench.bot.shutdown()


FANG, GROUP, FORUM = "1001:1001:", "-1001500:1002:", "-1001600:1002:7"
HEARD = {
    "text": ("托班一个月多少钱", FANG),
    "command_start": ("/start", FANG),
    "command_start_deep_link": ("/start poster7", FANG),
    "text_with_mention": ("低保怎么申请", FANG),
    "photo": ("", FANG),
    "photo_with_caption": ("这张老年证能免费坐公交吗", FANG),
    "album_first": ("", FANG),
    "album_second": ("", FANG),
    "voice": ("", FANG),
    "sticker": ("", FANG),
    "location": ("", FANG),
    "contact": ("", FANG),
    "document": ("", FANG),
    "video": ("", FANG),
    "poll": ("", FANG),
    "dice": ("", FANG),
    "forwarded": ("听说公租房可以申请了", FANG),
    "edited_text": ("托位一个月多少钱", FANG),
    "edited_live_location": None,
    "edited_in_group": None,
    "group_plain": None,
    "group_mention": ("👵  请问养老院怎么排队", GROUP),
    "group_mention_of_another": None,
    "group_mention_in_caption": ("这个能报销吗", GROUP),
    "group_mention_alone": ("", "-4500:1002:"),
    "group_command": ("/domains", GROUP),
    "group_command_of_another": None,
    "group_command_unnamed": None,
    "group_reply_to_bot": ("第二个", GROUP),
    "group_reply_to_person": None,
    "group_sticker_to_bot": ("", GROUP),
    "group_anonymous_administrator": ("法律援助", "-1001500:-1001500:"),
    "topic_mention": ("助餐点在哪", FORUM),
    "topic_plain": None,
    "thread_of_replies_mention": ("免费体检", GROUP),
    "own_message": None,
    "automatic_forward": None,
    "service_new_member": None,
    "service_left_member": None,
    "service_pinned": None,
    "channel_post": None,
    "edited_channel_post": None,
    "my_chat_member": None,
    "inline": ("托班一个月多少钱", ""),
    "press_inline": ("公租房", ":1001:"),
    "press": ("公租房", FANG),
    "press_on_inaccessible": ("公租房", FANG),
    "press_in_topic": ("公租房", FORUM),
    "press_by_another": ("公租房", "-1001500:1001:"),
}


def test_every_recorded_update_is_tried():
    assert {path.stem for path in RECORDED.glob("*.json")} == set(HEARD)


@pytest.mark.parametrize("name", HEARD)
async def test_what_is_heard_of_an_update(bench, name):
    await bench.receive(name)
    heard = HEARD[name]
    person = heard[1].split(":")[1] if heard and heard[1] else "1001"
    key = str(bench.update(name)["update_id"]) if heard and heard[1] else ""
    expected = [Message(*heard, "telegram", person, key)] if heard else []
    assert bench.asked == expected
    assert bool(bench.network.made("sendMessage", "editMessageText", "answerInlineQuery")) == bool(expected)


async def test_an_album_is_one_update(bench):
    first, second = (incoming(bench.update(f"album_{which}")) for which in ("first", "second"))
    assert first.key == second.key
    assert first.number != second.number
    update = bench.update("album_second")
    update["message"]["caption"] = "这是什么"
    assert incoming(update).key == str(update["update_id"])


async def test_a_private_reply_is_escaped_with_numbers_to_copy(bench):
    await bench.receive("text")
    (sent,) = bench.sent()
    assert sent["text"] == (
        "普惠托位:每千人 4.6 个 &lt;3 岁 &amp; 以下&gt;。\n咨询 <code>12320</code> 或 <code>12345</code>。"
    )
    assert (sent["chat_id"], sent["parse_mode"]) == (1001, "HTML")
    assert sent["link_preview_options"] == {"is_disabled": True}
    assert "reply_parameters" not in sent


async def test_an_emergency_shows_its_number(bench):
    await bench.receive("text", "救命")
    assert bench.sent()[0]["text"] == "请马上拨打 <code>120</code>。"


async def test_a_group_is_answered_as_a_reply(bench):
    await bench.receive("group_mention")
    quoted = bench.sent()[0]["reply_parameters"]
    assert quoted["message_id"] == bench.update("group_mention")["message"]["message_id"]
    assert quoted["allow_sending_without_reply"]


async def test_a_correction_is_answered_as_a_reply(bench):
    await bench.receive("edited_text")
    assert bench.sent()[0]["reply_parameters"]["message_id"]


@pytest.mark.parametrize(
    ("name", "topic"), [("topic_mention", 7), ("thread_of_replies_mention", None), ("text", None)]
)
async def test_a_reply_stays_in_its_topic(bench, name, topic):
    await bench.receive(name)
    assert [sent.get("message_thread_id") for sent in bench.sent()] == [topic]


async def test_a_new_message_after_a_press_stays_in_its_topic(bench):
    bench.network.faults["editMessageText"] = (400, "Bad Request: message to edit not found")
    await bench.receive("press_in_topic")
    assert bench.sent()[0]["message_thread_id"] == 7


def keys(sent):
    return [
        [(key["text"], key.get("callback_data")) for key in row]
        for row in sent["reply_markup"]["inline_keyboard"]
    ]


async def test_domains_stand_two_in_a_row(bench):
    await bench.receive("text", "/domains")
    assert keys(bench.sent()[0]) == [
        [(d, d) for d in pair] for pair in zip(DOMAINS[::2], DOMAINS[1::2], strict=True)
    ]


async def test_candidates_stand_one_in_a_row(bench):
    await bench.receive("text", "房子")
    assert keys(bench.sent()[0]) == [
        [("公租房", "公租房")],
        [("共有产权住房(含人才)", "service:shared-ownership-housing")],
    ]


async def test_a_button_too_long_for_telegram_copies_its_text(bench):
    await bench.receive("text", "长按钮")
    assert bench.sent()[0]["reply_markup"]["inline_keyboard"] == [
        [{"text": "长", "copy_text": {"text": "很长的名字" * 5}}]
    ]


async def test_a_long_reply_is_split_at_sentence_ends(bench):
    await bench.receive("text", "长文")
    texts = [sent["text"] for sent in bench.sent()]
    assert "".join(texts) == REPLIES["长文"].text
    assert all(text.endswith("。") and len(text) <= 4096 for text in texts)
    assert ["reply_markup" in sent for sent in bench.sent()] == [False, False, True]


async def test_a_long_reply_is_not_cut_within_addresses_or_quotations(bench):
    await bench.receive("text", "问句")
    texts = [sent["text"] for sent in bench.sent()]
    assert "".join(texts) == REPLIES["问句"].text
    assert len(texts) > 1
    assert all(text.endswith(("\uff1f", "\uff01", "。”")) for text in texts)


async def test_an_endless_sentence_is_cut_to_fit(bench):
    await bench.receive("text", "没有句号")
    texts = [sent["text"] for sent in bench.sent()]
    assert "".join(texts) == "👵" * 5000
    assert all(len(text.encode("utf-16-le")) <= 2 * 4096 for text in texts)


async def test_only_the_first_part_is_a_reply(bench):
    await bench.receive("group_reply_to_bot", "长文")
    assert ["reply_parameters" in sent for sent in bench.sent()] == [True, False, False]


async def test_a_press_turns_the_message_into_the_answer(bench):
    await bench.receive("press", data="托班一个月多少钱")
    (_, acknowledged), (name, edited) = bench.network.made("answerCallbackQuery", "editMessageText")
    assert name == "editMessageText"
    assert acknowledged["callback_query_id"]
    assert "<code>12345</code>" in edited["text"]
    assert keys(edited) == [[("婴幼儿照护", "婴幼儿照护")]]
    assert bench.sent() == []


async def test_a_long_answer_to_a_press_goes_on_below(bench):
    await bench.receive("press", data="长文")
    (_, edited), *more = bench.network.made("editMessageText", "sendMessage")
    assert edited["text"] + "".join(parameters["text"] for _, parameters in more) == REPLIES["长文"].text
    assert ["reply_markup" in parameters for _, parameters in more] == [False, True]


@pytest.mark.parametrize("why", ["message is not modified", "message to edit not found"])
async def test_what_cannot_be_edited_is_sent_anew(bench, why):
    bench.network.faults["editMessageText"] = (400, f"Bad Request: {why}")
    await bench.receive("press", data="托班一个月多少钱")
    assert "<code>12345</code>" in bench.sent()[0]["text"]


@pytest.mark.parametrize("name", ["press_on_inaccessible", "press_by_another"])
async def test_what_is_too_old_or_anothers_is_left_alone(bench, name):
    await bench.receive(name)
    calls = bench.network.made("answerCallbackQuery", "editMessageText", "sendMessage")
    assert [name for name, _ in calls] == ["answerCallbackQuery", "sendMessage"]


async def test_a_press_too_late_to_acknowledge_is_answered(bench):
    bench.network.faults["answerCallbackQuery"] = (400, "Bad Request: query is too old")
    await bench.receive("press")
    assert bench.network.made("editMessageText")


async def test_an_edit_made_before_a_crash_is_not_repeated_below(bench):
    bench.network.faults["editMessageText"] = (400, "Bad Request: message is not modified")
    await bench.receive("press", data="托班一个月多少钱", again=True)
    assert bench.sent() == []


async def test_one_who_blocked_the_bot_is_sent_nothing_and_forgotten(bench, caplog):
    bench.network.faults["sendMessage"] = (403, "Forbidden: bot was blocked by the user")
    await bench.receive("text")
    (error,) = bench.failed
    assert isinstance(error, UndeliverableError)
    assert error.lane == "1001"
    assert bench.forgotten == ["1001"]
    assert not [record for record in caplog.records if record.levelno > logging.INFO]


async def test_a_group_that_removed_the_bot_forgets_nobody(bench):
    bench.network.faults["sendMessage"] = (403, "Forbidden: bot was kicked from the supergroup chat")
    await bench.receive("group_mention")
    assert bench.failed[0].lane == "-1001500"
    assert bench.forgotten == []


async def test_blocking_the_bot_forgets_the_resident(bench):
    await bench.receive("my_chat_member")
    assert bench.forgotten == ["1001"]
    assert bench.asked == []


async def test_a_chat_that_is_gone_is_given_up(bench, caplog):
    bench.network.faults["sendMessage"] = (400, "Bad Request: chat not found")
    await bench.receive("text")
    assert isinstance(bench.failed[0], UndeliverableError)
    assert "a reply did not arrive" in caplog.text
    assert "托班" not in caplog.text


@pytest.mark.parametrize(
    ("fault", "after"),
    [
        ((429, "Too Many Requests: retry after 37", {"retry_after": 37}), 37),
        ((502, f"Bad Gateway at /bot{TOKEN}/sendMessage"), 0),
        ((401, "Unauthorized"), 60),
    ],
)
async def test_what_may_get_through_later_is_tried_later(bench, fault, after):
    bench.network.faults["sendMessage"] = fault
    await bench.receive("text")
    (error,) = bench.failed
    assert isinstance(error, DelayedError)
    assert error.after == after
    assert TOKEN not in str(error)


async def test_a_group_that_became_a_supergroup_is_answered_there(bench):
    moved = {"migrate_to_chat_id": -100777}
    network = bench.network

    class Moving(Recorder):
        async def do_request(self, url, method, request_data=None, *timeouts, **named):
            chat = (request_data.parameters if request_data else {}).get("chat_id")
            self.faults = {"sendMessage": (400, "Bad Request: upgraded", moved)} if chat != -100777 else {}
            return await super().do_request(url, method, request_data)

    bench.network.__class__ = Moving
    await bench.receive("group_mention_alone")
    assert network is bench.network
    assert [sent["chat_id"] for sent in bench.sent()] == [-4500, -100777]
    assert bench.failed == []


async def test_a_slow_answer_shows_that_it_is_being_written():
    released = asyncio.Event()
    bench = Bench(patience=0.01)

    async def slow(message):
        await released.wait()
        return REPLIES["/start"]

    bench.planner = Planner(bench.bot, slow, slow, bench.forget, 0.01)
    await bench.bot.initialize()
    task = asyncio.create_task(bench.receive("topic_mention"))
    with anyio.fail_after(PATIENCE):
        while len(bench.network.made("sendChatAction")) < 2:
            await anyio.sleep(0.005)
    released.set()
    await task
    (_, shown), *_ = bench.network.made("sendChatAction")
    assert (shown["chat_id"], shown["action"], shown["message_thread_id"]) == (-1001600, "typing", 7)
    assert bench.sent()


async def test_a_quick_answer_shows_no_typing(bench):
    await bench.receive("text")
    assert bench.sent()
    assert not bench.network.made("sendChatAction")


async def test_inline_shows_the_answer(bench):
    await bench.receive("inline")
    ((_, answered),) = bench.network.made("answerInlineQuery")
    (article,) = answered["results"]
    assert answered["inline_query_id"] == "7100000052"
    assert article["title"].startswith("普惠托位")
    assert article["input_message_content"]["parse_mode"] == "HTML"
    assert "<code>12345</code>" in article["input_message_content"]["message_text"]
    assert "&lt;3 岁 &amp; 以下&gt;" in article["input_message_content"]["message_text"]
    assert article["reply_markup"]["inline_keyboard"] == [
        [{"text": "婴幼儿照护", "callback_data": "婴幼儿照护"}]
    ]
    assert bench.asked == [Message("托班一个月多少钱", "", "telegram", "1001")]


async def test_inline_shows_a_service_for_each_candidate(bench):
    await bench.receive("inline", inline="养老")
    ((_, answered),) = bench.network.made("answerInlineQuery")
    assert [article["title"] for article in answered["results"]] == ["居家养老", "养老金"]
    assert len({article["id"] for article in answered["results"]}) == 2
    texts = [article["input_message_content"]["message_text"] for article in answered["results"]]
    assert texts == ["居家养老:请打 <code>12345</code>。", "养老金:请打 <code>12333</code>。"]


async def test_inline_with_nothing_typed_shows_the_domains(bench):
    await bench.receive("inline", inline=" ")
    assert bench.asked[0].text == "/domains"


async def test_inline_shows_nothing_for_what_is_not_known(bench):
    await bench.receive("inline", inline="火星")
    ((_, answered),) = bench.network.made("answerInlineQuery")
    assert answered["results"] == []


async def test_a_press_below_an_inline_message_turns_it_into_the_answer(bench):
    await bench.receive("press_inline")
    ((_, edited),) = bench.network.made("editMessageText")
    assert edited["inline_message_id"] == "AgAAAPPP"
    assert "12345" in edited["text"]
    assert bench.sent() == []


class NotingInbox:
    """An inbox that only notes what is stored."""

    def __init__(self):
        self.stored = []

    async def add(self, channel, incoming, now):
        self.stored += [(channel, one) for one in incoming]

    async def claim(self, *arguments):
        return []

    async def forget_before(self, when):
        pass


def configured(bench, inbox=None, **settings):
    return TelegramSetup(TOKEN, bench.answer, inbox or NotingInbox(), bench.forget, **settings)


async def test_start_registers_the_commands_and_asks_only_for_what_is_heeded():
    bench = Bench()
    polled = asyncio.Event()

    class Poll(Recorder):
        async def do_request(self, url, method, request_data=None, *timeouts, **named):
            result = await super().do_request(url, method, request_data)
            polled.set()
            await asyncio.sleep(0)
            return result

    polls = Poll()
    commands = [("start", "开始"), ("domains", "十个领域")]
    telegram = Telegram(configured(bench, commands=lambda: commands), bench.network, polls)
    await telegram.connect()
    task = asyncio.create_task(telegram.run())
    await polled.wait()
    telegram.worker.stop()
    await task
    await telegram.close()
    ((_, registered),) = bench.network.made("setMyCommands")
    assert registered["commands"] == [
        {"command": "start", "description": "开始"},
        {"command": "domains", "description": "十个领域"},
    ]
    assert bench.network.made("deleteWebhook") == [("deleteWebhook", {"drop_pending_updates": False})]
    heeded = ["message", "edited_message", "callback_query", "inline_query", "my_chat_member"]
    assert polls.made("getUpdates")[0][1]["allowed_updates"] == heeded


async def test_the_menu_follows_the_words_of_a_new_release_and_is_not_told_twice():
    bench, words = Bench(), ["开始"]
    webhook = Webhook("https://yongwen.example/hooks/telegram", "x" * 16)
    setup = configured(bench, commands=lambda: [("start", words[-1])], menu_pause=0.001, webhook=webhook)
    telegram = Telegram(setup, bench.network, Recorder())
    await telegram.connect()
    told = lambda: [c["commands"][0]["description"] for _, c in bench.network.made("setMyCommands")]  # noqa: E731
    bench.network.faults["setMyCommands"] = (500, "Internal Server Error")
    task = asyncio.create_task(telegram.run())
    words.append("打个招呼")
    while len(told()) < 3:
        await asyncio.sleep(0.001)
    bench.network.faults.clear()
    failed = len(told())
    while len(told()) == failed:
        await asyncio.sleep(0.001)
    settled = len(told())
    await asyncio.sleep(0.05)
    telegram.worker.stop()
    await task
    await telegram.close()
    assert told() == ["开始", *["打个招呼"] * (settled - 1)]


async def test_an_update_is_confirmed_only_once_it_is_stored():
    bench = Bench()
    update = bench.update("text")

    class Poll(Recorder):
        async def do_request(self, url, method, request_data=None, *timeouts, **named):
            if url.endswith("getUpdates"):
                self.calls.append(("getUpdates", request_data.parameters))
                offered = [update] if request_data.parameters.get("offset") is None else []
                await asyncio.sleep(0.001)
                return 200, json.dumps({"ok": True, "result": offered}).encode()
            return await super().do_request(url, method, request_data)

    class Full(NotingInbox):
        full = True

        async def add(self, channel, incoming, now):
            if self.full:
                raise StoreError("inbox: the disk is full")
            await super().add(channel, incoming, now)

    polls, inbox = Poll(), Full()
    telegram = Telegram(TelegramSetup(TOKEN, bench.answer, inbox, first_pause=0.001), bench.network, polls)
    await telegram.connect()
    task = asyncio.create_task(telegram.run())
    with anyio.fail_after(PATIENCE):
        while len(polls.calls) < 3:
            await anyio.sleep(0.001)
        assert {parameters.get("offset") for _, parameters in polls.calls} == {None}
        inbox.full = False
        while polls.calls[-1][1].get("offset") is None:
            await anyio.sleep(0.001)
    telegram.worker.stop()
    await task
    await telegram.close()
    assert polls.calls[-1][1]["offset"] == update["update_id"] + 1
    ((channel, stored),) = inbox.stored
    assert (channel, stored.key, stored.lane) == ("telegram/666000", str(update["update_id"]), "1001")
    assert stored.payload["message"]["text"] == update["message"]["text"]


SECRET = "made-up-secret-token"
HOOK = Webhook("https://yongwen.example/hooks/telegram", SECRET)


def pushed(body, secret=SECRET):
    return Request("POST", {}, {"x-telegram-bot-api-secret-token": secret}, body)


async def test_a_webhook_is_set_with_its_secret():
    bench = Bench()
    telegram = Telegram(configured(bench, webhook=HOOK), bench.network, bench.network)
    await telegram.connect()
    ((_, told),) = bench.network.made("setWebhook")
    assert (told["url"], told["secret_token"]) == HOOK
    assert not bench.network.made("deleteWebhook")


async def test_a_push_is_stored_before_it_is_acknowledged():
    bench, inbox = Bench(), NotingInbox()
    telegram = Telegram(configured(bench, inbox, webhook=HOOK), bench.network, bench.network)
    (hook,) = telegram.hooks
    update = bench.update("text")
    response = await hook.receive(pushed(json.dumps(update).encode()))
    assert response.status == 200
    assert [one.payload for _, one in inbox.stored] == [update]


@pytest.mark.parametrize("secret", ["", "made-up-secret-toke", "made-up-secret-token2", "密"])
async def test_a_push_without_the_secret_is_refused(secret):
    bench, inbox = Bench(), NotingInbox()
    telegram = Telegram(configured(bench, inbox, webhook=HOOK), bench.network, bench.network)
    (hook,) = telegram.hooks
    with pytest.raises(PushRefusedError) as refused:
        await hook.receive(pushed(b"{}", secret))
    assert refused.value.status == 403
    assert inbox.stored == []


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b"{}", b'{"update_id": "7"}', b'{"update_id": true}', b"[" * 9999]
)
async def test_a_push_that_is_no_update_is_refused(body):
    bench = Bench()
    telegram = Telegram(configured(bench, webhook=HOOK), bench.network, bench.network)
    (hook,) = telegram.hooks
    with pytest.raises(PushRefusedError) as refused:
        await hook.receive(pushed(body))
    assert refused.value.status == 400


@pytest.mark.parametrize("secret", ["", "short", "with spaces in between", "x" * 257])
async def test_a_secret_telegram_would_not_take_stops_the_start(secret):
    bench = Bench()
    with pytest.raises(ChannelError, match="16 to 256"):
        Telegram(configured(bench, webhook=Webhook(HOOK.url, secret)))


@pytest.mark.parametrize("token", ["", "abc", "1:a b", "1:a\n", "1:密"])
async def test_what_is_no_token_is_refused_at_once(bench, token):
    with pytest.raises(ChannelError, match="BotFather") as refused:
        Telegram(TelegramSetup(token, bench.answer, NotingInbox()))
    assert not token or token not in str(refused.value)


async def test_a_refused_token_is_not_repeated():
    bench = Bench()
    bench.network.faults["getMe"] = (401, "Unauthorized")
    with pytest.raises(ChannelError, match="refused the token") as refused:
        await bench.telegram.connect()
    await bench.telegram.close()
    assert TOKEN not in "".join(traceback.format_exception(refused.value))


def test_no_line_of_the_log_shows_a_token():
    try:
        raise OSError(f"cannot reach /bot{TOKEN}/getMe")
    except OSError:
        told = sys.exc_info()
    record = logging.LogRecord("someone.else", logging.ERROR, "x.py", 1, "no luck with %r", (TOKEN,), told)
    for form in ("text", "json"):
        line = Redacting(form).format(record)
        assert "no luck with" in line and TOKEN not in line


@pytest.mark.parametrize("library", ["httpx", "httpcore"])
async def test_libraries_that_log_addresses_are_quiet(bench, library):
    assert not logging.getLogger(library).isEnabledFor(logging.INFO)


async def test_updates_are_not_logged_even_at_debug(bench):
    assert not logging.getLogger("telegram.ext.Application").isEnabledFor(logging.DEBUG)
