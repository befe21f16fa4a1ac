import pytest
import toy

from bot.catalogue.numbers import allowed_numbers, numbers, unlisted_numbers

SERVICE = toy.service(
    "circle",
    "10分钟健身圈",
    6,
    "—",
    alternate_names=("健身圈12318",),
    figures=(toy.figure("常住人口5万以上的街道场地", "≥", "2.5", "所"),),
)
ALLOWED = allowed_numbers(toy.CATALOGUE, SERVICE)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("一万四和1.4万", ["14000", "14000"]),
        ("六成以上", ["60"]),
        ("0574-81850000", ["0574", "81850000"]),
        ("6.60元,14,000元", ["6.60", "14000"]),
        ("第三人民医院", []),
        ("没有数字", []),
    ],
)
def test_numbers_are_read_in_any_spelling(text: str, found: list[str]) -> None:
    assert numbers(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "到2025年,2021年起",
        "请打12345或120",
        "10分钟就到",
        "5万人以上的街道至少2.5所",
        "请打{phone},{value}",
        "一两句话,七八个人",
    ],
)
def test_what_may_be_shown(text: str) -> None:
    assert list(unlisted_numbers(text, ALLOWED)) == []


@pytest.mark.parametrize(
    ("text", "unlisted"),
    [
        ("请打12318", ("12318", True)),
        ("请打96128", ("96128", True)),
        ("请打81850000", ("81850000", True)),
        ("请打057481850000", ("057481850000", True)),
        ("请打121", ("121", True)),
        ("到2026年", ("2026", False)),
        ("要3所", ("3", False)),
        ("要三百所", ("300", False)),
    ],
)
def test_what_may_not_be_shown(text: str, unlisted: tuple[str, bool]) -> None:
    assert list(unlisted_numbers(text, ALLOWED)) == [unlisted]


def test_without_a_service_its_figures_may_not_be_shown() -> None:
    assert list(unlisted_numbers("2.5所", allowed_numbers(toy.CATALOGUE, None))) == [("2.5", False)]


def test_an_area_code_may_be_shown_where_a_line_names_it() -> None:
    lines = tuple(c.model_copy(update={"purpose": "外地加区号0574"}) for c in toy.CATALOGUE.contacts)
    with_code = allowed_numbers(toy.CATALOGUE.model_copy(update={"contacts": lines}), None)
    assert list(unlisted_numbers("前面加0574", with_code)) == []
    assert list(unlisted_numbers("前面加0574", ALLOWED))
    assert list(unlisted_numbers("打057412345678", with_code)) == [("057412345678", True)]
