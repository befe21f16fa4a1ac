"""What is asked of another city, and what only speaks of one."""

import pytest
import toy

from bot.conversation.knowledge import Knowledge
from bot.conversation.places import asked_about, places
from bot.text.normalise import normalise


def place(text: str, knowledge: Knowledge) -> str:
    found = asked_about(normalise(text), knowledge.places)
    return found[0] if found else ""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("杭州低保多少", "杭州"),
        ("上海的公租房怎么申请", "上海"),
        ("在绍兴能申请公租房吗", "绍兴"),
        ("那杭州呢", "杭州"),
        ("最低工资 上海", "上海"),
        ("我想申请上海的公租房", "上海"),
        ("hangzhou dibao duoshao", "杭州"),
        ("minimum wage in Shanghai", "上海"),
        ("Shanghai's minimum wage", "上海"),
        ("臺灣長照", "台湾"),
        ("济南低保多少", "济南"),
    ],
)
def test_another_place_is_asked_about(text: str, name: str, knowledge: Knowledge) -> None:
    assert place(text, knowledge) == name


@pytest.mark.parametrize(
    "text",
    [
        "从杭州来宁波能申请公租房吗",
        "从杭州来能申请公租房吗",
        "杭州人能来住养老院吗",
        "杭州户口能申请公租房吗",
        "在杭州交的社保能转吗",
        "上海的社保怎么转过来",
        "咱退休金比杭州少不",
        "像杭州那样的未来社区有吗",
        "杭州湾有三甲医院吗",
        "老家在安徽的能交医保吗",
        "我女儿在北京上班,能给我下单护理吗",
        "上海和宁波哪个低保高",
        "台湾朋友来看病找谁",
        "zhi gong yang lao bao xian",
        "jinan jiuzhu zenme shenqing",
        "jinan buzhu you duoshao",
        "I moved from Shanghai, can I get public housing",
        "我表姐在杭州,她们小区有老人食堂,说是一种新的社区,以后我们家附近会不会也有这样的",
    ],
)
def test_a_place_is_only_spoken_of(text: str, knowledge: Knowledge) -> None:
    assert not place(text, knowledge)


def test_a_place_that_sounds_like_a_word_of_ours_is_known_by_its_characters_alone() -> None:
    cues = toy.CATALOGUE.cues
    for own, name in ((), "杭州"), (["杭州", "上海滩"], "杭州"), (["航舟"], None):
        known = places(cues, own)
        assert asked_about("hangzhou dibao", known) == (name and (name, "  dibao"))
        assert asked_about("杭州低保", known) == ("杭州", " 低保")


DISTRICTS = (
    *("海曙", "江北", "鄞州", "镇海", "北仑", "奉化", "余姚", "慈溪", "宁海", "象山", "前湾", "杭州湾"),
    *("Yinzhou", "cixi"),
)


@pytest.mark.parametrize("name", [*DISTRICTS, "宁波", "甬", "Ningbo"])
def test_what_belongs_to_ningbo_is_never_another_place(name: str, knowledge: Knowledge) -> None:
    for text in (f"{name}低保多少", f"{name}的公租房", f"dibao in {name}", f"杭州和{name}低保多少"):
        assert not place(text, knowledge)


def test_ours_is_offered_instead_and_comes_at_a_word() -> None:
    outcome = toy.talk("杭州低保多少钱")[0]
    assert outcome.reply.status == "unanswered"
    assert outcome.reply.buttons[0].text == "低保标准"
    assert toy.talk("1", state=outcome.state)[0].reply.topic == "service/dibao"


def test_other_places_are_no_matter_where_nothing_of_ours_is_asked() -> None:
    assert toy.talk("杭州天气")[0].reply.topic == ""
    assert toy.talk("那杭州呢")[0].reply.topic == ""
