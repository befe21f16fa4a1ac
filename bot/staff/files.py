"""The knowledge folder as documents: YAML read with its line numbers."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from bot.catalogue.documents import Document, Fault, Location
from bot.errors import InputError


def yaml_files(folder: Path) -> list[Path]:
    """Every knowledge file, in a fixed order."""
    found = [p for p in folder.rglob("*") if p.suffix in (".yaml", ".txt") and p.is_file()]
    return sorted(found, key=lambda p: p.relative_to(folder).as_posix())


def read_documents(
    folder: Path, progress: Callable[[int, int], None] = lambda done, total: None
) -> tuple[list[Document], list[Fault]]:
    """All knowledge files of a folder, and a fault for each that cannot be read.

    Raises InputError where the folder is missing or empty.
    """
    paths = yaml_files(folder) if folder.is_dir() else []
    if not paths:
        raise InputError(f"{folder}: no knowledge files here")
    documents, faults = [], []
    for done, path in enumerate(paths, 1):
        name = path.relative_to(folder).as_posix()
        try:
            documents.append(read_document(path, name))
        except UnicodeDecodeError:
            faults.append(Fault("encoding", name, 1, "不是 UTF-8 文字,请另存为 UTF-8"))
        except MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            faults.append(Fault("syntax", name, line, f"YAML 写法不对:{error.problem}"))
        except YAMLError as error:
            faults.append(Fault("syntax", name, 1, f"YAML 写法不对:{error}"))
        progress(done, len(paths))
    return documents, faults


def read_document(path: Path, name: str) -> Document:
    """One knowledge file under the name it has below the folder."""
    text = path.read_text("utf-8")
    if path.suffix == ".txt":
        lines = {i: w for i, line in enumerate(text.splitlines(), 1) if (w := line.partition("#")[0].strip())}
        numbers = list(lines)
        return Document(name, list(lines.values()), lambda loc: numbers[int(loc[0])] if loc else 1)
    data = YAML(typ="rt").load(text)
    return Document(name, data, lambda loc: line_of(data, loc))


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
