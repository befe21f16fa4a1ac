"""Charts: well-formed SVG whose shapes carry the figures."""

import re
from xml.etree import ElementTree

import pytest

from bot.staff.charts import WIDTH, Bar, ChartColumn, bars, stacked

SVG = "{http://www.w3.org/2000/svg}"
SERIES = ("答上", "给选项", "没答上")


def drawn(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def rects(svg: str) -> list[ElementTree.Element]:
    return list(drawn(svg).iter(f"{SVG}rect"))


def number(element: ElementTree.Element, name: str) -> float:
    return float(element.attrib[name])


def test_columns_stand_on_one_another_in_the_share_of_their_counts() -> None:
    found = rects(
        stacked([ChartColumn("1日", (30, 10, 0)), ChartColumn("2日", (0, 5, 5))], SERIES, "q", "题", "说")
    )
    assert [r[0].text for r in found] == ["1日 答上: 30", "1日 给选项: 10", "2日 给选项: 5", "2日 没答上: 5"]
    answered, clarified, *_ = found
    assert number(answered, "height") == pytest.approx(3 * number(clarified, "height"), abs=0.2)
    assert number(clarified, "y") + number(clarified, "height") == pytest.approx(
        number(answered, "y"), abs=0.2
    )
    assert {r.attrib["class"] for r in found} == {"series-0", "series-1", "series-2"}


@pytest.mark.parametrize("days", [0, 1, 7, 14, 31, 90])
def test_nothing_leaves_the_drawing(days: int) -> None:
    svg = stacked([ChartColumn(f"{d}日", (d, 1, 2)) for d in range(days)], SERIES, "q", "题", "说")
    height = float(drawn(svg).attrib["viewBox"].split()[3])
    for r in rects(svg):
        assert number(r, "x") >= 0 and number(r, "x") + number(r, "width") <= WIDTH + 0.1
        assert number(r, "y") >= 0 and number(r, "y") + number(r, "height") <= height
    labels = [t for t in drawn(svg).iter(f"{SVG}text") if t.attrib["class"] == "axis middle"]
    assert len(labels) == min(days, len(labels)) and len(labels) <= 7
    assert not days or labels[-1].text == f"{days - 1}日"


def test_bars_are_as_long_as_their_counts() -> None:
    found = rects(bars([Bar("低保标准", 8), Bar("老年食堂", 4), Bar("图书馆", 0)], "b", "题", "说"))
    long, half, none = (number(r, "width") for r in found)
    assert long == pytest.approx(2 * half, abs=0.2)
    assert none == 1.0


def test_a_chart_without_figures_is_still_a_picture() -> None:
    assert rects(bars([], "b", "题", "说")) == []
    assert rects(stacked([], SERIES, "q", "题", "说")) == []


@pytest.mark.parametrize(
    "draw",
    [
        lambda t: bars([Bar(t, 1)], "b", t, t),
        lambda t: stacked([ChartColumn(t, (1, 1, 1))], (t, t, t), "b", t, t),
    ],
)
def test_what_staff_or_residents_wrote_stays_text(draw) -> None:
    evil = '<script>alert("x")</script>&\'>'
    svg = draw(evil)
    assert "<script" not in svg
    assert evil in "".join(drawn(svg).itertext())


def test_a_reader_hears_title_and_description() -> None:
    svg = drawn(bars([Bar("低保标准", 8)], "top", "问得最多的服务", "低保标准8次"))
    assert svg.attrib["role"] == "img"
    by_id = {e.attrib["id"]: e.text for e in svg if "id" in e.attrib}
    assert [by_id[i] for i in svg.attrib["aria-labelledby"].split()] == ["问得最多的服务", "低保标准8次"]


def test_no_style_of_its_own_so_that_the_page_may_forbid_inline_style() -> None:
    svg = stacked([ChartColumn("1日", (1, 2, 3))], SERIES, "q", "题", "说") + bars(
        [Bar("a", 1)], "b", "题", "说"
    )
    assert not re.search(r"\bstyle=|<style|\bfill=|\bon\w+=", svg)
