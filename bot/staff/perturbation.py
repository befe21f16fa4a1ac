"""Small changes to a question that leave its meaning: does the answer stay the same?

A perturbation takes a text and a source of chance and returns the changed text, or the text itself
where it has nothing to change.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from random import Random
from typing import Any

from bot.conversation.knowledge import Knowledge
from bot.staff.cases import SORTS, Case
from bot.staff.evaluation import Result, evaluate
from bot.text.cut import cutter
from bot.text.pinyin import reading

Perturb = Callable[[str, Random], str]

_SEED = 20211228
_FEWEST_LETTERS = 4  # a shorter text means something else once a letter is gone
_PAUSE = re.compile(r"([,，。;；!！?？、\s]+)")
_BEFORE = {"zh": ("请问", "您好,", "麻烦问一下,", "不好意思,请教一下,"), "en": ("Hello, ", "Excuse me, ")}
_AFTER = {"zh": (",谢谢", ",麻烦您了", ",多谢", ""), "en": (", please", ", thank you", "")}
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}


def homophone(text: str, chance: Random) -> str:
    """One character replaced by a frequent one that sounds the same but for the tone."""
    places = [i for i, char in enumerate(text) if len(_homophones().get(reading(char), "")) > 1]
    return _replaced(text, places, chance, lambda c: _another(_homophones()[reading(c)], c, chance))


def dropped(text: str, chance: Random) -> str:
    """One letter or character gone."""
    return _replaced(text, _letters(text), chance, lambda char: "")


def doubled(text: str, chance: Random) -> str:
    """One letter or character typed twice."""
    return _replaced(text, _letters(text), chance, lambda char: char * 2)


def traditional(text: str, _chance: Random) -> str:
    """In traditional characters."""
    return _s2t()(text)


def full_width(text: str, _chance: Random) -> str:
    """Latin letters, digits, spaces and marks in full width."""
    return text.translate(_FULL_WIDTH)


def polite(text: str, chance: Random) -> str:
    """With words of courtesy around it."""
    language = "en" if text.isascii() else "zh"
    return chance.choice(_BEFORE[language]) + text + chance.choice(_AFTER[language])


def reordered(text: str, chance: Random) -> str:
    """Two neighbouring clauses changed about, or two words where there is but one clause."""
    pieces = _PAUSE.split(text.rstrip("?？。!！"))
    words, gaps = pieces[::2], pieces[1::2]
    if len(words) == 1:
        words, gaps = _cut()(text), []
    if len(words) < 2:
        return text
    at = chance.randrange(len(words) - 1)
    words[at : at + 2] = words[at + 1], words[at]
    return "".join(w + g for w, g in zip(words, [*gaps, *[""] * len(words)], strict=False))


CLASSES: dict[str, Perturb] = {
    "one homophone": homophone,
    "one character dropped": dropped,
    "one character doubled": doubled,
    "traditional characters": traditional,
    "full width": full_width,
    "added politeness": polite,
    "word order": reordered,
}


def perturbed(question: str, name: str) -> str:
    """A question changed in one class's way; always the same change for the same question."""
    return CLASSES[name](question, Random(f"{_SEED}/{name}/{question}"))


def robustness(
    cases: Iterable[Case],
    knowledge: Knowledge,
    progress: Callable[[int], None] = lambda done: None,
) -> dict[str, dict[str, Any]]:
    """By class: questions it changes, how often the answer changed, the share, and examples of it.

    `lost` counts right answers that became wrong; `by_sort` has the share for each sort of question.
    """
    rows: dict[str, list[tuple[Result, Result]]] = defaultdict(list)
    for done, case in enumerate(cases, 1):
        names = [name for name in CLASSES if perturbed(case.q, name) != case.q]
        before, *after = evaluate(((c,) for c in _variants(case, names)), knowledge).results
        for name, result in zip(names, after, strict=True):
            rows[name].append((before, result))
        progress(done)
    return {name: _row(rows[name]) for name in CLASSES if rows[name]}


def _variants(case: Case, names: Sequence[str]) -> Iterator[Case]:
    yield case
    for name in names:
        yield replace(case, q=perturbed(case.q, name))


def _row(pairs: Sequence[tuple[Result, Result]]) -> dict[str, Any]:
    changed = [(a, b) for a, b in pairs if _answer(a) != _answer(b)]
    asked = Counter(a.case.sort for a, _ in pairs)
    moved = Counter(a.case.sort for a, _ in changed)
    return {
        "n": len(pairs),
        "changed": len(changed),
        "share": round(len(changed) / len(pairs), 4),
        "by_sort": {sort: round(moved[sort] / asked[sort], 4) for sort in SORTS if asked[sort]},
        "lost": sum(a.right and not b.right for a, b in changed),
        "examples": [f"{a.case.q} → {b.case.q}" for a, b in changed],
    }


def _answer(result: Result) -> tuple[object, ...]:
    """What makes one answer another: its status and what it is about.

    Several answers stand in the order in which they were asked for: another order is no other answer.
    """
    told = frozenset(result.answers)
    return result.reply.status, result.reply.topic, told, result.first if len(told) < 2 else ""


def _letters(text: str) -> list[int]:
    places = [i for i, char in enumerate(text) if char.isalnum()]
    return places if len(places) >= _FEWEST_LETTERS else []


def _replaced(text: str, places: Sequence[int], chance: Random, change: Callable[[str], str]) -> str:
    if not places:
        return text
    at = chance.choice(places)
    return text[:at] + change(text[at]) + text[at + 1 :]


def _another(chars: str, than: str, chance: Random) -> str:
    return chance.choice([c for c in chars if c != than])


@cache
def _homophones() -> dict[str, str]:
    """Toneless reading → the frequent characters read so: those of GB 2312's first level, 3755 in all."""
    pairs = bytes(b for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF) for b in (row, cell))
    sounds: dict[str, str] = defaultdict(str)
    for char in pairs.decode("gb2312", "ignore"):
        sounds[reading(char)] += char
    return dict(sounds)


@cache
def _s2t() -> Callable[[str], str]:
    from opencc_purepy import OpenCC

    return OpenCC("s2t").convert


@cache
def _cut() -> Callable[[str], list[str]]:
    return cutter()
