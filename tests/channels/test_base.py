import re

import pytest

from bot.channels.base import plain, with_phones
from bot.conversation.knowledge import Knowledge
from bot.messages import Button, Reply


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
    pressed = [key for key, sentence in replies.items() if "点一下" in sentence or "点“" in sentence]
    assert len(pressed) > 5
    for key in pressed:
        for text in (replies[key], f"{replies[key]}\n1. 低保标准"):
            assert not re.search("点[一“]", plain(Reply(text, "smalltalk"))), key
    assert plain(Reply(replies["clarify"], "clarify")).endswith("？回一个数字：")
    for key in ("capability", "plan"):
        listed = plain(Reply(f"{replies[key]}\n1. 幼有善育", "smalltalk"))
        assert listed.endswith("回一个数字就看：\n1. 幼有善育"), key
    assert plain(Reply(replies["unknown-offer"], "unanswered")).endswith("，回它的名字就看：")


def test_what_a_button_would_send_can_be_typed() -> None:
    right = Button("答对了", "/feedback right q_vKiDJB")
    assert plain(Reply("刚才的回答对吗？", "smalltalk", buttons=(right,))).endswith(
        "\n· 答对了（发 /feedback right q_vKiDJB）"
    )
