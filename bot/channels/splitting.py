"""A text split into parts that a messenger takes: measured in bytes or characters, cut at sentence ends."""

import re
from collections.abc import Callable, Iterator

# Fullwidth ! ? ; end a sentence anywhere, plain ones only before a space: they also stand in addresses.
_SENTENCE = re.compile(r".+?(?:[。\uff01\uff1f\uff1b]+[”」』]*|[.!?;](?=\s)|\n|$)", re.DOTALL)
# Numbers, telephone lines, addresses and words in Latin letters stay whole wherever else a text is cut.
_ATOM = re.compile(r"[\w.%+\-/:?&=#@~]+|.", re.ASCII | re.DOTALL)

Measure = Callable[[str], int]


def byte_count(text: str) -> int:
    """Length in bytes of UTF-8."""
    return len(text.encode("utf-8", "surrogatepass"))


def split(text: str, most: int, measure: Measure = byte_count) -> list[str]:
    """The text in parts of at most so much each, cut at sentence ends, else between words."""
    parts, size = [""], 0
    for piece in _fitting(text, most, measure):
        long = measure(piece)
        if size + long > most:
            parts.append("")
            size = 0
        parts[-1] += piece
        size += long
    return [part.strip() for part in parts if part.strip()]


def _fitting(text: str, most: int, measure: Measure) -> Iterator[str]:
    for sentence in _SENTENCE.findall(text):
        if measure(sentence) <= most:
            yield sentence
            continue
        for atom in _ATOM.findall(sentence):
            if measure(atom) <= most:
                yield atom
            else:
                yield from atom
