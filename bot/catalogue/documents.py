"""Knowledge files as documents, put together as one catalogue's fields, with the way back to their lines."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

Location = tuple[int | str, ...]

CODES: Mapping[str, str] = {
    "encoding": "文件不是 UTF-8 文字",
    "syntax": "YAML 写法不对",
    "unknown-file": "不认识的文件",
    "missing-file": "缺一个必须有的文件",
    "unknown-field": "字段名不认识",
    "missing-field": "缺一个必须有的字段",
    "bad-value": "值不对:太长、格式不对、不在可选的里面",
    "file-name": "文件名与 id 不同",
    "wrong-folder": "文件夹与出处的部分不同",
    "duplicate-id": "同一个 id 用了两次",
    "unknown-organization": "责任单位没有登记",
    "unknown-contact": "电话没有登记",
    "unknown-service": "提到的服务不存在",
    "duplicate-phrasing": "同一句问法写在两处",
    "few-phrasings": "问法太少",
    "unlisted-number": "没有登记的电话号码",
    "unlisted-figure": "文字里的数字不在 figures 里",
    "too-long": "答案太长",
    "overdue": "过了该核对的日期",
    "bad-dates": "日期前后颠倒",
    "orphan-example": "例句文件没有对应的服务",
    "no-examples": "服务没有例句文件",
    "few-examples": "例句太少",
    "copied-example": "例句照抄了问法",
    "unknown-group": "没有这一组词",
    "too-many-wordings": "一条里的说法太多",
    "bad-reply": "固定的话缺了、多了,或花括号里的词不对",
}
"""What each code of a fault means, for staff."""


class Document(NamedTuple):
    """One knowledge file: its path below knowledge/, its data, and where each part stands."""

    path: str
    data: Any
    line_of: Callable[[Location], int]


class Fault(NamedTuple):
    """One thing that is wrong, where, and what to do; `place` leads to it within the document's data."""

    code: str
    path: str
    line: int
    message: str
    place: Location = ()

    def __str__(self) -> str:
        return f"[{self.code}] {self.path}:{self.line}: {self.message}"


LISTS: Mapping[str, tuple[str, ...]] = {
    "domains.yaml": ("domains",),
    "contacts.yaml": ("contacts", "organizations"),
    "signposts.yaml": ("signposts",),
    "elsewhere.yaml": ("elsewhere",),
    "smalltalk.yaml": ("smalltalk",),
    "followups.yaml": ("followups",),
    "urgent.yaml": ("groups", "emergencies"),
}
"""Path → the keys under which it has lists of records with an id; a record's kind is called like its key."""
PLAIN: Mapping[str, tuple[str, ...]] = {"urgent.yaml": ("lookalikes",)}
"""Path → the keys under which it has a plain list, which is one record with the field `lines`."""
_FIELDS = {"elsewhere": "signposts"}  # keys that the catalogue holds in a field of another name
_NEEDED = ("plan.yaml", "domains.yaml", "contacts.yaml", "replies.yaml", "cues.yaml", "confidence.yaml")


class Parts(NamedTuple):
    """The documents put together as one Catalogue's fields, and the way back to their lines."""

    raw: dict[str, Any]
    places: dict[str, list[tuple[Document, Location]]]

    def locate(self, loc: Location) -> tuple[Document | None, Location]:
        """The document and the place in it that a place in the catalogue came from."""
        found = self.places.get(str(loc[0])) if loc else None
        if not found:
            return None, loc
        if len(loc) > 1 and isinstance(loc[1], int) and isinstance(self.raw[str(loc[0])], list):
            document, prefix = found[loc[1]]
            return document, (*prefix, *loc[2:])
        return found[0][0], loc[1:]


def gather(documents: Sequence[Document], faults: list[Fault]) -> Parts:
    """Put the documents together; what does not fit in at all becomes a fault."""
    raw: dict[str, Any] = {"services": []}
    places: dict[str, list[tuple[Document, Location]]] = {"services": []}
    paths = {d.path for d in documents}
    faults.extend(
        Fault("missing-file", name, 1, "缺这个文件,请补上") for name in _NEEDED if name not in paths
    )
    for document in documents:
        _gather_one(document, raw, places, faults)
    return Parts(raw, places)


def _gather_one(
    document: Document,
    raw: dict[str, Any],
    places: dict[str, list[tuple[Document, Location]]],
    faults: list[Fault],
) -> None:
    path, data = document.path, document.data
    if path.startswith("services/"):
        raw["services"].append(data)
        places["services"].append((document, ()))
    elif path in LISTS:
        _gather_lists(document, raw, places, faults)
    elif path == "synonyms.yaml":
        groups = _mapping(document, faults)
        raw["concepts"] = [{"id": k, "words": v} for k, v in groups.items()]
        places["concepts"] = [(document, (k,)) for k in groups]
    elif path == "words.txt":
        raw["words"], places["words"] = data, [(document, (i,)) for i in range(len(data))]
    elif path in ("plan.yaml", "replies.yaml", "cues.yaml", "confidence.yaml"):
        field = path.split(".")[0]
        raw[field], places[field] = data, [(document, ())]
    elif not path.startswith("examples/") and path != "known_failures.yaml":
        faults.append(Fault("unknown-file", path, 1, "不认识这个文件,请删掉或移到该放的地方"))


def _gather_lists(
    document: Document,
    raw: dict[str, Any],
    places: dict[str, list[tuple[Document, Location]]],
    faults: list[Fault],
) -> None:
    path = document.path
    fields = {key: _FIELDS.get(key, key) for key in (*LISTS[path], *PLAIN.get(path, ()))}
    for key, rows in _mapping(document, faults).items():
        # A line is looked up for a fault only: for files kept in a release it means parsing them again.
        if key not in fields:
            line, message = document.line_of((key,)), f"没有“{key}”这个字段,请删掉"
            faults.append(Fault("unknown-field", path, line, message, (key,)))
            continue
        if not isinstance(rows, list):
            line, message = document.line_of((key,)), f"{key} 应该是一项一项的列表,请改正"
            faults.append(Fault("bad-value", path, line, message, (key,)))
            continue
        raw.setdefault(fields[key], []).extend(rows)
        places.setdefault(fields[key], []).extend((document, (key, i)) for i in range(len(rows)))


def _mapping(document: Document, faults: list[Fault]) -> dict[str, Any]:
    if isinstance(document.data, dict):
        return document.data
    faults.append(Fault("bad-value", document.path, 1, "整个文件应该写成“字段: 内容”,请改正"))
    return {}
