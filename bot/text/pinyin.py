"""Characters and typed pinyin as one blurred syllable code, so that homophones look alike.

The blur follows what people mix up: 平翘舌 (zh/z, ch/c, sh/s) and 前后鼻音 (ang/an, eng/en, ing/in).
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

_TOKEN = re.compile(r"[a-z]+")
_LONGEST = 6  # letters of a syllable: zhuang
_LONGEST_RUN = 160  # a question of forty characters without a space
_LETTERS_TO_A_SLIP = 14  # few English words are as long and could be pinyin but for a letter
_KEPT = 4096  # runs cut lately: whoever asks chooses the letters


def blur(syllable: str) -> str:
    """Fold the pairs that sound alike in Ningbo: zhang → zan, ying → yin, lü → lv."""
    s = syllable.replace("ü", "v").replace("u:", "v")
    if s[:2] in ("zh", "ch", "sh"):
        s = s[0] + s[2:]
    return s[:-1] if s.endswith("ng") and s != "ng" else s


def _toneless(reading: str) -> str:
    kept = [c for c in unicodedata.normalize("NFD", reading) if not ("̀" <= c <= "̌" and c != "̈")]
    return unicodedata.normalize("NFC", "".join(kept))


@cache
def _readings() -> dict[int, str]:
    """pypinyin's reading table, code point → readings separated by commas."""
    from pypinyin.constants import PINYIN_DICT

    return dict(PINYIN_DICT)


@cache
def reading(char: str) -> str:
    """The first reading of a Chinese character without its tone, or an empty string for any other."""
    return _toneless(_readings().get(ord(char), "").split(",")[0])


@cache
def syllable(char: str) -> str:
    """The blurred first reading of a Chinese character, or an empty string for any other."""
    return blur(reading(char))


@cache
def _syllables() -> frozenset[str]:
    """The syllables that common Chinese is written with (about 410)."""
    common = (r for code, r in _readings().items() if 0x4E00 <= code < 0xA000)
    found = {_toneless(one).replace("ü", "v") for r in common for one in r.split(",")}
    return frozenset(s for s in found if _TOKEN.fullmatch(s) and (len(s) > 1 or s in "aeo"))


def split(letters: str) -> tuple[str, ...]:
    """Cut a run of letters into blurred syllables, fewest first; empty where it is not pinyin."""
    found = _cut(letters)
    return () if "" in found else found


def torn(letters: str) -> tuple[str, ...]:
    """As `split`, but in a long run a letter here and there may belong to no syllable: a break, an empty
    string, stands for it.
    """
    found = _cut(letters)
    return found if found.count("") * _LETTERS_TO_A_SLIP <= len(letters) else ()


@lru_cache(maxsize=_KEPT)
def _cut(letters: str) -> tuple[str, ...]:
    """Blurred syllables with as few letters left over as can be, and of those the fewest."""
    if len(letters) > _LONGEST_RUN:
        return ()
    known, best = _syllables(), [(0, 0, 0)]  # letters left over, pieces, where the last piece begins
    for end in range(1, len(letters) + 1):
        left, pieces, _ = best[-1]
        choices = [(left + 1, pieces + 1, end - 1)]
        for start in range(max(0, end - _LONGEST), end):
            if letters[start:end] in known:
                left, pieces, _ = best[start]
                choices.append((left, pieces + 1, start))
        best.append(min(choices))
    return tuple(_pieces(letters, [start for *_, start in best]))[::-1]


def _pieces(letters: str, begins: Sequence[int]) -> Iterator[str]:
    """The last piece first; `begins` tells where the one begins that ends at each place."""
    end = len(letters)
    while end:
        piece = letters[begins[end] : end]
        yield blur(piece) if piece in _syllables() else ""
        end = begins[end]
