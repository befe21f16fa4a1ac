"""What residents reply to a list: 2, 第二个, 最后一个, 1和3, 三个都要."""

import re

from bot.text.numerals import COUNTED

_ORDINAL = re.compile(
    rf"[选要看就点是我想问那先再说讲 ]*(?:最后[一1]|第?(?P<number>\d{{1,2}}|[{COUNTED}]))"
    "[个项条号种件问题的吧啊呢 ]*"
)
_NTH = "第"
_TOGETHER = re.compile(
    r"[选要看我想 ]*第?\d{1,2}[个项条]?(?:[ 和跟与及还有]+第?\d{1,2}[个项条]?)+[吧呢都要看 ]*"
)
_ALL = re.compile(
    "(?:[两二三23]个|这些|这几个|这[两三]个)?(?:都|全都?|全部都?)"
    "(?:要|看|看看|想|想看|想知道|想问|想了解|说说|讲讲|说一下|介绍一下)?[吧呢啊了嘛 ]*"
)


def chosen(text: str, offered: int, spoken: bool) -> int | None:
    """The number that normalised text is: 2 or, where so many things were offered, 二 and 最后一个.

    第二个 is one also where nothing was spoken of that it could mean.
    """
    if text.isdecimal() and len(text) <= 2:
        return int(text)
    found = _ORDINAL.fullmatch(text) if offered or (text.startswith(_NTH) and not spoken) else None
    if found is None:
        return None
    said = found["number"]
    return offered if said is None else int(said) if said.isdecimal() else COUNTED.index(said) + 1


def chosen_together(text: str) -> list[int]:
    """The numbers that normalised text is, where it is more than one: 1和3, 第1个和第2个."""
    return [int(number) for number in re.findall(r"\d+", text)] if _TOGETHER.fullmatch(text) else []


def takes_all(text: str) -> bool:
    """Whether normalised text asks for all that was offered."""
    return _ALL.fullmatch(text) is not None
