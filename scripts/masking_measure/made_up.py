"""Made-up people's numbers and addresses in sentences, and numbers that are nobody's: to measure masking."""

import random
import string
from collections.abc import Callable, Iterator
from typing import NamedTuple

HAN = "零一二三四五六七八九"
SPOKEN = "〇幺二三四五六七八九"
WIDE = str.maketrans({chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F)})
AREAS = ("330203", "330205", "330206", "330211", "330212", "330213", "330281", "310104", "340823", "522401")
CITIES = ("0574", "0571", "021", "010", "0580")
ROADS = (
    "中山西路",
    "柳汀街",
    "日丽中路",
    "民安东路",
    "环城北路",
    "解放南路",
    "药行街",
    "百丈东路",
    "宁穿路",
    "槐树路",
)
STREETS = (
    "Zhongshan East Road",
    "Liuting Street",
    "Rili Middle Rd",
    "Min'an Road",
    "Huancheng North Rd.",
    "People Avenue",
    "Tianyi St",
    "South Jiefang Road",
)
BLOCKS = ("天一家园", "东裕新村", "白鹤小区", "高塘花园", "青林湾小区", "紫鹃新村", "繁景花园", "联丰公寓")
WORDS = {
    "identity": (
        "身份证{}能办低保吗",
        "我的身份证号码是{},查查",
        "身份证:{}",
        "{}",
        "证件号{},想申请公租房",
    ),
    "phone": ("我的电话是{}", "打{}没人接", "联系我{},谢谢", "{}", "手机号{},请回电", "儿子的号码{}打不通"),
    "card": ("补贴打到{}", "银行卡号{},养老金没到账", "卡号:{}", "{}", "钱进了{}这张卡吗"),
    "passport": ("护照{}", "我的护照号码是{},能落户吗", "护照号:{}", "{}"),
    "plate": ("我的车{}", "{}停在小区门口", "车牌{}被拖走了", "车牌号是{},残疾人免停车费吗"),
    "address": ("我住在{}", "家住{},最近的养老院在哪", "地址是{}", "我妈在{},没人照顾", "{}可以装电梯吗"),
    "number abroad": (
        "我的电话是{}",
        "call me at {} please",
        "My number: {}",
        "{}",
        "儿子在国外,号码{}打不通",
    ),
    "permit": (
        "台胞证{}",
        "我的台胞证号是{},能落户吗",
        "往来港澳通行证{}",
        "my passport number is {}",
        "居住证:{}",
    ),
    "English address": (
        "My address is {}",
        "I live at {}, can I apply?",
        "{}",
        "we moved to {} and need a school",
        "我住在{}",
    ),
    "e-mail": ("邮箱{}", "请发到{}", "我的邮箱是{},谢谢", "{}"),
}


class Secret(NamedTuple):
    """A sentence with something personal in it, as it is spelled there."""

    kind: str
    spelling: str
    text: str
    secret: str


def digits(chance: random.Random, count: int) -> str:
    """So many digits."""
    return "".join(chance.choices(string.digits, k=count))


def identity(chance: random.Random) -> str:
    """18 digits with a right check digit, or 15 of the old kind."""
    born = f"{chance.randint(1930, 2015)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}"
    area = chance.choice(AREAS)
    if chance.random() < 0.1 and born < "2000":
        return f"{area}{born[2:]}{digits(chance, 3)}"
    first = f"{area}{born}{digits(chance, 3)}"
    weighed = sum(int(d) * pow(2, 17 - i, 11) for i, d in enumerate(first))
    return first + "10X98765432"[weighed % 11]


def mobile(chance: random.Random) -> str:
    """A mobile number, some as dialled from abroad."""
    abroad = chance.choice(("", "", "", "", "+86", "86", "0086"))
    return f"{abroad}1{chance.choice('3456789')}{digits(chance, 9)}"


