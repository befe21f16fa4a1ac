"""A part of a file read, written and found by itself comes out as with the whole file, or not at all."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml.error import YAMLError
from tiny_knowledge import tiny

from bot.catalogue.documents import Location
from bot.catalogue.records import Address, Fields
from bot.staff.changing import record_texts
from bot.staff.editing import edited, path_of
from bot.staff.files import document, parse, source
from bot.staff.outline import fitting, outline
from bot.staff.rereading import reread
from bot.staff.snapshot import Snapshot, read_texts

PATH = "signposts.yaml"
TEXT = """\
# 前言
signposts:  # 规划以外的事
  # 第一件
  - id: passport
    name: "护照:
      办理"
    phrasings:
      - 护照怎么办  # 常见

      - '续 #签'
  - id: tax
    name: 税
    phrasings: [报税, 退税]
    note: |
      一行

  # 后面的
  - {id: bus, name: 公交}
"其他:":
- 一
- 二
-   三
空的: []
日子: 2026-11-23
"""
ODD = (
    "  - id: new\n",
    "      - 多一句\n",
    "- 四\n",
    "  - |+\n    长\n\n",
    "      又一行\n",
    "# 说明\n",
    "\n",
    "新: 1\n",
    "signposts:\n",
    "  - &a b\n",
    "  - *a\n",
    "---\n",
    "  - 'x\n",
    "  y'\n",
    "? 奇\n",
    "\t\n",
    "  - a: b: c\n",
    "  - 没有换行",
)


def whole(text: str) -> Any:
    """The file read whole, None where it cannot be."""
    try:
        return source(parse(text, PATH), text)
    except YAMLError:
        return None


@st.composite
def changed(draw: st.DrawFn) -> str:
    """The text with some lines taken away, doubled, or put in, or with a letter less."""
    lines = TEXT.splitlines(keepends=True)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(lines)))
        cut = draw(st.integers(0, 2))
        new = draw(st.lists(st.sampled_from((*ODD, *lines)), max_size=2))
        lines[at : at + cut] = new
    text = "".join(lines)
    at = draw(st.integers(0, len(text)))
    return (
        text[:at]
        + draw(st.sampled_from(("", "", "字", "- ", ":", "\n")))
        + text[at + draw(st.integers(0, 1)) :]
    )


@pytest.mark.filterwarnings("ignore::ruamel.yaml.error.ReusedAnchorWarning")
@settings(max_examples=300, deadline=None)
@given(changed())
def test_what_is_read_by_its_difference_is_what_the_whole_says(text: str) -> None:
    before = whole(TEXT)
    assert before is not None
    assert reread(before, text, PATH) in (None, whole(text))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("      - 护照怎么办  # 常见\n", "      - 护照怎么办\n      - 护照多少钱\n"),
        ("  - {id: bus, name: 公交}\n", ""),
        ("  - {id: bus, name: 公交}\n", "  - {id: bus, name: 公交}\n  - id: tram\n"),
        ("- 二\n", ""),
        ("- 一\n", "- 零\n- 一\n"),
        ("空的: []\n", "空的: [不]\n另: 1\n"),
        ("空的: []\n", ""),
        ("日子: 2026-11-23\n", "日子: 2026-11-24"),
    ],
)
def test_an_ordinary_change_is_read_without_the_whole(old: str, new: str) -> None:
    before, text = whole(TEXT), TEXT.replace(old, new)
    assert text != TEXT
    found = reread(before, text, PATH)
    assert found is not None and found == whole(text)


def places(value: Any, at: Location = ()) -> list[Location]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(place for key, one in inner for place in places(one, (*at, key)))]


def test_a_line_is_found_by_its_part() -> None:
    kept, ours = parse(TEXT, PATH), document(PATH, whole(TEXT))
    found = places(ours.data)
    assert len(found) > 20
    assert [ours.line_of(p) for p in found] == [kept.line_of(p) for p in found]
    assert ours.line_of(("signposts", 99)) == kept.line_of(("signposts", 99))
    assert ours.line_of(("missing", 0)) == 1


@pytest.mark.parametrize("text", ["a: &x 1\nb: *x\n", "---\na: 1\n", "a:\n  - 'b\n\n  - c'\n", "- a\n"])
def test_a_file_whose_parts_may_depend_on_each_other_has_none(text: str) -> None:
    assert fitting(text, parse(text, PATH).data) == ()


def test_many_empty_lines_take_no_longer_than_others() -> None:
    blank = "\n \n" * 2000
    assert [len(section.rows) for section in outline(f"a:\n{blank}  b: c\nd:\n{blank}  - e\n")] == [0, 1]


def test_rows_that_do_not_begin_with_their_value_are_read_together() -> None:
    text = "a:\n  -\n    b\nc:\n  - d\n"
    assert [len(section.rows) for section in fitting(text, parse(text, PATH).data)] == [0, 1]


NEW: dict[str, Any] = {"id": "tax", "name": "税", "contacts": ["12345"], "phrasings": ["报税"]}


def test_what_only_loses_rows_is_written_as_with_the_whole_file() -> None:
    path, address = "examples/elderly/kitchen.yaml", Address("examples", "kitchen")
    snapshot = Snapshot(read_texts({path: tiny()[path]}))
    fields = dict(snapshot.records[address])
    for left in (
        fields["examples"][1:-2],
        fields["examples"][::3],
        fields["examples"][:1],
        [*fields["examples"][:1] * 2],
    ):
        changed = fields | {"examples": left}
        after = record_texts(snapshot, address, changed)
        assert after == {path: edited(tiny()[path], path, address, changed)}
        assert snapshot.with_texts(after).records[address] == changed


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        (Address("contacts", "12333"), None),
        (Address("contacts", "120"), {"id": "120", "phone": "120", "name": "急救"}),
        (Address("organizations", "bureau"), None),
        (Address("signposts", "tax"), NEW),
        (Address("signposts", "passport"), {**NEW, "id": "passport"}),
        (Address("replies", "thanks"), {"text": "不谢。"}),
        (Address("replies", "thanks"), None),
        (Address("concepts", "老人"), {"words": ["爷爷", "奶奶", "老头"]}),
        (Address("concepts", "孩子"), {"words": ["小囡"]}),
        (Address("groups", "倒下"), {"id": "倒下", "words": ["晕倒"]}),
        (Address("lookalikes", "lookalikes"), {"lines": ["急救培训", "消防演习"]}),
        (Address("lookalikes", "lookalikes"), {"lines": ["消防演习"]}),
        (Address("lookalikes", "lookalikes"), {"lines": []}),
    ],
    ids=str,
)
def test_a_record_is_written_as_with_the_whole_file(address: Address, fields: Fields | None) -> None:
    path = path_of(address)
    text = tiny()[path]
    snapshot = Snapshot(read_texts({path: text}))
    after = record_texts(snapshot, address, fields)
    assert after == {path: edited(text, path, address, fields)}
    assert snapshot.with_texts(after).sources == read_texts({p: t for p, t in after.items() if t})
