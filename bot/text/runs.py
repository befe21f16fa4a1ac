"""Normalised text in runs of letters, of digits and of characters, and what it sounds like."""

import re

from bot.text.pinyin import syllable, torn

LATIN = re.compile(r"[a-z]+")
RUN = re.compile(r"[a-z]+|\d+(?:\.\d+)?%?|[^\sa-z\d%]+|%")


def spoken(text: str) -> list[tuple[int, str]]:
    """The blurred syllables of normalised text, each with the place where its character, or the run of
    letters that it is typed in, begins; a break stands as an empty string.
    """
    out: list[tuple[int, str]] = []
    for found in RUN.finditer(text):
        run, start = found.group(), found.start()
        if run[0].isascii():
            out += [(start, sound) for sound in (torn(run) if run.isalpha() and len(run) > 1 else ("",))]
        else:
            out += enumerate(map(syllable, run), start)
    return out


def syllables(text: str) -> list[str]:
    """The blurred syllables of normalised text; a break stands as an empty string."""
    return [sound for _, sound in spoken(text)]
