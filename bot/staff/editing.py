"""One record of the knowledge changed, every other line of its file left as it was."""

import io
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from difflib import SequenceMatcher
from itertools import takewhile
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from bot.catalogue.documents import LISTS, PLAIN
from bot.catalogue.examples import TALK, Example, NearMiss, Opening
from bot.catalogue.model import Figure, Record, Source
from bot.catalogue.records import FILES, MAPPINGS, SINGLE, Address, Fields
from bot.catalogue.shapes import SHAPES
from bot.errors import InputError
from bot.staff.files import round_trip

_INNER: Mapping[str, type[Record]] = {
    "figures": Figure,
    "source": Source,
    "examples": Example,
    "near_misses": NearMiss,
    "openings": Opening,
}
_EMPTY: tuple[Any, ...] = (None, [], ())
_MOST_PAIRS = 20_000  # of an item with one like it: a list of so many different ones takes a second
_DATES = frozenset(
    {"checked_on", "due_on", "valid_from", "valid_through", "issued_on", "article_published_on"}
)


def path_of(address: Address, folder: str = "") -> str:
    """The file a record stands in; `folder` is the domain's, for a service and its examples."""
    if address.kind == "talk":
        return f"{TALK}{address.id}.yaml"
    if address.kind in ("services", "examples"):
        return f"{address.kind}/{folder}/{address.id}.yaml"
    if address.kind in SINGLE:
        return f"{address.kind}.yaml"
    if address.kind == "words":
        return "words.txt"
    for path, kinds in (*LISTS.items(), *PLAIN.items()):
        if address.kind in kinds:
            return path
    for path, (kind, _) in MAPPINGS.items():
        if kind == address.kind:
            return path
    raise InputError(f"there is no kind of record called {address.kind}")


def edited(text: str | None, path: str, address: Address, fields: Fields | None) -> str | None:
    """A file's text with one record as in `fields` (None: taken away), new where it was not there.

    A service's or examples' file itself comes and goes: None for no file.
    """
    return edited_together(text, path, {address: fields})


def edited_together(text: str | None, path: str, edits: Mapping[Address, Fields | None]) -> str | None:
    """A file's text with several of its records as given, read and written only once."""
    if path == "words.txt":
        for address, fields in edits.items():
            text = _word(text or "", address, fields)
        return text
    if any(a.kind in FILES and fields is None for a, fields in edits.items()):
        return None
    yaml = round_trip()
    said = yaml.load(text) if text else None
    data = CommentedMap() if said is None else said
    for address, fields in edits.items():
        _apply(data, path, address, fields)
    out = io.StringIO()
    if said is None:  # where a file has nothing but remarks, they go with no data
        remarks = (line for line in io.StringIO(text or "") if line.lstrip()[:1] in ("", "#"))
        out.writelines(f"{line.rstrip()}\n" for line in remarks)
    yaml.dump(data, out)
    return out.getvalue()


def _word(text: str, address: Address, fields: Fields | None) -> str:
    if fields is not None and not _is_line(str(fields["word"])):
        raise InputError(f"{address}: a word has no # and stands on one line", "word-line")
    lines = text.splitlines(keepends=True)
    new = [] if fields is None else [f"{fields['word']}\n"]
    at = [i for i, line in enumerate(lines) if line.partition("#")[0].strip() == address.id]
    if at:
        lines[at[0] : at[0] + 1] = new
    else:
        if lines and not lines[-1].endswith("\n"):
            lines[-1] += "\n"
        lines += new
    return "".join(lines)


def _is_line(word: str) -> bool:
    """Whether a word, or none, comes back as it is from a line of its own, where a # begins a remark."""
    return word.partition("#")[0].strip() == word and len(word.splitlines()) <= 1


def _apply(data: CommentedMap, path: str, address: Address, fields: Fields | None) -> None:
    if path in MAPPINGS:
        _apply_key(data, address.id, None if fields is None else fields[MAPPINGS[path][1]])
    elif address.kind in PLAIN.get(path, ()):
        _apply_key(data, address.kind, None if fields is None else fields["lines"])
    elif path in LISTS:
        _apply_listed(data, address, fields)
    else:
        _update(data, fields or {}, SHAPES.get(address.kind))


