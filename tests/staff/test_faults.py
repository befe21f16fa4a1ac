"""Every reason why knowledge is refused has a sentence for staff, and every sentence a reason."""

import ast
from pathlib import Path

import pytest

from bot.catalogue.advice import REASONS, advice
from bot.catalogue.documents import Fault, Reason
from bot.staff.faults import as_line, told, words

ROOT = Path(__file__).resolve().parent.parent.parent
BLANKS = {"max_length": 5, "min_length": 2, "ge": 1, "le": 9, "choices": ["≥", "="]}


def strings_of_the_core() -> set[str]:
    paths = (*(ROOT / "bot/catalogue").glob("*.py"), ROOT / "bot/staff/files.py")
    trees = [ast.parse(path.read_text("utf-8")) for path in paths]
    nodes = (node for tree in trees for node in ast.walk(tree))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_no_sentence_is_left_over() -> None:
    assert len(words()["reasons"]) > 40
    assert not words()["reasons"].keys() - strings_of_the_core()


@pytest.mark.parametrize("key", sorted(REASONS))
def test_every_reason_of_a_value_is_told(key: str) -> None:
    assert told(Reason(key, BLANKS))


@pytest.mark.parametrize(
    ("kind", "context", "says"),
    [
        ("string_too_long", {"max_length": 200}, "太长了，最多 200 字"),
        ("literal_error", {"expected": "'≥', '=', '≤' or '约'"}, "只能是 ≥、=、≤、约 里的一个"),
        ("string_pattern_mismatch", {"pattern": r"^https://\S+$"}, "要以 https:// 开头，中间不能有空格"),
        ("string_pattern_mismatch", {"pattern": "^x$"}, "值不对，请照别处的样子改"),
        ("no such kind", {}, "值不对，请照别处的样子改"),
    ],
)
def test_a_value_is_told_with_its_limits(kind: str, context: dict[str, object], says: str) -> None:
    assert told(advice(kind, context)) == says


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        (
            Fault("bad-value", "words.txt", 4, Reason("text-long", {"max_length": 200}), ("words", 1)),
            "[bad-value] words.txt:4: words.1:太长了，最多 200 字",
        ),
        (
            Fault("bad-value", "a.yaml", 1, Reason("no-parts")),
            "[bad-value] a.yaml:1: 文件:这里要分开写成几样",
        ),
        (
            Fault("no-examples", "a.yaml", 2, Reason("no-examples"), ("id",)),
            "[no-examples] a.yaml:2: 还没有例句，请补上",
        ),
        (
            Fault(
                "bad-reply", "r.yaml", 3, Reason("reply-blanks", {"unfilled": ["{a}", "{b}"], "allowed": []})
            ),
            "[bad-reply] r.yaml:3: 没有东西填 {a}、{b}；这一句能用的：没有",
        ),
    ],
)
def test_a_fault_is_one_line(fault: Fault, line: str) -> None:
    assert as_line(fault) == line
