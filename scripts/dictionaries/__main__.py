"""`python scripts/meanings [--wordnet FOLDER]`: dictionaries, an encoder and everyday.txt into directions."""

import argparse
import itertools
import math
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.utils.extmath import randomized_svd

from bot.text.cut import dictionary
from scripts.dictionaries import encoder, sources

_EVERYDAY = Path(__file__).with_name("everyday.txt")
_OUT = Path(__file__).resolve().parents[2] / "bot" / "matching" / "meanings.npz"
_DIRECTIONS = 192
_SEED = 20211228
_FREQUENT = 10  # times in jieba's count
_EXPLAINS = 3  # words that a stem must explain to be looked at
_ENGLISH_EXPLAINS = 2  # Chinese words that an English stem must explain to be kept
_CHARACTERS, _ENGLISH, _ITSELF = 0.5, 0.7, 1.4
# How much where the encoder puts a word counts beside what explains it, and by which power of their spread
# the widest directions of both are narrowed.
_PLACED, _NARROWED = 2.0, 0.35
# How far a word is drawn towards those of its meaning and of its matter, and what a new word keeps of its
# characters; how often a new word is taken to be said, so that it is not cut apart.
_SAME, _MATTER, _SPELT = 2.0, 1.0, 0.5
_SAID = 300
_WHOLE = 36  # measured: as many right as with a grain seven times as fine, and half the file


def main() -> None:
    """Read, factorise, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--wordnet", type=Path, default=Path("/usr/share/wordnet"), help="WordNet's data files"
    )
    wordnet = parser.parse_args().wordnet
    logarithms, total = dictionary()
    frequency = {word: round(math.exp(often)) for word, often in logarithms.items() if often >= 0}
    chinese = sources.chinese(frozenset(w for w, n in frequency.items() if n >= _FREQUENT))
    english = sources.english(wordnet)
    print(f"{len(chinese)} Chinese words, {len(english)} English stems", file=sys.stderr)
    known = _directions(chinese, english)
    groups = sources.everyday(_EVERYDAY)
    words = sorted({*known, *(word for group in groups for word in group.words)})
    whole = sources.whole(wordnet)
    table = _joined(words, known, encoder.places([whole.get(word, word) for word in words]))
    _draw_together(table, groups)
    rounded = np.rint(np.array([table[w] for w in words]) * _WHOLE).clip(-127, 127).astype(np.int8)
    said = (max(1 if w in known else _SAID, frequency.get(w, 0)) for w in words)
    costs = [round(math.log(total / times), 2) for times in said]
    text = np.frombuffer("\n".join(words).encode(), np.uint8)
    np.savez_compressed(_OUT, words=text, costs=np.array(costs, np.float32), directions=rounded)
    print(f"{_OUT.name}: {len(words)} words", file=sys.stderr)


def _directions(chinese: sources.Explained, english: sources.Explained) -> dict[str, Any]:
    """Word → direction of norm 1, by a truncated singular value decomposition of words × explanations."""
    explains = Counter(s for found in (*chinese.values(), *english.values()) for s in found)
    by_chinese = Counter(s for found in chinese.values() for s in found)
    stems = {s: n for n, s in enumerate(s for s, count in explains.items() if count >= _EXPLAINS)}
    english = {s: found for s, found in english.items() if by_chinese[s] >= _ENGLISH_EXPLAINS}
    rows = [*chinese, *english]
    left, sizes, right = randomized_svd(
        _matrix(chinese, english, stems), _DIRECTIONS, n_iter=4, random_state=_SEED
    )
    of_rows, of_stems = _unit(left * np.sqrt(sizes)), _unit(right.T[: len(stems)] * np.sqrt(sizes))
    table = dict(zip(rows, of_rows, strict=True))
    for one, n in stems.items():
        if one in english:
            table[one] = _unit((table[one] + of_stems[n])[None])[0]
        elif by_chinese[one] >= _ENGLISH_EXPLAINS:
            table[one] = of_stems[n]
    return table


def _joined(words: Sequence[str], known: Mapping[str, Any], places: Any) -> dict[str, Any]:
    """Word → direction of norm 1, of what explains it, else its characters, and of its place, by a principal
    component analysis."""
    explained = np.array([known[word] if word in known else _spelt(word, known) for word in words])
    both = _unit(np.hstack((explained, _PLACED * places)))
    spread, axes = np.linalg.eigh(both.T @ both / len(both))
    widest = axes[:, -_DIRECTIONS:] / spread[-_DIRECTIONS:] ** _NARROWED
    return dict(zip(words, _unit(both @ widest), strict=True))


def _spelt(word: str, known: Mapping[str, Any]) -> Any:
    """What a new word has of its characters."""
    parts = [] if word.isascii() else [known[char] for char in word if char in known]
    return _SPELT * sum(parts, np.zeros(_DIRECTIONS)) / math.sqrt(len(parts) or 1)


def _draw_together(table: dict[str, Any], groups: Sequence[sources.Group]) -> None:
    """Draw the words of each group towards where the others of it lie."""
    pull = {word: (np.zeros(_DIRECTIONS), np.zeros(_DIRECTIONS)) for group in groups for word in group.words}
    for same, words in groups:
        whole = sum(table[word] for word in words)
        for word in words:
            pull[word][same][:] += _unit((whole - table[word])[None])[0]
    for word, (matter, meaning) in pull.items():
        drawn = table[word] + _SAME * _unit(meaning[None])[0] + _MATTER * _unit(matter[None])[0]
        table[word] = _unit(drawn[None])[0]


def _matrix(chinese: sources.Explained, english: sources.Explained, stems: Mapping[str, int]) -> Any:
    """Words × (stems, characters), rarer columns heavier, rows of norm 1."""
    characters: dict[str, int] = {}
    cells: list[tuple[int, int, float]] = []
    for row, (word, found) in enumerate(itertools.chain(chinese.items(), english.items())):
        factor = _ENGLISH if word.isascii() else 1.0
        cells += [(row, stems[s], factor * math.sqrt(n)) for s, n in found.items() if s in stems]
        if not word.isascii():
            share = _CHARACTERS / math.sqrt(len(word))
            for char in sorted(set(word)):
                cells.append((row, len(stems) + characters.setdefault(char, len(characters)), share))
        elif word in stems:
            cells.append((row, stems[word], _ITSELF))
    at, to, values = zip(*cells, strict=True)
    shape = (len(chinese) + len(english), len(stems) + len(characters))
    counts = sparse.csr_matrix((np.array(values, np.float32), (at, to)), shape)
    rarity = np.log(shape[0] / np.maximum(1, np.bincount(counts.indices, minlength=shape[1])))
    weighed = sparse.csr_matrix(counts.multiply(rarity[None].astype(np.float32)))
    norms = np.sqrt(np.asarray(weighed.multiply(weighed).sum(1)).ravel())
    return sparse.csr_matrix(sparse.diags(1 / np.maximum(norms, 1e-9)) @ weighed, dtype=np.float32)


def _unit(rows: Any) -> Any:
    return rows / np.maximum(np.linalg.norm(rows, axis=1), 1e-9)[:, None]


if __name__ == "__main__":
    main()