def landline(chance: random.Random) -> str:
    """A landline, most with their area code, some with an extension."""
    line = f"{chance.choice('2345678')}{digits(chance, 7)}"
    code = chance.choice(CITIES)
    spaced = f"{line[:4]} {line[4:]}"
    return chance.choice(
        (
            line,
            f"{code}{line}",
            f"{code}-{line}",
            f"({code}){line}",
            f"{code} {spaced}",
            f"{code}-{line}-{digits(chance, 3)}",
        )
    )


def card(chance: random.Random) -> str:
    """A bank card that passes the Luhn check."""
    first = chance.choice(("622202", "621700", "621226", "623058", "4392", "5187"))
    length = chance.choice((16, 19)) if first.startswith("6") else 16
    first += digits(chance, length - 1 - len(first))
    for last in string.digits:
        total = 0
        for i, d in enumerate(reversed(first + last)):
            n = int(d) * (1 + i % 2)
            total += n - 9 if n > 9 else n
        if total % 10 == 0:
            return first + last
    raise AssertionError("one of ten digits fits")


def passport(chance: random.Random) -> str:
    """A passport or permit number."""
    kind = chance.choice(("E", "G", "EA", "EH", "PE", "C", "H"))
    return kind + digits(chance, 9 - len(kind))


def permit(chance: random.Random) -> str:
    """The number of a Taiwan resident's permit, or of a passport that is digits alone."""
    return digits(chance, chance.choice((8, 8, 9)))


def number_abroad(chance: random.Random) -> str:
    """A telephone number of another country, as dialled from here, in that country's groups."""
    groups = chance.choice(
        (
            ("44", f"7{digits(chance, 3)}", digits(chance, 6)),
            ("1", f"{chance.randint(201, 989)}", digits(chance, 3), digits(chance, 4)),
            ("852", f"{chance.choice('5679')}{digits(chance, 3)}", digits(chance, 4)),
            ("886", f"9{digits(chance, 2)}", digits(chance, 3), digits(chance, 3)),
            ("81", "90", digits(chance, 4), digits(chance, 4)),
            ("49", f"15{chance.randint(1, 9)}", digits(chance, 8)),
            ("61", f"4{digits(chance, 2)}", digits(chance, 3), digits(chance, 3)),
        )
    )
    return chance.choice(("+", "+", "00", "00 ")) + chance.choice(("", " ", "-")).join(groups)


def english_address(chance: random.Random) -> str:
    """A street with its house, and often a room, as it is written in English."""
    n, street = chance.randint, chance.choice(STREETS)
    return chance.choice(
        (
            f"Room {n(101, 2803)}, No. {n(1, 999)} {street}",
            f"Room {n(101, 2803)}, Building {n(1, 60)}, No. {n(1, 999)}, {street}",
            f"No.{n(1, 999)} {street}",
            f"{n(1, 999)} {street}",
            f"{n(1, 999)} {street}, Apt {n(101, 2803)}",
            f"No. {n(1, 99)}, Lane {n(1, 999)}, {street}",
            f"Flat {n(1, 30)}B, {n(1, 999)} {street}",
            f"{street} No. {n(1, 999)}",
            f"Unit {n(1, 4)}, {n(2, 30)}th Floor, {n(1, 999)} {street}",
            f"room {n(101, 2803)}",
        )
    )


def plate(chance: random.Random) -> str:
    """A number plate, petrol or new energy, with or without the dot."""
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    body = [chance.choice(string.digits) for _ in range(5)]
    for _ in range(chance.choice((0, 1, 2))):
        body[chance.randrange(5)] = chance.choice(letters)
    joined = "".join(body)
    if chance.random() < 0.4:
        joined = chance.choice("DF") + chance.choice((*string.digits, "A")) + digits(chance, 4)
    place = chance.choice("浙浙浙沪苏皖赣") + chance.choice("ABCDEF")
    return f"{place}{chance.choice(('', '', '·', ' '))}{joined}"


