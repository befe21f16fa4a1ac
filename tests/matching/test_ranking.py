import json
from collections.abc import Iterator

import pytest

from bot.matching import centroids
from bot.matching.index import Utterance
from bot.matching.ranking import Ranking, build

FAQ = {
    "password": ["怎么修改登录密码", "忘记密码怎么办", "密码输错被锁了", "how to reset my password"],
    "refund": ["怎么申请退款", "钱什么时候退回来", "不想要了能退钱吗", "how do I get a refund"],
    "invoice": ["怎么开发票", "电子发票在哪里下载", "发票抬头写错了", "can I get an invoice"],
    "library": ["图书馆几点开门", "借书证怎么办理", "图书馆星期天开吗", "图书丢了怎么赔"],
    "parking": ["停车费一小时多少", "居民停车证怎么申请", "路边停车怎么缴费", "车位不够停"],
}


def utterances(times: int = 1) -> Iterator[Utterance]:
    """The FAQ; with `times`, each phrasing with so many endings."""
    endings = ("", "呢", "呀", "吗", "请问")
    for intent, texts in FAQ.items():
        yield from (Utterance(intent, text + ending) for text in texts for ending in endings[:times])


@pytest.fixture(scope="module")
def ranking() -> Ranking:
    return build(utterances())


@pytest.mark.parametrize(
    ("asked", "intent"),
    [
        ("密码忘记了", "password"),
        ("登陆蜜码怎么改", "password"),
        ("忘記密碼怎麼辦", "password"),
        ("mima wangji le", "password"),
        ("I need a refund please", "refund"),
        ("tuikuan zenme shenqing", "refund"),
        ("發票擡頭寫錯", "invoice"),
        ("电子发漂去哪儿下载", "invoice"),
        ("图书馆星期天开不开", "library"),
        ("停车证!!", "parking"),
        ("tingche fei", "parking"),
    ],
)
def test_other_words_scripts_and_spellings_find_the_intent(ranking: Ranking, asked: str, intent: str) -> None:
    assert ranking.rank(asked)[0].intent == intent


@pytest.mark.parametrize("times", [1, 5])
def test_a_phrasing_finds_its_own_intent(times: int) -> None:
    ranking = build(utterances(times))
    assert [ranking.rank(u.text)[0].intent for u in utterances()] == [u.intent for u in utterances()]


def test_best_comes_first_and_scores_are_shares(ranking: Ranking) -> None:
    ranked = ranking.rank("怎么申请发票退款")
    scores = [score for _, score in ranked]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)
    assert len({intent for intent, _ in ranked}) == len(ranked) > 1


def test_a_stranger_scores_lower_than_a_question_that_belongs(ranking: Ranking) -> None:
    belongs = min(ranking.rank(text)[0].score for texts in FAQ.values() for text in texts)
    strangers = ("宁波今天下雨吗怎么办", "给我讲个笑话", "what is the capital of France")
    assert max([r.score for text in strangers for r in ranking.rank(text)[:1]]) < belongs


def test_what_the_phrasings_of_an_intent_have_in_common_weighs_more() -> None:
    faq = {"often": [f"{a}电" for a in "甲乙丙丁"], "once": [f"{a}网" for a in "戊己"] + ["庚", "辛"]}
    ranking = build(Utterance(intent, text) for intent, texts in faq.items() for text in texts)
    weight = {f: float(ranking.weight[n]) for f, n in ranking.features.items()}
    assert weight["c电"] > weight["c网"] > 0


def test_at_most_ten() -> None:
    ranking = build(Utterance(f"shop-{n}", f"第{n}号店几点开门") for n in range(30))
    assert len(ranking.rank("几点开门")) == 10
    assert len(ranking.rank("几点开门", limit=3)) == 3


def test_equals_stand_in_the_order_they_were_given_in() -> None:
    names = [f"intent-{n}" for n in (7, 3, 9, 1, 12, 11, 10, 2, 8, 4, 6, 5)]
    ranking = build(Utterance(name, "图书馆几点开门") for name in names)
    ranked = ranking.rank("图书馆几点开门?")
    assert [intent for intent, _ in ranked] == names[:10]
    assert len({score for _, score in ranked}) == 1


@pytest.mark.parametrize("text", ["", " \n", "!?。", "\u200b", "\ud800", "🙂"])
def test_nothing_to_go_by_ranks_nothing(ranking: Ranking, text: str) -> None:
    assert ranking.rank(text) == []


@pytest.mark.parametrize(
    ("filler", "best"),
    [("a", ["refund"]), ("图", ["huge", "refund"]), ("12 ", ["refund"]), ("退款", ["refund", "huge"])],
)
def test_of_a_huge_text_the_beginning_is_read(filler: str, best: list[str]) -> None:
    asked = "怎么申请退款" + filler * 300_000
    ranking = build([*utterances(), Utterance("huge", filler * 300_000)])
    assert [r.intent for r in ranking.rank(asked, limit=len(best))] == best
    assert ranking.rank(asked) == ranking.rank(asked[:2_000])


def test_unknown_words_rank_nothing(ranking: Ranking) -> None:
    assert ranking.rank("zzz") == []


def test_phrasings_without_a_letter_do_no_harm() -> None:
    assert build([Utterance("a", "?!")]).rank("图书馆") == []
    ranking = build([Utterance("a", ""), Utterance("b", "图书馆")])
    assert [r.intent for r in ranking.rank("图书馆")] == ["b"]


@pytest.mark.parametrize("times", [1, 5])
def test_the_same_phrasings_give_the_same_answers(times: int) -> None:
    asked = ["密码", "怎么办", "退", "kaimen", "the"]
    once, again = (json.dumps([build(utterances(times)).rank(q) for q in asked]) for _ in range(2))
    assert once == again


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ["密码忘了", "怎么申请", "tuikuan"]
    whole = [build(utterances()).rank(q) for q in asked]
    monkeypatch.setattr(centroids, "_BLOCK", 1)
    assert [build(utterances()).rank(q) for q in asked] == whole


def test_a_tight_budget_still_finds_the_intent(monkeypatch: pytest.MonkeyPatch) -> None:
    ranking = build(utterances())
    whole = ranking.rank("忘记密码怎么办")
    monkeypatch.setattr("bot.matching.ranking._BUDGET", 3)
    assert ranking.rank("忘记密码怎么办")[0] == whole[0]


def test_progress_hears_of_every_phrasing() -> None:
    heard: list[int] = []
    build(utterances(), heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == sum(map(len, FAQ.values()))
