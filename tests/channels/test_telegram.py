"""Telegram without a network: recorded updates in, the calls the bot makes out."""

import asyncio
import logging
import traceback

import pytest
from telegram import Update
from telegram_fake import DOMAINS, RECORDED, REPLIES, TOKEN, Bench, Recorder

from bot.channels.telegram import build_application, start, stop
from bot.errors import ChannelError
from bot.messages import Message

pytestmark = pytest.mark.anyio


@pytest.fixture
async def bench():
    bench = Bench()
    async with bench.application:
        yield bench


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
    expected = [Message(*heard, "telegram", heard[1].split(":")[1])] if heard else []
    assert bench.asked == expected
    assert bool(bench.network.made("sendMessage", "editMessageText")) == bool(expected)


async def test_an_album_is_answered_once(bench):
    await bench.receive("album_first")
    await bench.receive("album_second")
    assert len(bench.sent()) == 1


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
    assert quoted["message_id"] == bench.update("group_mention").message.message_id
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


@pytest.mark.parametrize(
    "fault",
    [
        (403, "Forbidden: bot was blocked by the user"),
        (400, "Bad Request: chat not found"),
        (502, f"Bad Gateway at /bot{TOKEN}/sendMessage"),
    ],
)
async def test_a_reply_that_cannot_arrive_is_logged(bench, caplog, fault):
    bench.network.faults["sendMessage"] = fault
    await bench.receive("text")
    assert "a reply did not arrive" in caplog.text
    assert TOKEN not in caplog.text
    assert "托班" not in caplog.text


async def test_a_fault_of_ours_is_logged_and_the_next_message_answered(bench, caplog):
    await bench.receive("text", "故障")
    await bench.receive("text", "/start")
    assert "a fault of ours" in caplog.text
    assert [sent["text"] for sent in bench.sent()] == ["您好,我是甬问。"]


async def test_a_slow_chat_keeps_its_order_and_holds_up_nobody_else():
    released, other_answered, finished = asyncio.Event(), asyncio.Event(), asyncio.Event()
    answered = []

    async def answer(message):
        if message.text == "第一":
            await released.wait()
        answered.append(message.text)
        other_answered.set()
        if message.text == "第二":
            finished.set()
        return REPLIES["/start"]

    bench = Bench()
    network = Recorder()
    application = build_application(TOKEN, answer, request=network, get_updates_request=network)
    async with application:
        await application.start()
        for name, text in (("text", "第一"), ("text", "第二"), ("group_reply_to_bot", "别处")):
            update = bench.update(name, text).to_dict()
            await application.update_queue.put(Update.de_json(update, application.bot))
        await other_answered.wait()
        assert answered == ["别处"]
        released.set()
        await finished.wait()
        await application.stop()
    assert answered == ["别处", "第一", "第二"]
    assert [parameters["chat_id"] for _, parameters in network.made("sendMessage")] == [-1001500, 1001, 1001]


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
    application = build_application(TOKEN, bench.answer, request=bench.network, get_updates_request=polls)
    try:
        await start(application, [("start", "开始"), ("domains", "十个领域")])
        await polled.wait()
    finally:
        await stop(application)
    ((_, registered),) = bench.network.made("setMyCommands")
    assert registered["commands"] == [
        {"command": "start", "description": "开始"},
        {"command": "domains", "description": "十个领域"},
    ]
    assert polls.calls[0][1]["allowed_updates"] == ["message", "edited_message", "callback_query"]
    assert not application.running


@pytest.mark.parametrize("token", ["", "abc", "1:a b", "1:a\n", "1:密"])
async def test_what_is_no_token_is_refused_at_once(bench, token):
    with pytest.raises(ChannelError, match="BotFather") as refused:
        build_application(token, bench.answer)
    assert not token or token not in str(refused.value)


async def test_a_refused_token_is_not_repeated():
    bench = Bench()
    bench.network.faults["getMe"] = (401, "Unauthorized")
    with pytest.raises(ChannelError, match="refused the token") as refused:
        await start(bench.application)
    await stop(bench.application)
    assert TOKEN not in "".join(traceback.format_exception(refused.value))


async def test_no_log_record_shows_a_token(bench, caplog):
    log = logging.getLogger("someone.else")
    log.error("GET https://api.telegram.org/bot%s/getMe", TOKEN)
    try:
        raise OSError(f"cannot reach /bot{TOKEN}/getMe")
    except OSError:
        log.exception("no luck with %r", TOKEN)
    assert TOKEN not in caplog.text
    assert caplog.text.count("<token>") == 3


@pytest.mark.parametrize("library", ["httpx", "httpcore"])
async def test_libraries_that_log_addresses_are_quiet(bench, library):
    assert not logging.getLogger(library).isEnabledFor(logging.INFO)


async def test_updates_are_not_logged_even_at_debug(bench):
    assert not logging.getLogger("telegram.ext.Application").isEnabledFor(logging.DEBUG)