def address(chance: random.Random) -> str:
    """A street with house and room, or a housing estate with building and room."""
    n = chance.randint
    house = chance.choice(
        (f"{n(1, 999)}号", f"{n(1, 999)}弄{n(1, 99)}号", f"{n(1, 999)}号{n(1, 30)}幢{n(101, 2803)}室")
    )
    flat = chance.choice(
        (
            f"{n(1, 60)}幢{n(101, 2803)}室",
            f"{n(1, 60)}号楼{n(1, 4)}单元{n(101, 603)}",
            f"{n(1, 60)}-{n(101, 603)}",
            f"{n(1, 99)}号",
        )
    )
    return chance.choice((chance.choice(ROADS) + house, chance.choice(BLOCKS) + flat))


def mail(chance: random.Random) -> str:
    """An e-mail address."""
    name = "".join(chance.choices(string.ascii_lowercase + string.digits, k=chance.randint(5, 12)))
    return f"{name}@{chance.choice(('qq.com', '163.com', 'gmail.com', 'nbu.edu.cn'))}"


def _grouped(mark: str) -> Callable[[random.Random, str], str]:
    def spell(chance: random.Random, text: str) -> str:
        size = chance.choice((1, 3, 4, 4, 4, 6))
        return mark.join(text[i : i + size] for i in range(0, len(text), size))

    return spell


def _han(chance: random.Random, text: str) -> str:
    return text.translate(str.maketrans(string.digits, chance.choice((HAN, SPOKEN))))


SPELLINGS: dict[str, Callable[[random.Random, str], str]] = {
    "plain": lambda _chance, text: text,
    "full width": lambda _chance, text: text.translate(WIDE),
    "Chinese digits": _han,
    "spaces": _grouped(" "),
    "dashes": _grouped("-"),
}
KINDS: dict[str, tuple[Callable[[random.Random], str], tuple[str, ...]]] = {
    "identity": (identity, tuple(SPELLINGS)),
    "mobile": (mobile, tuple(SPELLINGS)),
    "landline": (landline, ("plain", "full width", "Chinese digits")),
    "card": (card, tuple(SPELLINGS)),
    "passport": (passport, ("plain", "full width", "Chinese digits", "spaces", "dashes")),
    "plate": (plate, ("plain", "full width", "Chinese digits")),
    "address": (address, ("plain", "full width", "Chinese digits")),
    "number abroad": (number_abroad, ("plain", "full width", "Chinese digits", "spaces", "dashes")),
    "permit": (permit, ("plain", "full width", "Chinese digits", "spaces", "dashes")),
    "English address": (english_address, ("plain", "full width")),
    "e-mail": (mail, ("plain", "full width")),
}


def secrets(each: int, seed: int) -> Iterator[Secret]:
    """So many sentences of each kind and spelling; the same for the same seed."""
    chance = random.Random(seed)
    for kind, (make, spellings) in KINDS.items():
        for spelling in spellings:
            for _ in range(each):
                secret = SPELLINGS[spelling](chance, make(chance))
                frame = chance.choice(WORDS.get(kind, WORDS["phone"]))
                yield Secret(kind, spelling, frame.format(secret), secret)


def nobodys(count: int, seed: int) -> Iterator[str]:
    """So many sentences with figures, years, dates, document numbers, public lines, bus lines and times."""
    chance = random.Random(seed)
    for _ in range(count):
        text = chance.choice(_NOBODYS)(chance)
        yield SPELLINGS[chance.choice(("plain", "plain", "full width", "Chinese digits"))](chance, text)


def _amount(chance: random.Random) -> str:
    number = chance.choice(
        (digits(chance, chance.randint(1, 8)).lstrip("0") or "0", f"{chance.random() * 100:.2f}")
    )
    unit = chance.choice(
        ("元", "元/年", "万元", "人", "万人", "张", "个", "家", "平方米", "%", "公里", "户", "亿元")
    )
    return f"{chance.choice(('补贴', '到2025年有', '每月', '一共', '大约'))}{number}{unit}"


def _span(chance: random.Random) -> str:
    first = chance.randint(1, 9000)
    return f"{first}-{first + chance.randint(1, 3000)}{chance.choice(('元', '岁', '号', '人', '平米', '年'))}"


