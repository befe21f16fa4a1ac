"""What a difference shows of lists: what went and what came, and nothing that only moved."""

from typing import Any

import pytest

from bot.catalogue.records import Address, Change
from bot.staff.console.showing import pieces

TURN = {"q": "借书呢", "lands": "library"}


@pytest.mark.parametrize(
    ("before", "after", "parts"),
    [
        (["甲", "乙"], ["乙", "丙"], [("del", "甲"), ("ins", "丙")]),
        ([TURN], [dict(reversed(TURN.items())), {"q": "饭"}], [("ins", "饭")]),
        ([[TURN], ["甲"]], [["甲"]], [("del", "借书呢 library")]),
        (
            {"how": ["怎么"], "where": ["哪里"]},
            {"how": ["怎么", "咋"], "where": []},
            [("del", "哪里"), ("ins", "咋")],
        ),
        (None, ["甲"], [("ins", "甲")]),
        (["甲", "乙"], ["乙", "甲"], [("del", "甲\n乙"), ("ins", "乙\n甲")]),
        ("旧", "新", [("del", "旧"), ("ins", "新")]),
    ],
)
def test_only_what_differs_is_shown(before: Any, after: Any, parts: list[tuple[str, str]]) -> None:
    assert pieces(Change(Address("talk", "x"), "field", before, after)) == parts


def test_a_list_of_thousands_is_compared_by_what_its_items_say() -> None:
    lines = [f"第{i}句" for i in range(50_000)]
    change = Change(Address("lookalikes", "lookalikes"), "lines", lines, [*lines[1:], "新的"])
    assert pieces(change) == [("del", "第0句"), ("ins", "新的")]
