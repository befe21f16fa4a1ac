"""Whether a message is in English: whoever writes it is told that the answer is in Chinese."""

from bot.text.pinyin import split
from bot.text.runs import LATIN

_LEAST_LETTERS = 4


def in_english(text: str) -> bool:
    """Whether normalised text is made of English words: nothing but Latin letters, and less than half of it
    could be pinyin.
    """
    words = LATIN.findall(text)
    letters = sum(map(len, words))
    if letters < _LEAST_LETTERS or any(char.isalpha() and not char.isascii() for char in text):
        return False
    return 2 * sum(len(word) for word in words if split(word)) < letters