def _day(chance: random.Random) -> str:
    year, month, day = chance.randint(1949, 2030), chance.randint(1, 12), chance.randint(1, 28)
    return chance.choice(
        (
            f"{year}年{month}月{day}日",
            f"{year}-{month:02}-{day:02}",
            f"{year}{month:02}{day:02}",
            f"{year}.{month}.{day}",
            f"{year}-{year + 5}年",
        )
    )


def _document(chance: random.Random) -> str:
    issuer = chance.choice(("国办发", "甬政发", "甬政办发", "浙政办函", "甬人社发", "国办函", "财社"))
    year, number = chance.randint(2000, 2026), chance.randint(1, 300)
    return chance.choice(
        (
            f"{issuer}〔{year}〕{number}号",
            f"{issuer}[{year}]{number}号文件",
            f"{issuer}({year}){number}号",
            f"第{number}号令",
        )
    )


def _public(chance: random.Random) -> str:
    line = chance.choice(
        (
            "12345",
            "12333",
            "12393",
            "12320",
            "12385",
            "12329",
            "12319",
            "12348",
            "12351",
            "12355",
            "12338",
            "12356",
        )
    )
    return chance.choice(
        (
            f"打{line}",
            f"电话{line}",
            f"0574-{line}",
            f"{line}、110、120",
            f"拨打0574{line}没人接",
            f"{line} 12345 都打不通",
            f"热线:{line}转1",
        )
    )


def _other(chance: random.Random) -> str:
    n = chance.randint(1, 999)
    return chance.choice(
        (
            f"地铁{n % 9 + 1}号线",
            f"{n}路公交",
            f"早上{n % 24}点{n % 60}分",
            f"第{n}条",
            f"{n % 12 + 1}月{n % 28 + 1}号",
            f"{n % 30 + 1}楼",
            f"排第{n}号",
            f"{n}个街道{n}个社区",
            f"邮编3150{n % 99:02}",
            f"3岁以下{n}个托位",
            f"1:{n}",
            f"5-{n % 9}-{n % 7}",
            f"退休{n % 40}年工龄{n % 40}年",
            f"{n},{n:03},{n:03}元",
        )
    )


def _english(chance: random.Random) -> str:
    n = chance.randint(1, 999)
    return chance.choice(
        (
            f"is there a {n % 24 + 1} hour clinic near Zhongshan Road",
            f"which stop of bus No. {n} is on Jiefang Road",
            f"No. {n % 99 + 1} Middle School",
            f"{n} people live in this street",
            f"a room for {n % 9 + 1} people, {n} yuan a month",
            f"an apartment {n} square meters, or flat {n} sqm",
            f"how far is metro line {n % 9 + 1} from the road",
            f"a two-room flat for {n}0 yuan",
            f"Room rent +{n}0000 yuan",
            f"he is {n % 90 + 10} years old",
            f"document No. {n} of {2000 + n % 27}",
            f"{n % 5 + 1} schools in Liuting Street",
            f"unit {n % 9 + 1}, block {n % 9 + 1}: how many services",
            f"open 9:00-{n % 12 + 10}:00 2025-{n % 12 + 1:02}-{n % 28 + 1:02}",
        )
    )


def _paper(chance: random.Random) -> str:
    n, year = chance.randint(1, 999), chance.randint(2000, 2030)
    return chance.choice(
        (
            f"居住证满{n % 9 + 1}年",
            f"居住证{year}{n % 12 + 1:02}{n % 28 + 1:02}到期",
            f"护照{year}-{n % 12 + 1:02}-{n % 28 + 1:02}到期",
            f"通行证办了{n}0000张",
            f"居住证{year}-{year + 5}年",
            "台胞证怎么办,电话12345",
            f"每月+{n}0元",
            f"{n}+{n}0000000元",
            f"居住证积分{n}分",
        )
    )


_NOBODYS = (_amount, _span, _day, _document, _public, _other, _english, _paper)
