import pytest

from bot.text.normalise import normalise, visible


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ＡＢＣ１２３", "abc123"),
        ("養老保險", "养老保险"),
        ("⽼⼈⻝堂", "老人食堂"),
        ("低保😭😭一年多少钱？！", "低保 一年多少钱"),
        ("低\u200b保\u202e", "低保"),
        ("低 保 标 准", "低保标准"),
        ("突然大!出!血!怎么办", "突然大出血 怎么办"),
        ("老人 证 怎么办", "老人 证 怎么办"),
        ("1 2 0 快来", "120 快来"),
        ("  低保\t标准\n", "低保 标准"),
        ("一万四", "14000"),
        ("1.4万", "14000"),
        ("14,000元", "14000元"),
        ("２．５萬人", "25000人"),
        ("百分之六十", "60%"),
        ("百分之百", "100%"),
        ("1万4", "14000"),
        ("一万4", "14000"),
        ("1万4千", "14000"),
        ("2千5", "2500"),
        ("3千5百元", "3500元"),
        ("3千万", "30000000"),
        ("1亿3千万", "130000000"),
        ("一亿三千万", "130000000"),
        ("6w", "60000"),
        ("2万3个月", "20000 3个月"),
        ("三万3个月", "30000 3个月"),
        ("1万2025年", "10000 2025年"),
        ("六成", "60%"),
        ("三百五", "350"),
        ("一千零五", "1005"),
        ("十五分钟", "15分钟"),
        ("二〇二五年", "2025年"),
        ("6.6张。", "6.6张"),
        ("①低保②食堂", "1 低保 2 食堂"),
        ("1️⃣低保❷食堂", "1 低保 2 食堂"),
    ],
)
def test_many_spellings_are_one(typed: str, meant: str) -> None:
    assert normalise(typed) == meant


@pytest.mark.parametrize(
    "name", ["万里学院", "第三人民医院", "双一流", "一院多区", "千万别", "一站式", "三甲", "第1百货", "3wan"]
)
def test_a_name_is_not_a_number(name: str) -> None:
    assert normalise(name) == name


@pytest.mark.parametrize("nothing", ["", " ", "\n\t", "……", "😀😀", "\u200b\u200d", "？！", "\x00\x07"])
def test_nothing_to_read_is_nothing(nothing: str) -> None:
    assert normalise(nothing) == ""


def test_normalising_twice_changes_nothing() -> None:
    for text in ("養老院在邊度?", "1.4万 元/年", "A b　Ｃ。", "百分之八十三", "2. 5万人"):
        assert normalise(normalise(text)) == normalise(text)


def test_visible_keeps_what_a_person_sees() -> None:
    assert visible("低\u202e保\x00\u200b。\n好") == "低保。\n好"
