"""An index as bytes and back, so that a release starts without learning again."""

import io
import zipfile
import zlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from bot.matching.index import Index, inverse_frequency
from bot.matching.lexicon import Lexicon
from bot.matching.linear import Weights

_BREAK = "\n"


def dump(index: Index) -> bytes:
    """The index without its lexicon; the same index gives the same bytes (uncompressed)."""
    weights = index.weights
    buffer = io.BytesIO()
    np.savez(
        buffer,
        intents=_text(index.intents),
        features=_text(index.features),
        counts=index.counts,
        phrasings=_text(phrasing for group in index.phrasings for phrasing in group),
        groups=np.array([len(group) for group in index.phrasings], np.int32),
        unit=np.array([weights.unit]),
        lengths=np.diff(weights.start).astype(np.uint16),
        cols=weights.cols.astype(np.uint16),
        data=weights.data,
        total=np.array([index.total]),
    )
    return buffer.getvalue()


def pack(plain: bytes) -> bytes:
    """Bytes made smaller for the database."""
    return zlib.compress(plain, 6)


def unpack(packed: bytes) -> bytes:
    """The bytes that `pack` made smaller. ValueError where they are damaged."""
    try:
        return zlib.decompress(packed)
    except (zlib.error, TypeError) as error:
        raise ValueError(f"the stored index is damaged: {error}") from error


def load(plain: bytes, lexicon: Lexicon) -> Index:
    """The index that `dump` wrote. ValueError where the bytes do not fit."""
    try:
        return _load(plain, lexicon)
    except (KeyError, IndexError, EOFError, OSError, zipfile.BadZipFile) as error:
        raise ValueError(f"the stored index is damaged: {error!r}") from error


def _load(plain: bytes, lexicon: Lexicon) -> Index:
    with np.load(io.BytesIO(plain), allow_pickle=False) as stored:
        features = {f: i for i, f in enumerate(_lines(stored["features"]))}
        start = np.concatenate(([0], np.cumsum(stored["lengths"], dtype=np.int64)))
        weights = Weights(float(stored["unit"][0]), start, stored["cols"].astype(np.int32), stored["data"])
        ends = np.cumsum(stored["groups"])
        flat = _lines(stored["phrasings"])
        groups = tuple(tuple(flat[e - n : e]) for e, n in zip(ends, stored["groups"], strict=True))
        counts = stored["counts"]
        total = int(stored["total"][0]) if "total" in stored else len(flat)  # older ones lack it
        intents = tuple(_lines(stored["intents"]))
    return Index(lexicon, intents, features, counts, inverse_frequency(counts, total), weights, groups, total)


def _text(lines: Iterable[str]) -> NDArray[np.uint8]:
    return np.frombuffer(_BREAK.join(lines).encode(), np.uint8)


def _lines(array: NDArray[np.uint8]) -> list[str]:
    return array.tobytes().decode().split(_BREAK)
