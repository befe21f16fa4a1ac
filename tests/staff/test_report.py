from made_up import answered, case, reply

from bot.staff.evaluation import Evaluation, Result
from bot.staff.measures import measure
from bot.staff.report import as_html, as_text, wrong_as_text

EVALUATION = Evaluation(
    [
        answered("dibao", "dibao", 0.99, q="低保多少钱", style="plain", kind="cost"),
        answered("dibao", "canteen", 0.6, q="<script>低保</script>", style="typo", kind="how"),
        Result(case(q="火星", style="far"), reply("answered", "dibao")),
        Result(case("a|b", "c", q="两件事"), reply("answered", "a")),
        Result(case(q="着火了", numbers="119|110"), reply("answered", "a")),
        Result(case(q="消防员", numbers=""), reply("emergency", phones="119")),
    ]
)


def test_a_table_tells_every_figure() -> None:
    text = as_text(measure(EVALUATION))
    for title in ("6 turns", "by style", "by kind", "outside", "refusal", "reliability", "most confused"):
        assert title in text
    assert "dibao → canteen" in text
    assert "typo                     0.000  n=1" in text


def test_a_table_can_be_made_of_little() -> None:
    assert as_text(measure(Evaluation([answered("a", "a")]))).startswith("1 turns\n")


def test_what_went_wrong_is_told_a_line_each() -> None:
    assert [line.split("→")[0].strip() for line in wrong_as_text(EVALUATION.wrong).splitlines()] == [
        "<script>低保</script>  [dibao]",
        "火星  [outside]",
        "两件事  [a+c]",
        "着火了  [110/119]",
        "消防员  [calm]",
    ]


def test_the_page_stands_alone_and_trusts_no_question() -> None:
    page = as_html(measure(EVALUATION), EVALUATION)
    assert "<script>低保" not in page
    assert "&lt;script&gt;低保" in page
    assert "<svg" in page
    assert 'src="http' not in page
    assert 'href="http' not in page
