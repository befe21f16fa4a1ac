"""Numbers in every spelling a resident uses, as Arabic digits: 一万四, 1.4万, 六成, 百分之六十."""

import re

_DIGIT = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
COUNTED = "一二三四五六七八九十"
"""One to ten, in order."""
_UNIT = {"十": 10, "百": 100, "千": 1000}
_SECTION = {"万": 10_000, "亿": 100_000_000}
_SHORTEST_BARE = 3  # 二〇二五 is a number; 一两句 and 七八个 are not
_LONGEST = 30  # nobody counts further, and Python would refuse to print it
_NUM = "零〇一二两三四五六七八九十百千万亿"

_ANY = re.compile(rf"[\d{_NUM}]")
_PERCENT = re.compile(rf"百分之([{_NUM}]+|\d+(?:\.\d+)?)")
_TENTHS = re.compile(r"(?<![一-鿿\d])([一二三四五六七八九])成(?!员|功|立|人|年|本|为|长|绩|都|果|了)")
_CHINESE = re.compile(rf"(?<!第)[{_NUM}]{{2,}}|[一二两三四五六七八九十](?=分钟|岁|元|平方|公里)")
_MIXED = re.compile(r"(?<!\d)(\d+(?:\.\d+)?)\s?([千万亿w])(?![a-z])")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_NOT_A_NUMBER = re.compile(r"^[百千万亿零〇]|^一[一]+$")


def value(numeral: str) -> int | None:
    """The number a Chinese numeral writes, or None where it writes none (千万别, 万一)."""
    if len(numeral) > _LONGEST or _NOT_A_NUMBER.match(numeral):
        return None
    if not any(c in _UNIT or c in _SECTION for c in numeral):
        digits = "".join(str(_DIGIT[c]) for c in numeral)
        return int(digits) if len(digits) >= _SHORTEST_BARE else None
    total = section = digit = 0
    last = 1
    for char in numeral:
        if char in _DIGIT:
            digit = _DIGIT[char]
            last = 10 if char in "零〇" else last
        elif char in _UNIT:
            section += (digit or 1) * _UNIT[char]
            digit, last = 0, _UNIT[char]
        else:
            total = (total + section + digit) * _SECTION[char]
            section, digit, last = 0, 0, _SECTION[char]
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
    text = _PERCENT.sub(lambda m: f"{_spelled(m[1])}%", text)
    text = _TENTHS.sub(lambda m: f"{_DIGIT[m[1]]}0%", text)
    text = _CHINESE.sub(lambda m: _spelled(m[0]), text)
    return _MIXED.sub(_multiplied, text)


def _spelled(numeral: str) -> str:
    if numeral[0].isdigit() or (number := value(numeral)) is None:
        return numeral
    return str(number)


def _multiplied(match: re.Match[str]) -> str:
    factor = {"千": 1000, "w": 10_000} | _SECTION
    return plain(float(match[1]) * factor[match[2]])
