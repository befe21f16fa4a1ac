"""Which questions other knowledge would answer otherwise."""

import toy

from bot.catalogue.examples import ExampleFile
from bot.catalogue.model import Catalogue
from bot.staff.quality_gate import Base
from bot.staff.whatif import as_asked, try_out

EXAMPLES = (
    ExampleFile.model_validate(
        {
            "service": "library",
            "examples": [
                {"q": "图书馆有几本书", "style": "plain", "kind": "howmany"},
                {"q": "借书证去哪办", "style": "plain", "kind": "where"},
            ],
            "near_misses": [{"q": "老人吃饭去哪", "lands": "canteen"}],
        }
    ),
)


def quiet(done: int, total: int) -> None:
    assert 0 <= done <= total


def changed(id_: str, **fields: object) -> Catalogue:
    services = [s.model_copy(update=fields) if s.id == id_ else s for s in toy.CATALOGUE.services]
    return toy.CATALOGUE.model_copy(update={"services": tuple(services)})


def tried(after: Catalogue, *logged: tuple[str, int]):
    return try_out(Base(toy.CATALOGUE, {}), after, logged, EXAMPLES, quiet)


def test_the_same_knowledge_shifts_nothing() -> None:
    found = tried(toy.CATALOGUE, ("低保多少钱", 3))
    assert found.shifts == ()
    assert (found.logged, found.examples) == (1, 3)
    assert set(found.counts.values()) == {0}


def test_other_words_are_told_from_another_place() -> None:
    found = tried(changed("dibao", description="改过的话。"), ("低保多少钱", 3), ("食堂几点开门", 1))
    (one,) = found.shifts
    assert (one.question, one.times, one.verdict) == ("低保多少钱", 3, "reworded")
    assert "改过的话" in one.after.text and "改过的话" not in one.before.text


def test_an_example_lost_comes_first_and_is_called_worse() -> None:
    greedy = (*toy.CANTEEN.phrasings, "图书馆有几本书", "图书馆有几本书呀", "图书馆几本书")
    found = tried(changed("canteen", phrasings=greedy), ("图书馆有几本书", 9))
    assert found.shifts[0].verdict == "worse"
    assert found.shifts[0].question == "图书馆有几本书"
    assert found.counts["worse"] >= 1
    assert [s.times for s in found.shifts if s.verdict == "moved"] == [9]


def test_where_a_signpost_takes_it_staff_read_the_signposts_name() -> None:
    fund, *others = sorted(toy.CATALOGUE.signposts, key=lambda s: s.id != "fund")
    greedy = fund.model_copy(update={"phrasings": (*fund.phrasings, "低保多少钱呀", "低保多少钱呢")})
    found = tried(toy.CATALOGUE.model_copy(update={"signposts": (greedy, *others)}), ("低保多少钱呢", 1))
    landed = [(s.after.status, s.after.where) for s in found.shifts if s.question == "低保多少钱呢"]
    assert landed == [("elsewhere", "公积金")]


def test_the_log_is_added_up_by_text_most_frequent_first() -> None:
    rows = [
        ("甲", "unanswered", "", 2),
        ("乙", "answered", "", 4),
        ("甲", "clarify", "", 3),
        ("", "x", "", 9),
    ]
    assert as_asked(rows) == [("甲", 5), ("乙", 4)]
