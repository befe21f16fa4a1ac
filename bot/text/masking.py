"""Residents' own numbers and addresses taken out of what they wrote, before anything keeps it.

A text is first laid flat: every digit, however written, as one Arabic digit, every letter as a capital of
normal width, nothing invisible. What is found there is starred out in the text as it was typed. Public
lines, document numbers (国办发〔2020〕53号), figures, dates and years stay.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from bot.text.identity import is_card, is_date, is_identity

STARS = "***"
_TAKEN = "\0"
_HAN_DIGITS = {c: str(i) for i, c in enumerate("零一二三四五六七八九")}
_HAN_DIGITS |= {c: str(i) for i, c in enumerate("〇壹贰叁肆伍陆柒捌玖")} | {"○": "0", "幺": "1", "陸": "6"}
_NOTHING = {"Cc", "Cf", "Mn", "Me"}


class Found(NamedTuple):
    """A piece of a text that tells who somebody is: text[start:end]."""

    start: int
    end: int
    kind: str


class _Kind(NamedTuple):
    """What is looked for: where a match is, and whether its digits can be such a thing at all."""

    name: str
    pattern: re.Pattern[str]
    fits: Callable[[str], bool]


def _always(_digits: str) -> bool:
    return True


def _kind(name: str, pattern: str, fits: Callable[[str], bool] = _always) -> _Kind:
    return _Kind(name, re.compile(pattern), fits)


def _local(digits: str) -> bool:
    return not is_date(digits) and not digits.endswith("00000")


def _foreign(digits: str) -> bool:
    return _local(digits.removeprefix("00"))


# Parts of the patterns below. First what people put between digits; never a comma, which parts thousands.
_MARK = r"[ \t\-\u2010-\u2015\u2212_.·\u2022\u30fb~]"
_GAP = rf"{_MARK}{{0,3}}"
_ALONE = rf"(?<!\d)(?<!\d{_MARK})(?<!\d{_MARK}{{2}})"
_NO_MORE = rf"(?!{_GAP}[\dX×叉])"
_UNIT = "元块人个张家户万亿千百年岁天%米平吨公里分次册所件项岗名处亩斤"
_NO_UNIT = rf"(?!{_GAP}[{_UNIT}])"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_ABROAD = rf"(?:(?:\+{_GAP}|0{_GAP}0{_GAP})?8{_GAP}6{_GAP})"
_AREA = r"(?:10|2\d|[3-9]\d\d)"
_LONG_DISTANCE = re.compile(rf"^0{_AREA}")
_LINE = rf"[2-9](?:{_GAP}\d){{6,7}}(?:{_GAP}转{_GAP}\d{{1,5}}|-\d{{1,5}})?(?!\d)"
_CALLED = "(?:(?<=电话)|(?<=座机)|(?<=固话)|(?<=手机)|(?<=号码)|(?<=联系方式)|(?<=TEL))[^\\dA-Z\\0]{0,6}"
_FOREIGN = (
    rf"{_ALONE}(?<![.:])(?:\+{_GAP}|0{_GAP}0{_GAP})(?!8{_GAP}6)[1-9](?:{_MARK[:-1]}()]{{0,4}}\d){{7,14}}"
)
_PAPERS = (
    "护照",
    "通行证",
    "回乡证",
    "返乡证",
    "台胞证",
    "居住证",
    "居留证",
    "军官证",
    "士兵证",
    "PASSPORT",
    "PERMIT",
)
_PAPER = (
    rf"(?:{'|'.join(f'(?<={name})' for name in _PAPERS)})[^\dA-Z\0]{{0,6}}"
    r"(?:(?:NUMBER|NO|IS)[^\dA-Z\0]{1,3}){0,2}"
)
_PLACE = (
    r"[\u4e00-\u9fff\d]{1,8}"
    "(?:路|街|大道|巷|胡同|小区|社区|新村|家园|花园|公寓|名苑|苑|坊|村|墅|邸|庭) ?"
)
_NUMBER = r"[\d十百千]{1,6}[A-Z]?"
_PART = rf"{_NUMBER} ?(?:号楼|号院|号|弄|幢|栋|座|单元|室|组)"
_MORE = rf"(?: ?(?:{_PART}|{_NUMBER} ?[楼层]|[-\u2010-\u2015#]? ?\d{{1,5}}(?![\d.{_UNIT}])))*"
# An address as it is written in English: parts with a number each, and a road's name between or before them.
_ROOM = "ROOM|RM|FLAT|APT|APARTMENT|SUITE"
_ENGLISH_PART = (
    rf"(?:(?<![A-Z])(?:{_ROOM}|UNIT|BUILDING|BLDG|BLOCK|LANE|ALLEY|FLOOR|NUMBER|NO)"
    r"[. ]{0,2}(?:NO[. ]{1,2})?[A-Z]?\d{1,5}(?:-\d{1,5})*[A-Z]?(?![A-Z\d])"
    r"(?! (?:[A-Z'’]{1,15} ){0,2}(?:SCHOOL|HOSPITAL|KINDERGARTEN|PARK|BUS|LINE)(?![A-Z]))"
    r"|(?<![A-Z\d])\d{1,2}(?:ST|ND|RD|TH) FLOOR(?![A-Z]))"
)
_NO_NAME = (
    "A|AN|AND|ARE|AT|BIKE|BUS|BUSES|BY|CAR|CARS|CHILDREN|CLINIC|DAY|DAYS|FOR|FROM|HOUR|HOURS|HOW|IN|IS|IT|KM|LANE|"
    "LANES|LINE|LIVE|LIVES|METER|METERS|METRE|METRES|METRO|MINUTE|MINUTES|MONTH|MONTHS|MY|NEAR|OF|ON|OR|"
    "PERCENT|PERSONS|RMB|SCHOOL|SCHOOLS|STATION|STOP|STOPS|THE|TO|WAY|WEEK|WEEKS|WITH|YEAR|YEARS|YUAN"
)
_ROAD = (
    rf"(?:(?<![A-Z])(?!(?:{_NO_NAME})(?![A-Z]))[A-Z][A-Z'’]{{1,15}} ){{1,4}}"
    r"(?:ROAD|RD|STREET|ST|AVENUE|AVE|LANE|ALLEY|BOULEVARD|BLVD)(?![A-Z])\.?"
)
_STOP = "[., ]{1,3}"
_ENGLISH_ADDRESS = (
    rf"(?:(?:{_ENGLISH_PART}{_STOP}){{1,5}}(?:\d{{1,5}} )?{_ROAD}(?:{_STOP}{_ENGLISH_PART})*"
    rf"|(?<![\dA-Z.,:-])\d{{1,5}}[A-Z]?(?:-\d{{1,5}})? {_ROAD}(?:{_STOP}{_ENGLISH_PART})*"
    rf"|{_ROAD}(?:{_STOP}{_ENGLISH_PART})+)"
)
_NO_AMOUNT = rf"(?![A-Z\d])(?! ?(?:[{_UNIT}㎡]|YUAN|RMB|SQ|M2|METER|METRE|PEOPLE|PERSON|YEAR))"

_KINDS = (
    _kind("phone", rf"{_FOREIGN}{_NO_MORE}{_NO_UNIT}", _foreign),
    _kind("card", rf"{_ALONE}[3-69](?:{_GAP}\d){{15,18}}{_NO_MORE}", is_card),
    _kind("identity", rf"(?<!\d)\d(?:{_GAP}\d){{16}}{_GAP}[\dX×叉](?![\dA-Z])", is_identity),
    _kind("identity", rf"{_ALONE}\d(?:{_GAP}\d){{14}}{_NO_MORE}", is_identity),
    _kind("card", rf"(?<!\d)[3-69](?:{_GAP}\d){{12,18}}(?!\d)", is_card),
    _kind("number", r"\d{14,}"),
    _kind("phone", rf"{_FOREIGN}(?!\d){_NO_UNIT}", _foreign),
    _kind("phone", rf"(?<!\d)(?:{_ABROAD}|0)?1{_GAP}[3-9](?:{_GAP}\d){{9}}(?!\d)"),
    _kind("phone", rf"(?<![\d.]){_ABROAD}?[(]?0{_AREA}[)]?{_GAP}{_LINE}"),
    _kind("phone", rf"(?<![\d.]){_ABROAD}{_AREA}{_GAP}{_LINE}"),
    _kind("phone", rf"(?<![\d.A-Z])[2-9]\d{{7}}(?![\d.A-Z]){_NO_UNIT}", _local),
    _kind("phone", rf"{_CALLED}(?<!\d)(?!400|800)(?:\d{{7,13}}|\d{{3,4}}[- ]\d{{4}}){_NO_MORE}{_NO_UNIT}"),
    _kind(
        "account",
        r"(?<![A-Z0-9])(?:QQ|微信号?|WECHAT|VX)[号:是为 ]{0,3}"
        r"(?:\d{6,11}|[A-Z](?=[A-Z_-]*\d)[A-Z\d_-]{5,19})(?!@)",
    ),
    _kind("passport", rf"(?<![A-Z0-9/])[EGPSDCWHMTKL]{_GAP}[A-Z]?(?:{_GAP}\d){{7,8}}(?![\dA-Z])"),
    _kind("passport", rf"{_PAPER}\d(?:[ -]?\d){{7,9}}(?!\d){_NO_UNIT}", _local),
    _kind("passport", rf"{_PAPER}(?=[A-Z]*\d)[A-Z0-9]{{6,12}}(?![A-Z\d]){_NO_UNIT}", _local),
    _kind(
        "plate",
        rf"[{_PROVINCES}] ?[A-HJ-NP-Z]{_GAP}(?=(?:[A-Z]{_GAP})*\d{_GAP}(?:[A-Z]{_GAP})*\d)"
        rf"(?:[A-Z0-9]{_GAP}){{4}}(?:[A-Z0-9]{_GAP}[A-Z0-9]|[A-Z0-9学挂警港澳])(?![A-Z0-9])",
    ),
    _kind(
        "e-mail",
        r"(?<![A-Z0-9_.+-])[A-Z0-9][A-Z0-9_.+-]{0,64} ?(?:@|[(\[]AT[)\]]) ?[A-Z0-9][A-Z0-9-]{0,64}"
        r"(?: ?\. ?[A-Z0-9-]{2,20}){1,4}",
    ),
    _kind("address", rf"{_PLACE}{_PART}(?![线文令]){_MORE}"),
    _kind("address", rf"{_PLACE}\d{{1,4}}(?:[-\u2010-\u2015#]\d{{1,5}})+"),
    _kind(
        "address",
        rf"(?<![\d.]){_NUMBER} ?(?:幢|栋|号楼|弄|座) ?(?:{_NUMBER} ?(?:单元|楼|层) ?)*"
        rf"(?:\d{{3,4}}室?(?![\d{_UNIT}])|{_NUMBER} ?[室号])",
    ),
    _kind("address", r"(?<![\d.])[A-Z]?\d{3,4} ?室"),
    _kind("address", _ENGLISH_ADDRESS),
    _kind("address", rf"(?<![A-Z])(?:{_ROOM})[. ]{{0,2}}(?:NO[. ]{{1,2}})?[A-Z]?\d{{3,4}}[A-Z]?{_NO_AMOUNT}"),
)
# Without one of these nothing of the above matches: most of what people ask need not be looked through.
_SIGN = re.compile(r"[\d十百千@]|[(\[]AT[)\]]")
# Words before a place's name that are none of it: what follows the last of them is the name.
_BEFORE_PLACE = re.compile(
    ".*(?:[在住到去是从于的址往离了]|[我他她]家?|家[住在是]|附近|宁波市?|[区县市镇])(?=.{2})"
)


def masked(text: str, public: Collection[str] = ()) -> str:
    """The text with all that `personal` finds starred out; `public` telephone numbers stay."""
    pieces, at = [], 0
    for found in personal(text, public):
        pieces += [text[at : found.start], STARS]
        at = found.end
    return "".join((*pieces, text[at:]))


def personal(text: str, public: Collection[str] = ()) -> list[Found]:
    """Where a text holds identity, card, telephone, passport and plate numbers, e-mail or an address."""
    flat, places = _flat(text)
    if not _SIGN.search(flat):
        return []
    kept = _bare(frozenset(public))
    found = []
    for kind in _KINDS:
        for start, end in list(_matches(flat, kind, kept)):
            flat = flat[:start] + _TAKEN * (end - start) + flat[end:]
            found.append(Found(places[start], places[end], kind.name))
    return sorted(found)


@cache
def _bare(public: frozenset[str]) -> frozenset[str]:
    """The digits of public lines, without area codes."""
    return frozenset(_LONG_DISTANCE.sub("", re.sub(r"\D", "", number)) for number in public)


def _matches(flat: str, kind: _Kind, kept: Collection[str]) -> Iterator[tuple[int, int]]:
    """The matches of a kind that fit it; after one that does not, others may overlap it."""
    at = 0
    while match := kind.pattern.search(flat, at):
        digits = re.sub(r"[^\dX]", "", match[0].replace("×", "X").replace("叉", "X"))
        if (kind.name == "phone" and _is_public(digits, kept)) or not kind.fits(digits):
            at = match.start() + 1
        else:
            yield match.start() + _before(match[0], kind.name), match.end()
            at = match.end()


def _before(matched: str, kind: str) -> int:
    """How much of a match is only what led to it: 我住在, 电话是."""
    if kind == "address":
        led = _BEFORE_PLACE.match(matched)
    else:
        led = re.match(r"[\u4e00-\u9fff:, ]+(?=[\dA-Z])", matched) if kind != "plate" else None
    return led.end() if led else 0


def _is_public(digits: str, kept: Collection[str]) -> bool:
    """Whether these are the digits of a public line, with or without an area code."""
    return digits in kept or _LONG_DISTANCE.sub("", digits) in kept


def _flat(text: str) -> tuple[str, list[int]]:
    """The text laid flat; where each of its characters stood, and its end."""
    chars, places = [], []
    for place, char in enumerate(text):
        if unicodedata.category(char) not in _NOTHING or char in "\n\t":
            chars.append(_flat_char(char))
            places.append(place)
    return "".join(chars), [*places, len(text)]


@lru_cache(maxsize=8192)
def _flat_char(char: str) -> str:
    if (digit := _HAN_DIGITS.get(char)) is not None:
        return digit
    if (decimal := unicodedata.decimal(char, None)) is not None:
        return str(decimal)
    folded = unicodedata.normalize("NFKC", char).upper()
    return folded if len(folded) == 1 else char
