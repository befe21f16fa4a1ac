"""Chinese words: a jieba tokenizer of our own, without its shared cache file."""

import logging
import warnings
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

Cutter = Callable[[str], list[str]]
_FREQUENT = 20_000


@cache
def _jieba() -> Any:
    """jieba, quiet. Its sources hold escapes that newer Pythons warn of when they compile them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba
    jieba.setLogLevel(logging.WARNING)
    return jieba


@cache
def dictionary() -> tuple[dict[str, int], int]:
    """jieba's frequency table, parsed once. Never its cache: any user may write that file."""
    base = _jieba().Tokenizer()
    table, total = base.gen_pfdict(base.get_dict_file())
    return table, total


def cutter(words: Iterable[str] = ()) -> Cutter:
    """A function that cuts normalised text into words, knowing also the given ones."""
    table, total = dictionary()
    tokenizer = _jieba().Tokenizer()
    tokenizer.FREQ, tokenizer.total, tokenizer.initialized = table.copy(), total, True
    for word in words:
        tokenizer.add_word(word, freq=_FREQUENT)

    def cut(text: str) -> list[str]:
        return [word for word in tokenizer.cut(text, HMM=False) if not word.isspace()]

    return cut
