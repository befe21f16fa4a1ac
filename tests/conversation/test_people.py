import pytest
import toy

from bot.conversation.people import set_apart


@pytest.mark.parametrize(
    ("text", "who", "rest"),
    [
        ("那老人呢", ["老人"], "那 呢"),
        ("老人和老兵", ["老人", "老兵"], "和"),
        ("低保多少钱", [], "低保多少钱"),
        ("for kids", ["kids"], "for"),
        ("kidsroom", [], "kidsroom"),
    ],
)
def test_people_are_set_apart_from_what_is_asked(text: str, who: list[str], rest: str) -> None:
    assert set_apart(text, toy.knowledge().people) == (who, rest)
