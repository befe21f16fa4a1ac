"""A record edited: the file says the new, and every other line stays byte for byte."""

import difflib
from typing import Any

import pytest
from tiny_knowledge import tiny

from bot.catalogue.records import Address, all_records
from bot.config import load
from bot.staff.editing import edited, path_of
from bot.staff.files import document, parse, read_texts, source

KITCHEN = "services/elderly/kitchen.yaml"


def plain(path: str, text: str) -> dict[Address, Any]:
    return all_records([document(path, source(parse(text, path), text))])


def touched(before: str, after: str) -> list[str]:
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line for line in lines if line[0] in "+-"]


def test_every_knowledge_file_comes_through_an_edit_that_changes_nothing_byte_for_byte() -> None:
    texts, _ = read_texts(load({}).knowledge)
    small = {p: t for p, t in texts.items() if len(t) < 4000 and p.endswith(".yaml")}
    assert len(small) > 50
    records = [
        (path, text, address, fields)
        for path, text in list(small.items())[::10]
        for address, fields in list(plain(path, text).items())[:2]
    ]
    assert len(records) > 5
    for path, text, address, fields in records:
        assert edited(text, path, address, fields) == text, path


def test_a_changed_field_changes_its_line_alone() -> None:
    text = tiny()[KITCHEN]
    fields = dict(plain(KITCHEN, text)[Address("services", "kitchen")])
    fields["due_on"] = "2127-03-01"
    after = edited(text, KITCHEN, Address("services", "kitchen"), fields)
    assert after is not None
    assert touched(text, after) == ["- due_on: 2127-02-21", "+ due_on: 2127-03-01"]


def test_an_added_phrasing_adds_its_line_alone_and_comments_stay() -> None:
    text = tiny()[KITCHEN].replace("  - 食堂乙\n", "  - 食堂乙  # 常见\n")
    fields = dict(plain(KITCHEN, text)[Address("services", "kitchen")])
    fields["phrasings"] = [*fields["phrasings"][:1], "饭堂", *fields["phrasings"][1:]]
    after = edited(text, KITCHEN, Address("services", "kitchen"), fields)
    assert after is not None
    assert touched(text, after) == ["+   - 饭堂"]
    assert plain(KITCHEN, after)[Address("services", "kitchen")] == fields


def test_a_list_of_thousands_of_lines_that_are_alike_comes_out_as_wanted() -> None:
    text = tiny()[KITCHEN]
    fields = dict(plain(KITCHEN, text)[Address("services", "kitchen")])
    for lines in (["甲", "乙"] * 1500, ["乙", "甲", "甲"] * 1000, ["乙", *["甲", "丙"] * 1400, "甲"]):
        fields["phrasings"] = lines
        text = str(edited(text, KITCHEN, Address("services", "kitchen"), fields))
        assert plain(KITCHEN, text)[Address("services", "kitchen")] == fields


def test_a_new_field_comes_where_the_model_has_it() -> None:
    text = tiny()["services/culture/library.yaml"]
    address = Address("services", "library")
    fields = dict(plain("services/culture/library.yaml", text)[address]) | {"fees": "免费"}
    after = edited(text, "services/culture/library.yaml", address, fields)
    assert after is not None
    assert after.index("fees: 免费") < after.index("phrasings:")
    assert touched(text, after) == ["+ fees: 免费"]


def test_the_first_file_of_a_service_is_written_in_the_models_order() -> None:
    text = tiny()[KITCHEN]
    address = Address("services", "kitchen")
    fields = plain(KITCHEN, text)[address]
    made = edited(None, KITCHEN, address, dict(reversed(fields.items())))
    assert made == text.replace('"="', "'='")
    assert edited(text, KITCHEN, address, None) is None


@pytest.mark.parametrize(
    ("address", "fields", "expected"),
    [
        (Address("contacts", "12333"), None, 7),
        (Address("replies", "thanks"), {"text": "不谢。"}, 2),
        (Address("concepts", "老人"), {"words": ["爷爷", "奶奶", "老头"]}, 1),
        (Address("concepts", "孩子"), {"words": ["小囡"]}, 2),
        (Address("words", "图书馆"), None, 1),
        (Address("words", "食堂"), {"word": "食堂"}, 1),
        (Address("lookalikes", "lookalikes"), {"lines": ["急救培训", "消防演习"]}, 1),
        (
            Address("signposts", "tax"),
            {"id": "tax", "name": "税", "contacts": ["12345"], "phrasings": ["报税"]},
            6,
        ),
    ],
    ids=str,
)
def test_records_of_every_kind_are_changed_added_and_taken_away(
    address: Address, fields: dict[str, Any] | None, expected: int
) -> None:
    path = path_of(address)
    text = tiny()[path]
    after = edited(text, path, address, fields)
    assert after is not None
    assert plain(path, after).get(address) == fields
    assert len(touched(text, after)) == expected
    others = {a: f for a, f in plain(path, text).items() if a != address}
    assert {a: f for a, f in plain(path, after).items() if a != address} == others