def _apply_key(data: CommentedMap, key: str, value: Any) -> None:
    if value is None:
        data.pop(key, None)
    elif isinstance(data.get(key), CommentedSeq):
        _update_list(data[key], value, None)
    else:
        data[key] = _made(value, "")


def _apply_listed(data: CommentedMap, address: Address, fields: Fields | None) -> None:
    rows = data.setdefault(address.kind, CommentedSeq())
    at = next((i for i, row in enumerate(rows) if str(row.get("id")) == address.id), None)
    if fields is None:
        if at is not None:
            del rows[at]
    elif at is None:
        made = CommentedMap()
        _update(made, fields, SHAPES[address.kind])
        rows.append(made)
    else:
        _update(rows[at], fields, SHAPES[address.kind])


def _update(data: CommentedMap, fields: Fields, model: type[Record] | None) -> None:
    """Make a mapping say what `fields` say; new keys come where the model has them, emptied ones go."""
    order = list(model.model_fields) if model else list(fields)
    for name in [n for n, v in data.items() if n not in fields or (fields[n] in _EMPTY and v not in _EMPTY)]:
        del data[name]
    for name, value in fields.items():
        if value in _EMPTY:
            continue
        if name not in data:
            data.insert(_position(data, name, order), name, _made(value, name))
        elif isinstance(data[name], CommentedSeq) and isinstance(value, Sequence):
            _update_list(data[name], value, _INNER.get(name))
        elif isinstance(data[name], CommentedMap) and isinstance(value, Mapping):
            _update(data[name], value, _INNER.get(name))
        elif _plain(data[name]) != value:
            data[name] = _made(value, name)


def _position(data: CommentedMap, name: str, order: Sequence[str]) -> int:
    before = set(order[: order.index(name)]) if name in order else set(data)
    return max((i + 1 for i, key in enumerate(data) if key in before), default=0)


def _update_list(data: CommentedSeq, wanted: Sequence[Any], model: type[Record] | None) -> None:
    """Make a list say what `wanted` says, touching only the items that differ."""
    have = [_key(_plain(x)) for x in data]
    want = [_key(x) for x in wanted]
    for tag, i1, i2, j1, j2 in reversed(_steps(have, want)):
        if tag == "equal":
            continue
        if i2 - i1 == j2 - j1 and all(isinstance(x, Mapping) for x in (*data[i1:i2], *wanted[j1:j2])):
            for i, j in zip(range(i1, i2), range(j1, j2), strict=True):
                _update(data[i], wanted[j], model)
            continue
        for i in range(i2 - 1, i1 - 1, -1):
            del data[i]
        for j in range(j2 - 1, j1 - 1, -1):
            data.insert(i1, _made(wanted[j], "", model))


def _steps(have: Sequence[str], want: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    """From one list to another, as SequenceMatcher tells it; it takes for ever where many items are alike.

    Then all from the first to the last that differs is one step.
    """
    times = Counter(want)
    if sum(times[item] for item in have) <= _MOST_PAIRS:
        return SequenceMatcher(None, have, want, autojunk=False).get_opcodes()
    before = alike(have, want)
    behind = alike(have[before:][::-1], want[before:][::-1])
    return [("replace", before, len(have) - behind, before, len(want) - behind)]


def alike(some: Sequence[Any], others: Sequence[Any]) -> int:
    """How many are the same from the beginning."""
    same = takewhile(lambda pair: pair[0] == pair[1], zip(some, others, strict=False))
    return sum(1 for _ in same)


def _key(value: Any) -> str:
    return repr(sorted(value.items()) if isinstance(value, Mapping) else value)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return value
    return next(kind(value) for kind in (str, int, float) if isinstance(value, kind))


def _made(value: Any, name: str, model: type[Record] | None = None) -> Any:
    """A plain value as it should stand in a file: block style, dates as dates."""
    if isinstance(value, Mapping):
        made = CommentedMap()
        _update(made, value, model or _INNER.get(name))
        return made
    if isinstance(value, (list, tuple)):
        return CommentedSeq(_made(inner, "", _INNER.get(name)) for inner in value)
    if name in _DATES and isinstance(value, str):
        return _date(value)
    return value


def _date(value: str) -> date | str:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return value  # the check says what is wrong with it
