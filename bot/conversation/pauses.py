"""A message cut where its writer pauses, and how strong each pause is."""

import re

from bot.text.normalise import folded, normalise, visible

# Words of English and pinyin stay together; a particle ends a question though no pause comes after it. After
# a noun, 还有前途没 asks whether there is any left.
_PAUSE = re.compile(
    r"(?P<also>另外|还有(?!没有|(?<=\w还有)\w{,5}[没吗么不伐嘛否](?!\w))|顺便|再问|其次|对了|\balso\b|\bhaiyou\b|\blingwai\b)"
    r"|(?P<stop>[?？;；。!！❓❗\n]+|[（(][一二三四五1-5][）)]|(?<![0-9a-z.])[1-5][.、．)](?![0-9]))"
    r"|(?P<pause>[,，、/+~…]+|以及|同时|然后|一个问|一个是|[一二三]是|\band\b"
    r"|(?<![a-z0-9])\s+|\s+(?![a-z0-9])|(?<=[吗伐])(?=[^\W啊呀哦呢a-z])"
    r"|[\u2600-\u2752\u2754-\u2756\u2758-\u27bf\U0001f300-\U0001faff]+)"
    r"|(?P<joint>[和与又]|(?<!普)及|跟(?![着上前])|还[想要])"
)
_ASKS = re.compile(
    r"[吗么嘛伐呢啥怎哪几谁咋何]|多少|没有|(.)不\1|how|wh(?:at|ere|en|o|ich)|^ ?(?:is|are|do|does|can|will)\b"
    r"|\b(?:ma|ne|fa|ji|sha|shei|na)\b|duo ?shao|zen ?me|shen ?me|na ?li|you mei you|\b(\w+) bu \2\b"
)
STRENGTHS = ("joint", "pause", "stop", "also")
"""From what only joins words to what says that more is asked."""
_LEAST_LETTERS = 2  # of a piece that may ask something
_MOST_JOINED = 24  # pieces, before those that only tell are one with others
_MOST_PIECES = 5  # every run of pieces is scored: their number grows with the square


def asks(text: str) -> bool:
    """Whether a text has a word or the form of a question."""
    return _ASKS.search(text) is not None


def cut_message(message: str) -> tuple[list[str], list[str]]:
    """A message as it was typed between its pauses, and how strong each pause is."""
    return cut(folded(visible(message)))


def cut(text: str) -> tuple[list[str], list[str]]:
    """Folded text between its pauses, and how strong each pause is. Of too many pieces, those are one with
    their neighbours that tell but do not ask; of far too many, the weakest pauses are none.
    """
    for weakest in STRENGTHS:
        pieces, pauses = _cut_at(text, weakest)
        if len(pieces) <= _MOST_PIECES:
            return pieces, pauses
        if weakest != STRENGTHS[0] and len(pieces) <= _MOST_JOINED:
            return _joined(pieces, pauses)
    return [text], []


def _joined(pieces: list[str], pauses: list[str]) -> tuple[list[str], list[str]]:
    """Pieces as few as are read, the least parted neighbours made one: a question goes with what was told
    before it.
    """
    asking = list(map(asks, pieces))

    def parted(at: int) -> tuple[bool, bool, int]:
        return asking[at] and asking[at + 1], asking[at], STRENGTHS.index(pauses[at])

    while len(pieces) > _MOST_PIECES:
        at = min(range(len(pauses)), key=parted)
        pieces[at : at + 2] = [f"{pieces[at]}, {pieces[at + 1]}"]
        asking[at : at + 2] = [asking[at] or asking[at + 1]]
        del pauses[at]
    return pieces, pauses


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
