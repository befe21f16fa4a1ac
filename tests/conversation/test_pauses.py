import pytest

from bot.conversation.pauses import cut


@pytest.mark.parametrize(
    ("text", "pieces", "pauses"),
    [
        ("低保多少钱", ["低保多少钱"], []),
        ("低保多少钱？食堂在哪", ["低保多少钱", "食堂在哪"], ["stop"]),
        ("低保多少钱 食堂在哪", ["低保多少钱", "食堂在哪"], ["pause"]),
        ("低保和食堂", ["低保", "食堂"], ["joint"]),
        ("有食堂吗低保多少钱", ["有食堂吗", "低保多少钱"], ["pause"]),
        ("低保多少钱，还有，食堂在哪", ["低保多少钱", "食堂在哪"], ["also"]),
        ("低保多少钱？另外食堂在哪", ["低保多少钱", "食堂在哪"], ["also"]),
        ("低保多少钱，低保还有没有", ["低保多少钱", "低保还有没有"], ["pause"]),
        ("食堂还有座位吗", ["食堂还有座位吗"], []),
        ("食堂还有吗，低保呢", ["食堂还有吗", "低保呢"], ["pause"]),
        ("低保多少钱还有食堂在哪", ["低保多少钱", "食堂在哪"], ["also"]),
        ("食堂在哪，还有低保吗", ["食堂在哪", "低保吗"], ["also"]),
        ("（一）低保多少钱（二）食堂在哪", ["低保多少钱", "食堂在哪"], ["stop"]),
        ("1、低保多少钱2、食堂在哪", ["低保多少钱", "食堂在哪"], ["stop"]),
        ("低保2.5万吗", ["低保2.5万吗"], []),
        ("啊，低保多少钱", ["低保多少钱"], []),
        ("how many books", ["how many books"], []),
        ("for my 8 year old", ["for my 8 year old"], []),
        ("is it free and where is it", ["is it free ", " where is it"], ["pause"]),
        ("艺术普及多少", ["艺术普及多少"], []),
        ("低保多少钱❓❓食堂在哪", ["低保多少钱", "食堂在哪"], ["stop"]),
        ("低保多少钱💰~食堂👵在哪", ["低保多少钱", "食堂", "在哪"], ["pause", "pause"]),
    ],
)
def test_a_message_is_cut_where_its_writer_pauses(text: str, pieces: list[str], pauses: list[str]) -> None:
    assert cut(text) == (pieces, pauses)


def test_of_too_many_pauses_the_weakest_are_none() -> None:
    assert cut("甲甲和乙乙 丙丙和丁丁？戊戊和己己 庚庚和辛辛")[0] == [
        "甲甲和乙乙",
        "丙丙和丁丁",
        "戊戊和己己",
        "庚庚和辛辛",
    ]


def test_of_too_many_pieces_what_only_tells_goes_with_the_question_after_it() -> None:
    told = "阿婆八十了，住在五楼，腿脚不好，一个人住"
    pieces, pauses = cut(f"{told}。食堂在哪？几点开？低保多少钱，啥人可以办")
    assert pieces == [*pieces[:1], "食堂在哪", "几点开", "低保多少钱", "啥人可以办"]
    assert pieces[0].startswith("阿婆八十了, 住在五楼") and pieces[0].endswith("一个人住")
    assert pauses == ["stop", "stop", "stop", "pause"]


def test_of_far_too_many_pauses_nothing_is_cut() -> None:
    assert cut("？".join(["甲甲"] * 30)) == (["？".join(["甲甲"] * 30)], [])
