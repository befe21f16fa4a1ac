"""`python scripts/meanings [--wordnet FOLDER]`: both dictionaries into one table of directions."""

import argparse
import itertools
import math
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.utils.extmath import randomized_svd

from bot.text.cut import dictionary
from scripts.dictionaries import sources

_OUT = Path(__file__).resolve().parents[2] / "bot" / "matching" / "meanings.npz"
_DIRECTIONS = 192
_SEED = 20211228
_FREQUENT = 10  # times in jieba's count
_EXPLAINS = 3  # words that a stem must explain to be looked at
_ENGLISH_EXPLAINS = 2  # Chinese words that an English stem must explain to be kept
_CHARACTERS, _ENGLISH, _ITSELF = 0.5, 0.7, 1.4
_WHOLE = 36  # measured: as many right as with a grain seven times as fine, and half the file


def main() -> None:
    """Read, factorise, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--wordnet", type=Path, default=Path("/usr/share/wordnet"), help="WordNet's data files"
    )
    wordnet = parser.parse_args().wordnet
    frequency, total = dictionary()
    chinese = sources.chinese(frozenset(w for w, n in frequency.items() if n >= _FREQUENT))
    english = sources.english(wordnet)
    print(f"{len(chinese)} Chinese words, {len(english)} English stems", file=sys.stderr)
    table = _directions(chinese, english)
    words = sorted(table)
    rounded = np.rint(np.array([table[w] for w in words]) * _WHOLE).clip(-127, 127).astype(np.int8)
    costs = [round(math.log(total / max(1, frequency.get(w, 0))), 2) for w in words]
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
