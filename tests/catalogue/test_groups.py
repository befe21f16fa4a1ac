import pytest

from bot.catalogue.groups import most, named, wordings

GROUPS = {"要": ("想", "要"), "寻死": ("跳江", "跳楼", "上吊")}


def test_groups_side_by_side_are_said_one_after_the_other() -> None:
    assert wordings("【要】去【寻死】", {"要": ("想", "要"), "寻死": ("跳江", "跳楼")}) == (
        ("想去跳江", "想去跳楼", "要去跳江", "要去跳楼"),
    )


def test_parts_joined_by_a_plus_stay_apart() -> None:
    assert wordings("打算+【寻死】", GROUPS) == (("打算",), ("跳江", "跳楼", "上吊"))
    assert wordings("着火了", GROUPS) == (("着火了",),)


@pytest.mark.parametrize(("sign", "count"), [("着火", 1), ("【要】+【寻死】", 3), ("【要】去【寻死】+快", 6)])
def test_wordings_are_counted_without_making_them(sign: str, count: int) -> None:
    assert most(sign, GROUPS) == count == max(map(len, wordings(sign, GROUPS)))


def test_the_groups_of_a_sign_are_named_in_their_order() -> None:
    assert list(named("我【要】【寻死】+【要】")) == ["要", "寻死", "要"]
    assert list(named("着火了")) == []
