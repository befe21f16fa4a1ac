"""A choice of some texts out of many by their own words: another text moves none in or out."""

import zlib


def lot(text: str) -> int:
    """A number that a text draws, everywhere and always the same; 32 bits."""
    return zlib.crc32(text.encode())


def one_in(count: int, text: str) -> bool:
    """Whether a text is among one in so many."""
    return lot(text) % count == 0
