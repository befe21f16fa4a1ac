"""What residents reply to a list: 2, 第二个, 最后一个, 1和3, 前两个, 3多少钱, 都要."""

import re

from bot.text.numerals import COUNTED

_NUMBER = rf"(?:\d{{1,2}}|十[{COUNTED}]|[{COUNTED}])"
_ROUND = re.compile("^(?:看下|说下|[选要看就点是我想问那先再说讲 ])+|[吧呢啊都要看 ]+$")
_ORDINAL = re.compile(
    rf"(?:最后[一1那]|倒数第(?P<back>{_NUMBER})|第?(?P<number>{_NUMBER}))[个项条号种件问题的 ]*"
)
_TWO = 2
_BESIDE = re.compile("(?:(?P<back>上|前)|下|后)[一1]?[面边]?那?[个项条]")
_OTHER = re.compile("(?:另外|另|还有)[一1那]?[一1]?[个项条种]|the other(?: one)?")
_NTH = "第"
_TOGETHER = re.compile(rf"第?{_NUMBER}[个项条]?(?:[ 和跟与及还有、,，]+第?{_NUMBER}[个项条]?)+")
_FROM_TO = re.compile(rf"第?(?P<first>{_NUMBER})[个项条]?[到至]第?(?P<last>{_NUMBER})[个项条]?")
_FIRST = re.compile(rf"前(?P<many>[两{COUNTED}]|\d)[个项条]")
_ASKED = re.compile(
    rf"第?(?P<number>{_NUMBER})(?:[个项条号]|件事?)?(?![岁年月天点楼万千百元块])(?P<asked>\D{{2,8}})"
)
_ALL = re.compile(
    "(?:[两二三23]个|这些|这几个|这[两三]个)?(?:都|全都?|全部都?)"
    "(?:要|看|看看|想|想看|想知道|想问|想了解|说说|讲讲|说一下|介绍一下)?[吧呢啊了嘛 ]*"
    "|(?:all|both|everything)(?: of (?:them|these))?(?: please)?"
)
_YES = re.compile("(?:是|对|要|想|想问|想的|好|好的|嗯|行|可以|要看|看看|yes|yeah|ok|sure)[的呀啊吧哦了 ]*")
_EACH = re.compile("给我|[都要各全两二三个样种的是也]")
_WORDS = {
    word: str(number)
    for number, words in enumerate(
        ("one first 1st", "two second 2nd", "three third 3rd", "four fourth 4th"), 1
    )
    for word in words.split()
}
_NO_NUMBER = re.compile(
    r"\b(?:the|number|no\.?|option|choose|pick|i|want|please|item|answer|about|what|how)\b|(?<=[a-z]) ones?\b"
)
_JOINED = re.compile(r"\s*\b(?:and|&)\b\s*")


def in_digits(text: str) -> str:
    """The second one as 2, the first and third as 1 3; any other text as it is."""
    if not text.isascii():
        return text
    bare = _JOINED.sub(" , ", _NO_NUMBER.sub(" ", text)).split()
    said = [_WORDS.get(word, word) for word in bare]
    return " ".join(said) if all(word.isdecimal() or word == "," for word in said) else text


def says_yes(text: str) -> bool:
    """Whether normalised text says yes to what was offered."""
    return _YES.fullmatch(text) is not None


def without_all(text: str) -> str:
    """Normalised text without what only says that each is meant: 都要电话."""
    return _EACH.sub("", text).strip()


def chosen(text: str, offered: int, spoken: bool) -> int | None:
    """The number that normalised text is: 2, 二 or, where so many things were offered, 最后一个.

    第二个 is one also where nothing was spoken of that it could mean.
    """
    if (text.isdecimal() and len(text) <= 2) or (len(text) == 1 and text in COUNTED):
        return _value(text)
    bare = _ROUND.sub("", text)
    found = _ORDINAL.fullmatch(bare) if offered or (bare.startswith(_NTH) and not spoken) else None
    if found is None:
        return None
    if found["back"]:
        return offered + 1 - _value(found["back"])
    return offered if found["number"] is None else _value(found["number"])


def chosen_beside(text: str, taken: int, offered: int) -> int | None:
    """The number that normalised text means beside the one that was taken of so many (0: none was): 下一个,
    of two also 前一个 and 另外那个.
    """
    bare = _ROUND.sub("", text)
    if taken and offered == _TWO and _OTHER.fullmatch(bare):
        return _TWO + 1 - taken
    found = _BESIDE.fullmatch(bare) if taken or offered == _TWO else None
    if found is None:
        return None
    before, after = (taken - 1, taken + 1) if taken else (1, _TWO)
    meant = before if found["back"] else after
    return meant if 0 < meant <= offered else None


def chosen_together(text: str) -> list[int]:
    """The numbers that folded text is, where it is more than one: 1和3, 第一个和第三个, 1到3, 前两个."""
    bare = _ROUND.sub("", text)
    if _TOGETHER.fullmatch(bare):
        return [_value(number) for number in re.findall(_NUMBER, bare)]
    if span := _FROM_TO.fullmatch(bare):
        return list(range(_value(span["first"]), _value(span["last"]) + 1))
    first = _FIRST.fullmatch(bare)
    return list(range(1, _value(first["many"]) + 1)) if first else []


def chosen_with_question(text: str) -> tuple[int, str] | None:
    """The number and what is asked of it, where normalised text may be both: 3多少钱."""
    found = _ASKED.fullmatch(text)
    return (_value(found["number"]), found["asked"]) if found else None


def takes_all(text: str) -> bool:
    """Whether normalised text asks for all that was offered."""
    return _ALL.fullmatch(text) is not None


def _value(number: str) -> int:
    if number.isdecimal():
        return int(number)
    tens, ones = number[:-1], number[-1]  # 十一
    return 10 * len(tens) + (2 if ones == "两" else COUNTED.index(ones) + 1)
