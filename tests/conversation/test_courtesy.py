"""What is left of a message without courtesy."""

import pytest

from bot.conversation.courtesy import bare
from bot.conversation.knowledge import Knowledge
from bot.text.normalise import normalise


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("请问公租房怎么申请，谢谢", "公租房怎么申请"),
        ("公租房，谢谢", "公租房"),
        ("谢谢，那电话呢", "那电话呢"),
        ("谢谢，我妈晕倒了叫不醒", "我妈晕倒了叫不醒"),  # who thanks may cry for help
        ("着火了谢谢", "着火了"),
        ("谢谢", "谢谢"),
        ("谢谢班长", "谢谢班长"),  # nothing is asked: all of it counts
        ("谢谢，我跟孙子讲去", "谢谢 我跟孙子讲去"),
        ("忙煞了，谢谢", "忙煞了"),  # at the end it is mere courtesy
        ("您好，卡里没钱", "卡里没钱"),  # a greeting is no thanks
        ("你好", "你好"),
        ("除了公租房，还有什么房子", "还有什么房子"),
        ("除了公租房", "除了公租房"),
    ],
)
def test_courtesy_is_taken_away_from_what_asks(text: str, left: str, knowledge: Knowledge) -> None:
    assert normalise(bare(text, knowledge)) == left
