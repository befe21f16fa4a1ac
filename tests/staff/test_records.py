"""Records changed inside knowledge files: the change and nothing else."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tiny_knowledge import tiny

from bot import config
from bot.staff import records

KNOWLEDGE: Path = config.load({}).knowledge


def real(path: str, most: int = 12_000) -> str:
    """A knowledge file; of a long one the first records, as reading YAML with its layout is slow."""
    text = (KNOWLEDGE / path).read_text("utf-8")
    cut = [m.start() + 1 for m in re.finditer(r"\n(?=  - id: |[^\s#-])", text) if m.start() < most]
    return text if len(text) <= most or path.startswith(("services", "examples")) else text[: cut[-1]]


@pytest.mark.parametrize("kind", ["contact", "organization", "signpost", "synonym", "reply"])
def test_writing_what_was_read_changes_no_byte(kind: str) -> None:
    text = real(records.path_of(kind, ""))
    ids = records.identities(text, kind)
    assert len(ids) > 5
    for id_ in (ids[0], ids[len(ids) // 2], ids[-1]):
        data = records.read(text, kind, id_)
        assert data
        assert records.changed(text, kind, id_, data) == text


def test_writing_a_service_and_its_examples_as_read_changes_no_byte() -> None:
    paths = sorted((KNOWLEDGE / "services").rglob("*.yaml"))[::40]
    assert len(paths) > 2
    for path in paths:
        for kind, folder in (("service", "services"), ("example", "examples")):
            text = real(f"{folder}/{path.parent.name}/{path.name}")
            data = records.read(text, kind, path.stem)
            assert data
            assert records.changed(text, kind, path.stem, data) == text


def differing(before: str, after: str) -> tuple[list[str], list[str]]:
    """Lines only in the one, lines only in the other."""
    old, new = before.splitlines(), after.splitlines()
    return [x for x in old if x not in new], [x for x in new if x not in old]


def test_one_changed_field_changes_one_line() -> None:
    text = real("services/assistance/dibao-standard.yaml")
    data = records.read(text, "service", "dibao-standard")
    assert data
    after = records.changed(text, "service", "dibao-standard", data | {"checked_on": date(2027, 1, 2)})
    assert differing(text, after) == (["checked_on: 2026-11-23"], ["checked_on: 2027-01-02"])


def test_a_field_that_was_empty_is_put_where_the_table_has_it() -> None:
    text = tiny()["services/elderly/kitchen.yaml"]
    data = records.read(text, "service", "kitchen")
    assert data
    more = {"fees": "一顿8元", "alternate_names": ["食堂"], "figures": [], "opening_hours": ""}
    after = records.changed(text, "service", "kitchen", data | more)
    keys = [line.split(":")[0] for line in after.splitlines() if line[0].isalpha()]
    assert keys.index("alternate_names") == keys.index("name") + 1
    assert keys.index("fees") == keys.index("related") + 1
    assert not {"figures", "opening_hours"} & set(keys)
    assert records.read(after, "service", "kitchen") == {
        k: v for k, v in (data | more).items() if v not in ("", [])
    }


def test_a_phrasing_is_added_at_the_end_and_the_rest_stays() -> None:
    text = real("services/assistance/dibao-standard.yaml")
    data = records.read(text, "service", "dibao-standard")
    assert data
    after = records.changed(
        text, "service", "dibao-standard", data | {"phrasings": [*data["phrasings"], "12345: #问"]}
    )
    assert after.startswith(text.rstrip("\n"))
    again = records.read(after, "service", "dibao-standard")
    assert again and again["phrasings"][-1] == "12345: #问"


def test_rows_come_change_and_go() -> None:
    text = real("signposts.yaml")
    row = {"id": "metro", "name": "地铁", "contacts": ["12345"], "phrasings": ["末班车几点"]}
    added = records.changed(text, "signpost", "metro", row)
    assert added.startswith(text.rstrip("\n"))
    assert records.read(added, "signpost", "metro") == row
    assert "contacts:\n      - '12345'" in added[len(text) - 5 :]
    assert records.changed(added, "signpost", "metro", None) == text


def test_a_key_comes_changes_and_goes_with_comments_kept() -> None:
    text = real("replies.yaml")
    changed = records.changed(text, "reply", "greeting", {"text": "您好:我是甬问"})
    assert changed.startswith("# ")
    assert len(differing(text, changed)[1]) == 1
    synonyms = real("synonyms.yaml")
    more = records.changed(synonyms, "synonym", "充电桩", {"words": ["充电站", "no"]})
    assert records.read(more, "synonym", "充电桩") == {"words": ["充电站", "no"]}
    assert records.changed(more, "synonym", "充电桩", None) == synonyms


def test_numbers_stay_exact() -> None:
    text = tiny()["services/elderly/kitchen.yaml"]
    data = records.read(text, "service", "kitchen")
    assert data and data["figures"][0]["value"] == 130
    figures = [data["figures"][0] | {"value": Decimal("4.60")}]
    after = records.changed(text, "service", "kitchen", data | {"figures": figures})
    assert "value: 4.6\n" in after


def test_a_new_file_is_written_whole() -> None:
    data = {"id": "pier", "name": "码头", "phrasings": ["码头在哪"], "source": {"section": 5, "paragraph": 1}}
    text = records.changed("", "service", "pier", data)
    assert text == "id: pier\nname: 码头\nsource:\n  section: 5\n  paragraph: 1\nphrasings:\n  - 码头在哪\n"
