"""A message cut where its writer pauses, and how strong each pause is."""

import re

from bot.text.normalise import normalise

# Words of English and pinyin stay together; a particle ends a question though no pause comes after it.
_PAUSE = re.compile(
    r"(?P<also>另外|还有(?!没有)|顺便|再问|其次|对了|\balso\b|\bhaiyou\b|\blingwai\b)"
    r"|(?P<stop>[?？;；。!！❓❗\n]+)"
    r"|(?P<pause>[,，、/+~…]+|以及|同时|然后|一个问|一个是|[一二三]是|\band\b"
    r"|(?<![a-z0-9])\s+|\s+(?![a-z0-9])|(?<=[吗伐])(?=[^\W啊呀哦呢a-z])"
    r"|[\u2600-\u2752\u2754-\u2756\u2758-\u27bf\U0001f300-\U0001faff]+)"
    r"|(?P<joint>[和与又]|(?<!普)及|跟(?![着上前])|还[想要])"
)
STRENGTHS = ("joint", "pause", "stop", "also")
"""From what only joins words to what says that more is asked."""
_LEAST_LETTERS = 2  # of a piece that may ask something
_MOST_PIECES = 5  # every run of pieces is scored: their number grows with the square


def cut(text: str) -> tuple[list[str], list[str]]:
    """Folded text between its pauses, and how strong each pause is; of too many, the weakest are none."""
    for weakest in STRENGTHS:
        pieces, pauses = _cut_at(text, weakest)
        if len(pieces) <= _MOST_PIECES:
            return pieces, pauses
    return [text], []


def _cut_at(text: str, weakest: str) -> tuple[list[str], list[str]]:
    """Folded text between its pauses of at least some strength, without what is too short to ask anything,
    and the pauses between those pieces.
    """
    least = STRENGTHS.index(weakest)
    pauses = [pause for pause in _PAUSE.finditer(text) if _strength(pause) >= least]
    if not pauses:
        return [text], []
    pieces: list[str] = []
    kinds: list[str] = []
    start, strongest = 0, 0
    for pause in (*pauses, None):
        piece = text[start : pause.start() if pause else None]
        if len(normalise(piece)) >= _LEAST_LETTERS:
            kinds += [STRENGTHS[strongest]] if pieces else []
            pieces.append(piece)
            strongest = 0
        if pause:
            start, strongest = pause.end(), max(strongest, _strength(pause))
    return pieces, kinds


def _strength(pause: re.Match[str]) -> int:
    return STRENGTHS.index(pause.lastgroup or "")
