"""Texts as they stand in the database: deflated, as knowledge files shrink to a third."""

import zlib

_HARDEST = 9  # written once, read often


def packed(text: str) -> bytes:
    """A text made small."""
    return zlib.compress(text.encode(), _HARDEST)


def unpacked(data: bytes) -> str:
    """The text that `packed` was given."""
    return zlib.decompress(data).decode()
