"""What people read stands in knowledge/ and bot/pages: no sentence in the code, none unused, none missing."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.catalogue.sentences import BLANKS, blanks_of
from bot.conversation.turn import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "bot").rglob("*.py"))

# These hold the words that normalising, masking and tests of small changes are about; nobody reads them.
NOBODY_READS = ("text/", "staff/perturbation")
# 以上, 至少, 最多 and the like, which a figure is written with, are no sentences.
LONGEST_WORD = 2
_CHINESE = re.compile(r"[㐀-鿿]+")


def exempt(path: Path) -> bool:
    return path.relative_to(ROOT / "bot").as_posix().startswith(NOBODY_READS)


def strings(tree: ast.Module) -> Iterator[ast.Constant]:
    """Every string of a module but docstrings and the patterns of regular expressions."""
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re."):
            skipped.update(id(inner) for inner in ast.walk(node))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield node


@pytest.mark.parametrize("path", [p for p in SOURCES if not exempt(p)], ids=lambda p: p.stem)
def test_no_sentence_stands_in_the_code(path: Path) -> None:
    for node in strings(ast.parse(path.read_text("utf-8"))):
        longest = max((len(run) for run in _CHINESE.findall(node.value)), default=0)
        assert longest <= LONGEST_WORD, f"{path}:{node.lineno}: {node.value!r} belongs into a file of words"


def test_the_exemptions_exist() -> None:
    assert all(any((ROOT / "bot").glob(f"{name.rstrip('/')}*")) for name in NOBODY_READS)
    assert len(SOURCES) > 50


def said_keys(call: ast.Call) -> Iterator[tuple[str, frozenset[str] | None]]:
    """(pattern of the key, blanks filled) of a call that says a sentence; None: whatever `said` fills."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name not in ("say", "said", "domain_menu") or not call.args:
        return
    pattern = key_pattern(call.args[0])
    if pattern:
        yield pattern, frozenset(k.arg or "" for k in call.keywords) if name == "say" else None


def key_pattern(node: ast.expr) -> str:
    """A key as a regular expression: `gap-{kind}` stands for the whole family; empty for a variable."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.escape(node.value)
    if isinstance(node, ast.IfExp):
        return f"(?:{key_pattern(node.body)}|{key_pattern(node.orelse)})"
    if isinstance(node, ast.JoinedStr):
        return "".join(re.escape(v.value) if isinstance(v, ast.Constant) else r"\w+" for v in node.values)
    return ""


def uses() -> list[tuple[str, frozenset[str] | None]]:
    trees = [ast.parse(path.read_text("utf-8")) for path in SOURCES]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    commands = [(re.escape(key), None) for key in COMMANDS.values()]
    return [use for call in calls for use in said_keys(call)] + commands


USES = uses()
BY_SAID = frozenset({"phone"})


def knowledge_file(name: str) -> dict:
    return YAML(typ="safe").load((ROOT / "knowledge" / name).read_text("utf-8"))


REPLIES = knowledge_file("replies.yaml")
SMALL_TALK = {talk["reply"] for talk in knowledge_file("smalltalk.yaml")["smalltalk"]}


@pytest.mark.parametrize(("pattern", "filled"), USES)
def test_every_sentence_said_is_declared_with_just_its_blanks(
    pattern: str, filled: frozenset[str] | None
) -> None:
    keys = [key for key in BLANKS if re.fullmatch(pattern, key)]
    assert keys, f"no sentence is declared for {pattern}"
    for key in keys:
        assert BLANKS[key] == (BY_SAID if filled is None else filled), key


@pytest.mark.parametrize("key", BLANKS)
def test_every_declared_sentence_is_said(key: str) -> None:
    assert any(re.fullmatch(pattern, key) for pattern, _ in USES)


def test_the_file_holds_just_the_sentences_said() -> None:
    assert set(REPLIES) == set(BLANKS) | SMALL_TALK
    assert SMALL_TALK


@pytest.mark.parametrize("key", REPLIES)
def test_a_sentence_holds_only_blanks_that_are_filled(key: str) -> None:
    assert blanks_of(REPLIES[key]) <= BLANKS.get(key, BY_SAID)


def test_uses_were_found() -> None:
    assert len(USES) > 20
