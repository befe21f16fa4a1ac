"""The knowledge folder as documents: YAML read with its line numbers."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from bot.catalogue.documents import Document, Fault, Location, Reason, is_knowledge
from bot.errors import InputError
from bot.staff.outline import Excerpt, Section, fitting
from bot.staff.progress import Progress, unreported
from bot.store.replacing import replacing
from bot.store.sources import SourceFile

_MOST_VALUES = 1_000_000  # of a file; ours have some ten thousand


@contextmanager
def working_in(folder: Path) -> Iterator[None]:
    """What cannot be read or written in a folder becomes an InputError that names it."""
    try:
        yield
    except OSError as error:
        raise InputError(f"{error.filename or folder}: {error.strerror}") from error


def yaml_files(folder: Path) -> list[Path]:
    """Every knowledge file, in a fixed order. InputError where the folder cannot be looked through."""
    with working_in(folder):  # a folder in it may just have gone
        found = [p for p in folder.rglob("*") if p.suffix in (".yaml", ".txt") and p.is_file()]
    return sorted(found, key=lambda p: p.relative_to(folder).as_posix())


def read_texts(folder: Path) -> tuple[dict[str, str], list[Fault]]:
    """The text of all knowledge files of a folder by path, byte for byte; a fault for each not in UTF-8.

    Raises InputError where the folder is missing, empty or may not be read.
    """
    paths = yaml_files(folder) if folder.is_dir() else []
    if not paths:
        raise InputError(f"{folder}: no knowledge files here")
    texts, faults = {}, []
    for path in paths:
        name = path.relative_to(folder).as_posix()
        try:
            texts[name] = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            faults.append(Fault("encoding", name, 1, Reason("encoding")))
        except OSError as error:
            raise InputError(f"{path}: {error.strerror}") from error
    return texts, faults


def read_documents(folder: Path, progress: Progress = unreported) -> tuple[list[Document], list[Fault]]:
    """All knowledge files of a folder, and a fault for each that cannot be read.

    Raises InputError where the folder is missing or empty.
    """
    texts, unreadable = read_texts(folder)
    documents, faults = parse_all(texts, progress)
    return documents, [*unreadable, *faults]


class Written(NamedTuple):
    """Knowledge written as files: how many were, and which others lay there, deleted or left alone."""

    files: int
    deleted: list[str]
    left: list[str]


def write_texts(folder: Path, texts: Mapping[str, str], marks: Mapping[str, str], prune: bool) -> Written:
    """Write knowledge files byte for byte, each whole or not at all; those that say it already stay.

    `marks` are written beside them, last: they tell what the others are. `prune` deletes others, but only
    where a knowledge file can lie. InputError where it cannot be done.
    """
    with working_in(folder):
        written = sum(write_file(folder / name, text.encode()) for name, text in texts.items())
        names = [path.relative_to(folder).as_posix() for path in yaml_files(folder)]
        others = [name for name in names if name not in texts]
        deleted = [name for name in others if prune and is_knowledge(name)]
        for name in deleted:
            (folder / name).unlink()
        for name, text in marks.items():
            write_file(folder / name, text.encode())
    return Written(written, deleted, [name for name in others if name not in deleted])


def write_file(path: Path, data: bytes) -> bool:
    """Write a file, making its folder, whole or not at all; whether it did not say just that already."""
    if path.is_file() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as fresh:
        fresh.write_bytes(data)
    return True


def parse_all(
    texts: Mapping[str, str], progress: Progress = unreported
) -> tuple[list[Document], list[Fault]]:
    """Texts by path as documents, and a fault for each whose syntax is wrong."""
    documents, faults = [], []
    for done, (name, text) in enumerate(texts.items(), 1):
        try:
            documents.append(parse(text, name))
        except MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            faults.append(Fault("syntax", name, line, Reason("syntax", {"problem": error.problem})))
        except YAMLError as error:
            faults.append(Fault("syntax", name, 1, Reason("syntax", {"problem": error})))
        progress(done, len(texts))
    return documents, faults


def read_document(path: Path, name: str) -> Document:
    """One knowledge file under the name it has below the folder. InputError where it cannot be read."""
    try:
        return parse(path.read_bytes().decode("utf-8"), name)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
    except (UnicodeDecodeError, YAMLError) as error:
        raise InputError(f"{path}: {error}") from error


def parse(text: str, name: str) -> Document:
    """The text of a knowledge file as a document. YAMLError where its syntax is wrong."""
    if name.endswith(".txt"):
        lines = {i: w for i, line in enumerate(text.splitlines(), 1) if (w := line.partition("#")[0].strip())}
        numbers = list(lines)
        return Document(name, list(lines.values()), lambda loc: numbers[int(loc[0])] if loc else 1)
    try:
        data = YAML(typ="rt").load(text)
    except (NotImplementedError, RecursionError) as error:  # comments it cannot keep; far too many levels
        raise YAMLError(str(error)) from error
    if "&" in text and _written_out(data, {}) > _MOST_VALUES:
        raise YAMLError("written out, what its aliases (*) stand for has no end")
    return Document(name, data, lambda loc: line_of(data, loc))


def _written_out(value: Any, known: dict[int, int]) -> int:
    """How many values there are with each alias written out; `known`: of what was counted, by its id."""
    if not isinstance(value, (dict, list)):
        return 1
    if id(value) not in known:
        inner = value.values() if isinstance(value, dict) else value
        known[id(value)] = 1 + sum(_written_out(one, known) for one in inner)
    return known[id(value)]


def source(document: Document, text: str) -> SourceFile:
    """A document as a release keeps it: its text, and what it says as JSON."""
    return SourceFile(text, json.dumps(document.data, ensure_ascii=False, default=str))


def document(path: str, kept: SourceFile) -> Document:
    """A kept file as a document; only where a line is asked for, the text around it is parsed."""
    data = json.loads(kept.parsed)
    sections = cache(lambda: fitting(kept.text, data))
    parsed = cache(lambda part: parse(part.alone(kept.text), path))

    def line(loc: Location) -> int:
        part, inner = _around(data, sections(), loc) or (Excerpt(0, len(kept.text)), loc)
        before = kept.text.count("\n", 0, part.start) - part.head.count("\n")
        return before + int(parsed(part).line_of(inner))

    return Document(path, data, line)


def _around(data: Any, sections: Sequence[Section], loc: Location) -> tuple[Excerpt, Location] | None:
    """The part of a file that a place is in, and the place within it."""
    if not loc or not sections or loc[0] not in data:
        return None
    section = sections[list(data).index(loc[0])]
    if not section.rows:
        return Excerpt(section.start, section.end), loc
    if len(loc) == 1:
        return Excerpt(section.start, section.start + len(section.head)), loc
    row = loc[1]
    known = isinstance(row, int) and row < len(section.rows)
    return (section.part(int(row), int(row)), (loc[0], 0, *loc[2:])) if known else None


def line_of(data: Any, location: Location) -> int:
    """The line, from 1, on which a part of a document stands (or its nearest known parent)."""
    line = 0
    for key in location:
        try:
            if isinstance(data, CommentedMap):
                line = data.lc.key(key)[0]
            elif isinstance(data, CommentedSeq) and isinstance(key, int):
                line = data.lc.item(key)[0]
            data = data[key]
        except (KeyError, IndexError, TypeError):
            break
    return int(line) + 1


def round_trip() -> YAML:
    """A YAML reader and writer that keeps comments, quotes and layout byte for byte."""
    yaml = YAML(typ="rt")
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.preserve_quotes = True
    yaml.width = 10_000
    return yaml
