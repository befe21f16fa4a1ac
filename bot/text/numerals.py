"""Numbers in every spelling a resident uses, as Arabic digits: 一万四, 1.4万, 六成, 百分之六十."""

import re
from collections.abc import Iterable

_DIGIT = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
COUNTED = "一二三四五六七八九十"
"""One to ten, in order."""
_UNIT = {"十": 10, "百": 100, "千": 1000}
_SECTION = {"万": 10_000, "w": 10_000, "亿": 100_000_000}
_SHORTEST_BARE = 3  # 二〇二五 is a number; 一两句 and 七八个 are not
_LONGEST = 30  # nobody counts further, and Python would refuse to print it
_NUM = "零〇一二两三四五六七八九十百千万亿"

_ANY = re.compile(rf"[\d{_NUM}]")
_PERCENT = re.compile(rf"百分之([{_NUM}]+|\d+(?:\.\d+)?)")
_TENTHS = re.compile(r"(?<![一-鿿\d])([一二三四五六七八九])成(?!员|功|立|人|年|本|为|长|绩|都|果|了)")
_CHINESE = re.compile(rf"(?<!第)[{_NUM}]{{2,}}|[一二两三四五六七八九十](?=分钟|岁|元|平方|公里)")
_ARABIC = r"\d+(?:\.\d+)?"
# Digits and characters in one number: 3千5百, 1万4; but 2万3个月 is two.
_MIXED = re.compile(
    rf"(?<![\d.第{_NUM}])(?:(?:{_ARABIC}|[{''.join(_DIGIT)}])\s?(?:[百千万亿]+|w(?![a-z])))+"
    rf"(?:[{''.join(_DIGIT)}]|\d(?![\d.%年个月天日人次家所号楼级块套间亩名]))?"
)
_PARTS = re.compile(rf"{_ARABIC}|\S")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_NOT_A_NUMBER = re.compile(r"^[百千万亿零〇]|^一[一]+$")
_WHOLE = "百"
"""What 百分之百 has as its number."""


def value(numeral: str) -> int | None:
    """The number a Chinese numeral writes, or None where it writes none (千万别, 万一)."""
    if len(numeral) > _LONGEST or _NOT_A_NUMBER.match(numeral):
        return None
    if not any(c in _UNIT or c in _SECTION for c in numeral):
        digits = "".join(str(_DIGIT[c]) for c in numeral)
        return int(digits) if len(digits) >= _SHORTEST_BARE else None
    return int(_counted(numeral))


def _counted(parts: Iterable[str]) -> float:
    """The number that digits, Arabic numbers and units write one after the other."""
    total = section = digit = 0.0
    last = 1
    for part in parts:
        if part in _UNIT:
            section += (digit or 1) * _UNIT[part]
            digit, last = 0, _UNIT[part]
        elif part in _SECTION:
            unit = _SECTION[part]
            if total < unit:  # 一万亿, but 一亿三千万
                total, section = 0, total + section
            total += (section + digit) * unit
            section, digit, last = 0, 0, unit
        else:
            digit = _DIGIT[part] if part in _DIGIT else float(part)
            last = 10 if part in "零〇" else last
    # 一万四 is 14000, 三百五 is 350: a bare last digit counts in tenths of the unit before it.
    return total + section + digit * (last // 10 if last > 10 else 1)


def plain(number: float) -> str:
    """A number without a needless fraction: 14000.0 as 14000, 6.60 as 6.6."""
    return f"{number:.10f}".rstrip("0").rstrip(".")


def arabic(text: str) -> str:
    """Rewrite the numbers of a text in Arabic digits; everything else stays as it is."""
    if not _ANY.search(text):  # as in three questions of four
        return text
    text = _THOUSANDS.sub("", text)
    text = _PERCENT.sub(lambda m: "100%" if m[1] == _WHOLE else f"{_spelled(m[1])}%", text)
    text = _TENTHS.sub(lambda m: f"{_DIGIT[m[1]]}0%", text)
    text = _MIXED.sub(lambda m: _apart(_multiplied(m[0]), m), text)
    return _CHINESE.sub(lambda m: _apart(_spelled(m[0]), m), text)


def _apart(number: str, found: re.Match[str]) -> str:
    """A number in digits, so that it does not run into one behind it: 2万3个月."""
    behind = found.string[found.end() : found.end() + 1]
    return f"{number} " if number[-1:].isdigit() and behind.isdigit() else number


def _spelled(numeral: str) -> str:
    if numeral[0].isdigit() or (number := value(numeral)) is None:
        return numeral
    return str(number)


def _multiplied(numeral: str) -> str:
    """A number with digits in it; one in characters alone stays as it is."""
    parts = _PARTS.findall(numeral)
    return plain(_counted(parts)) if any(part[0].isdigit() for part in parts) else numeral
