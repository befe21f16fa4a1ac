"""One spelling for what residents write in many: width, script, digits, radicals, punctuation."""

import re
import unicodedata
from functools import cache, lru_cache

from bot.text.numerals import arabic

# Kangxi radicals are folded by NFKC; of the CJK Radicals Supplement NFKC folds two.
# The rest that turn up in text copied from PDFs, by Unicode's EquivalentUnifiedIdeograph.
_RADICALS = str.maketrans(
    "⺀⺁⺄⺅⺆⺇⺈⺉⺊⺋⺌⺍⺎⺏⺐⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺥⺦⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺴⺵⺶⺸⺹⺺⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻈⻉⻋⻌⻍⻎⻏⻐⻑⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻠⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻲⻳",
    "冫厂乙亻冂几刀刂卜㔾小小尢尣尢巳幺彑彐忄心扌攵旡日月歺母民氵氺灬爪丬犭王疋目示礻竹糸纟罓罒网羊羊羊耂肀月臼艹艹艹虎衤覀西见角讠贝车辶辶辶阝钅长长门阜阝雨青韦页风飞食饣马骨鬼鱼鸟卤麦黄齐齿龙龟龟",
)
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
_KEEP = "%."
_ACCENTED = ((0xC0, 0x250), (0x1E00, 0x1F00))
_CHINESE = "[\u4e00-\u9fff]"
# Characters typed one by one: two or more, alone or after a word, or three or more digits.
_APART = re.compile(
    rf"(?<!\w){_CHINESE}(?:\W+{_CHINESE}(?!\w))+"
    rf"|(?<={_CHINESE})(?:\W+{_CHINESE}(?!\w)){{2,}}"
    r"|(?<!\w)\d(?: \d(?!\w)){2,}"
)
_BETWEEN = re.compile(r"\W+")
_RINGED = re.compile("[①-⑨❶-❾➀-➈]|[1-9]\ufe0f?\u20e3")  # NFKC would leave a bare digit before the next word
_OTHER = re.compile("[^\u4e00-\u9fff a-z0-9%.]+")  # what may not stand as it is, by `_folded`
_KEPT = 64  # texts folded last: each step folds what it looks at
_LONE_POINT = re.compile(r"(?<!\d)\.|\.(?!\d)")


@cache
def _simplified() -> dict[int, str]:
    """Every CJK character that has a simplified form, by OpenCC; one table for str.translate."""
    from opencc_purepy import OpenCC

    convert = OpenCC("t2s").convert
    every = "".join(map(chr, range(0x4E00, 0xA000)))
    return {ord(a): b for a, b in zip(every, convert(every), strict=True) if a != b}


@cache
def _one_spelling() -> dict[int, str]:
    """Characters instead of radicals, simplified, and letters as pinyin is typed: lǎo as lao, nǚ as nv."""
    accented = [chr(code) for start, end in _ACCENTED for code in range(start, end)]
    bare = {ord(c): unicodedata.normalize("NFD", c)[0] for c in accented if c.isalpha()}
    spelt = _simplified() | {**bare, **dict.fromkeys(map(ord, "üǖǘǚǜÜǕǗǙǛ"), "v")}
    return spelt | {radical: spelt.get(code, chr(code)) for radical, code in _RADICALS.items()}


@cache
def _folded(char: str) -> str:
    """What stands for one character: itself, a space for a separator, nothing for the invisible."""
    if char.isspace():
        return " "
    category = unicodedata.category(char)
    if category in _INVISIBLE or category == "Mn":
        return ""
    if char in _KEEP or category[0] in "LN":
        return char
    return " "


def _all_folded(other: re.Match[str]) -> str:
    return "".join(map(_folded, other[0]))


@lru_cache(maxsize=_KEPT)
def visible(text: str) -> str:
    """Text as a person would see it: no control, bidi or zero-width characters; line breaks kept."""
    if text.isprintable():
        return text
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in _INVISIBLE)


@lru_cache(maxsize=_KEPT)
def folded(text: str) -> str:
    """Text in one width, script and case, its punctuation and spaces kept."""
    text = _RINGED.sub(lambda ringed: f"({unicodedata.digit(ringed[0][0])})", text)
    return unicodedata.normalize("NFKC", text).translate(_one_spelling()).lower()


def together(text: str) -> str:
    """What was typed character by character as it is meant: 着 火 了, 大!出!血!, 1 2 0."""
    return _APART.sub(lambda apart: _BETWEEN.sub("", apart[0]), text)


@lru_cache(maxsize=_KEPT)
def normalise(text: str) -> str:
    """Fold a resident's text to lower-case simplified Chinese, Arabic numbers and single spaces.

    What was typed character by character stands together.
    Returns an empty string where nothing but punctuation, emoji or invisible characters was typed.
    """
    text = _OTHER.sub(_all_folded, arabic(folded(text)))
    text = " ".join((_LONE_POINT.sub(" ", text) if "." in text else text).split())
    return together(text) if " " in text else text
