from decimal import Decimal

import pytest
import toy

from bot.catalogue.figures import chosen_figure, shown_value
from bot.catalogue.model import Figure


def figure(comparator: str, value: str, unit: str) -> Figure:
    row = {"metric": "指标", "comparator": comparator, "value": Decimal(value), "unit": unit, "year": 2025}
    return Figure.model_validate(row)


@pytest.mark.parametrize(
    ("comparator", "value", "unit", "shown"),
    [
        ("=", "14000", "元/年", "14000元/年"),
        ("≥", "60", "%", "60%以上"),
        ("≥", "10", "所", "至少10所"),
        ("≥", "1000000", "人次", "100万人次以上"),
        ("=", "25000", "人", "2.5万人"),
        ("=", "60000000", "人次", "6000万人次"),
        ("=", "6.6", "张", "6.6张"),
        ("=", "6.60", "张", "6.6张"),
        ("=", "4565", "平方米", "4565平方米"),
        ("=", "10000", "人", "1万人"),
        ("=", "9999", "人", "9999人"),
        ("=", "100", "%", "100%"),
        ("≤", "2", "个", "最多2个"),
        ("约", "28000", "户", "约2.8万户"),
        ("约", "23", "%", "约23%"),
    ],
)
def test_a_value_is_shown_as_people_say_it(comparator: str, value: str, unit: str, shown: str) -> None:
    assert shown_value(figure(comparator, value, unit)) == shown


@pytest.mark.parametrize(
    ("question", "metric"),
    [
        ("图书馆多大,有几平方米", "图书馆建筑面积"),
        ("人均藏书量有多少", "人均藏书量"),
        ("建筑面积", "图书馆建筑面积"),
        ("", "人均藏书量"),
        ("多少", "人均藏书量"),
    ],
)
def test_the_figure_asked_for_is_chosen(question: str, metric: str) -> None:
    chosen = chosen_figure(toy.LIBRARY, question)
    assert chosen is not None
    assert chosen.metric == metric


def test_a_service_without_figures_has_none_to_choose() -> None:
    assert chosen_figure(toy.CANTEEN, "多少钱") is None
