"""Records as the lines of a text area: what is shown and read back is what was there."""

import sqlite3
import zlib
from contextlib import closing
from json import loads

import pytest

from bot import config
from bot.catalogue.documents import Document
from bot.catalogue.records import KINDS, all_records
from bot.staff.console.fields import FIELDS, fields_of
from bot.staff.console.forms import Form
from bot.staff.console.lines import GRAMMARS, as_text


@pytest.fixture(scope="module")
def records():
    """Every record of the committed catalogue's newest release."""
    query = """select path, parsed from document join source_text using (digest)
        where release = (select max(number) from release)"""
    with closing(sqlite3.connect(config.load({}).catalogue)) as connection:
        rows = connection.execute(query).fetchall()
    return all_records(Document(p, loads(zlib.decompress(j)), lambda loc: 1) for p, j in rows)


def typed(kind, fields):
    """What a browser sends of a form that was opened and left as it was."""
    sent = {}
    for field in FIELDS[kind]:
        value = fields.get(field.name)
        if value is None or field.shape == "fixed":
            continue
        match field.shape:
            case "figures":
                for part in ("metric", "comparator", "value", "unit", "year"):
                    sent[f"figure-{part}"] = [str(row[part]) for row in value]
            case "source":
                sent |= {f"source-{part}": [str(number)] for part, number in value.items()}
            case "groups":
                sent |= {f"{field.name}-{part}": ["\n".join(words)] for part, words in value.items()}
            case "picks":
                sent[field.name] = list(value)
            case "tick":
                sent |= {field.name: ["on"]} if value else {}
            case shape if shape in GRAMMARS:
                sent[field.name] = [as_text(value, shape)]
            case _:
                sent[field.name] = [str(value)]
    return Form(sent)


@pytest.mark.parametrize("kind", KINDS)
def test_every_record_comes_back_from_its_form_as_it_was(records, kind):
    mine = {address: fields for address, fields in records.items() if address.kind == kind}
    assert mine, f"no {kind} to try"
    for address, fields in mine.items():
        assert fields_of(kind, typed(kind, fields), fields) == fields, address


def test_every_kind_of_record_has_a_form():
    assert set(FIELDS) == set(KINDS)


TYPED = {
    "lines": (" 甲 \n\n乙", ["甲", "乙"]),
    "examples": (
        "问\n问 ｜ typo | cost",
        [{"q": "问", "style": "plain", "kind": "policy"}, {"q": "问", "style": "typo", "kind": "cost"}],
    ),
    "near_misses": (
        "问\n问 | | id-card",
        [{"q": "问", "lands": "outside"}, {"q": "问", "lands": "outside", "topics": ["id-card"]}],
    ),
    "sayings": ("问\n问 | none", ["问", {"q": "问", "topics": ["none"]}]),
    "openings": (
        "问 | elder-canteen\n别的",
        [{"q": "问", "lands": "elder-canteen"}, {"q": "别的", "lands": "outside"}],
    ),
    "several": ("问 | a、b", [{"q": "问", "lands": ["a", "b"]}]),
    "urgent": (
        "着火了 | 119、110\n又着火了 | 119、110\n火锅 | | none\n冒烟了 | 119、110",
        [
            {"numbers": ["119", "110"], "said": ["着火了", "又着火了"]},
            {"numbers": [], "said": [{"q": "火锅", "topics": ["none"]}]},
            {"numbers": ["119", "110"], "said": ["冒烟了"]},
        ],
    ),
    "dialogues": (
        "一 | a\n二 |  | cost\n\n三 |  |  | 无\n四 | a |  | 120",
        [
            [{"q": "一", "lands": "a"}, {"q": "二", "kind": "cost"}],
            [{"q": "三", "numbers": []}, {"q": "四", "lands": "a", "numbers": ["120"]}],
        ],
    ),
}


@pytest.mark.parametrize("shape", GRAMMARS)
def test_what_is_typed_is_read_leniently(shape):
    text, value = TYPED[shape]
    assert GRAMMARS[shape].read(text) == value


@pytest.mark.parametrize("shape", GRAMMARS)
@pytest.mark.parametrize("value", ["text", ["text"], [{"q": 1}], [["text"]], [{"x": [1]}]])
def test_what_does_not_have_the_shape_is_shown_all_the_same(shape, value):
    assert isinstance(as_text(value, shape), str)
