import pytest

from bot.channels.base import Collector, plain, with_phones
from bot.conversation.knowledge import Knowledge
from bot.messages import Button, Message, Reply

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("text", "phones", "pieces"),
    [
        ("请打12345。", ("12345",), [("请打", False), ("12345", True), ("。", False)]),
        ("12345", ("12345",), [("12345", True)]),
        (
            "打12333或12345",
            ("12345", "12333"),
            [("打", False), ("12333", True), ("或", False), ("12345", True)],
        ),
        ("123456和012345", ("12345",), [("123456和012345", False)]),
        ("1234 12345", ("1234", "12345"), [("1234", True), (" ", False), ("12345", True)]),
        ("请打12345。", (), [("请打12345。", False)]),
        ("没有号码", ("12345",), [("没有号码", False)]),
        ("", ("12345",), []),
        ("打 1.2", ("1.2",), [("打 ", False), ("1.2", True)]),
        ("打 1x2", ("1.2",), [("打 1x2", False)]),
    ],
)
def test_a_text_is_cut_at_its_telephone_numbers(
    text: str, phones: tuple[str, ...], pieces: list[tuple[str, bool]]
) -> None:
    assert list(with_phones(text, phones)) == pieces
    assert "".join(piece for piece, _ in pieces) == text


def test_the_text_of_a_reply_is_whole_without_buttons() -> None:
    assert plain(Reply("1. 低保", "clarify", buttons=(Button("低保", "低保"),))) == "1. 低保"


def test_without_buttons_none_is_lost() -> None:
    related = (Button("社会救助", "社会救助"), Button("救急难", "救急难"))
    assert (
        plain(Reply("低保标准,另见社会救助。", "answered", buttons=related))
        == "低保标准,另见社会救助。\n· 救急难"
    )


def test_no_sentence_asks_to_press_what_cannot_be_pressed(knowledge: Knowledge) -> None:
    replies = knowledge.lookup.replies
    pressed = [key for key, sentence in replies.items() if "点一下" in sentence]
    assert len(pressed) > 5
    for key in pressed:
        assert "点" not in plain(Reply(replies[key], "smalltalk")), key
    assert plain(Reply(replies["clarify"], "clarify")).endswith("？回一个数字：")


def test_what_a_button_would_send_can_be_typed() -> None:
    right = Button("答对了", "/feedback right q_vKiDJB")
    assert plain(Reply("刚才的回答对吗？", "smalltalk", buttons=(right,))).endswith(
        "\n· 答对了（发 /feedback right q_vKiDJB）"
    )


async def test_the_collector_sends_one_session_and_keeps_the_replies() -> None:
    heard: list[Message] = []

    async def answer(message: Message) -> Reply:
        heard.append(message)
        return Reply(message.text * 2, "answered")

    collector = Collector(answer, "s")
    assert (await collector.say("一")).text == "一一"
    await collector.say("二")
    assert heard == [Message("一", "s", "collector"), Message("二", "s", "collector")]
    assert [reply.text for reply in collector.replies] == ["一一", "二二"]
