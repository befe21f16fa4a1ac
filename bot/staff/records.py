"""Records inside knowledge files: found, read as plain data, changed with comments and layout kept.

A knowledge file travels as text. `changed` touches only what differs, so the same data gives back the
same bytes, and a draft shows no difference nobody made.
"""

import io
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from bot.catalogue.model import Contact, Organization, Record, Service, Signpost
from bot.staff.files import round_trip

Data = dict[str, Any]


class Kind(NamedTuple):
    """A kind of record: the file that lists it and under which key (none for a file of its own)."""

    path: str
    within: str
    model: type[Record] | None


KINDS: Mapping[str, Kind] = {
    "service": Kind("services/{domain}/{id}.yaml", "", Service),
    "example": Kind("examples/{domain}/{id}.yaml", "", None),
    "contact": Kind("contacts.yaml", "contacts", Contact),
    "organization": Kind("contacts.yaml", "organizations", Organization),
    "signpost": Kind("signposts.yaml", "signposts", Signpost),
    "synonym": Kind("synonyms.yaml", "", None),
    "reply": Kind("replies.yaml", "", None),
}


def path_of(kind: str, id_: str, domain: str = "") -> str:
    """The file a record stands in."""
    return KINDS[kind].path.format(id=id_, domain=domain)


def read(text: str, kind: str, id_: str) -> Data | None:
    """A record of a file as plain data; None where it is not there.

    A synonym is {"words": […]}, a reply {"text": …}.
    """
    node = _find(_load(text), kind, id_)
    if node is None:
        return None
    if kind == "synonym":
        return {"words": [str(w) for w in node]}
    return {"text": str(node)} if kind == "reply" else plain(node)


def identities(text: str, kind: str) -> list[str]:
    """The ids (or keys) of a list file's records, in the file's order."""
    whole = _load(text)
    within = KINDS[kind].within
    return [str(row["id"]) for row in whole.get(within) or ()] if within else [str(k) for k in whole]


def changed(text: str, kind: str, id_: str, data: Data | None) -> str:
    """The file with one record as these data say: changed, added where it was not, gone for None.

    For a service or its examples the file is the record, and is written new where the text is empty.
    """
    whole = _load(text)
    if kind in ("service", "example"):
        return _dump(_merged(whole, data or {}, KINDS[kind].model))
    if kind in ("synonym", "reply"):
        _set_key(whole, id_, None if data is None else data["words" if kind == "synonym" else "text"])
    else:
        _set_row(whole, kind, id_, data)
    return _dump(whole)


def plain(node: Any) -> Any:
    """YAML's nodes as plain Python data."""
    if isinstance(node, Mapping):
        return {str(k): plain(v) for k, v in node.items()}
    if isinstance(node, list):
        return [plain(v) for v in node]
    if isinstance(node, bool | date) or node is None:
        return node
    if isinstance(node, int):
        return int(node)
    return Decimal(str(node)) if isinstance(node, float) else str(node)


def _find(whole: Any, kind: str, id_: str) -> Any:
    if kind in ("service", "example"):
        return whole or None
    if not KINDS[kind].within:
        return whole.get(id_)
    rows = whole.get(KINDS[kind].within) or ()
    return next((row for row in rows if str(row["id"]) == id_), None)


def _set_key(whole: CommentedMap, key: str, value: Any) -> None:
    if value is None:
        whole.pop(key, None)
    else:
        whole[key] = _node(whole.get(key), value)


def _set_row(whole: CommentedMap, kind: str, id_: str, data: Data | None) -> None:
    rows = whole.setdefault(KINDS[kind].within, CommentedSeq())
    at = next((i for i, row in enumerate(rows) if str(row["id"]) == id_), len(rows))
    if data is None:
        del rows[at : at + 1]
    elif at == len(rows):
        rows.append(_merged(CommentedMap(), data, KINDS[kind].model))
    else:
        _merged(rows[at], data, KINDS[kind].model)


def _merged(node: CommentedMap, data: Data, model: type[Record] | None) -> CommentedMap:
    """Put the data into a mapping; a key that was not there goes where the model has it."""
    order = list(model.model_fields) if model else list(data)
    for name, value in data.items():
        empty = value is None or value == "" or (isinstance(value, list) and not value)
        if empty and (name not in node or _optional(model, name)):
            node.pop(name, None)
        elif name in node:
            if plain(node[name]) != value:
                node[name] = _node(node[name], value)
        else:
            node.insert(_position(node, name, order), name, _node(None, value))
    return node


def _optional(model: type[Record] | None, name: str) -> bool:
    return model is not None and not model.model_fields[name].is_required()


def _position(node: CommentedMap, name: str, order: Sequence[str]) -> int:
    before = set(order[: order.index(name)])
    return max((i + 1 for i, key in enumerate(node) if key in before), default=0)


def _node(old: Any, value: Any) -> Any:
    """A value as YAML's node; what the old node already holds keeps its quotes and comments."""
    if isinstance(value, Mapping):
        return _merged(old if isinstance(old, CommentedMap) else CommentedMap(), dict(value), None)
    if isinstance(value, list):
        return _sequence(old if isinstance(old, CommentedSeq) else CommentedSeq(), value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _sequence(old: CommentedSeq, values: Sequence[Any]) -> CommentedSeq:
    """The sequence with these items, changed in place so that comments between them stay."""
    known = [(plain(item), item) for item in old]
    kept = {repr(was): item for was, item in known}
    for i, value in enumerate(values):
        node = kept.get(repr(value))
        node = _node(None, value) if node is None else node
        if i < len(old):
            old[i] = node
        else:
            old.append(node)
    del old[len(values) :]
    return old


def _load(text: str) -> Any:
    found = round_trip().load(text)
    return CommentedMap() if found is None else found


def _dump(whole: Any) -> str:
    out = io.StringIO()
    round_trip().dump(whole, out)
    return out.getvalue()
