import json
from pathlib import Path
from random import Random

import pytest
import toy
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cli import main
from bot.staff.cases import Case, first_turns
from bot.staff.perturbation import CLASSES, perturbed, robustness
from bot.staff.report import perturbed_as_text
from bot.text.normalise import normalise
from bot.text.pinyin import reading

TEXTS = ("低保一年多少钱", "老人去哪里吃饭,远不远?", "public library books", "dibao 2025", "食堂")
texts = st.sampled_from(TEXTS)
seeds = st.integers(0, 2**32).map(Random)
repeatable = settings(derandomize=True, deadline=None, database=None, max_examples=60)

CHINESE = "低保一年多少钱"


@repeatable
@given(chance=seeds)
def test_a_homophone_changes_one_character_but_not_the_sound(chance: Random) -> None:
    changed = CLASSES["one homophone"](CHINESE, chance)
    pairs = [(a, b) for a, b in zip(CHINESE, changed, strict=True) if a != b]
    assert len(pairs) == 1
    assert reading(pairs[0][0]) == reading(pairs[0][1]) != ""


@repeatable
@given(text=texts, chance=seeds)
def test_dropping_and_doubling_change_one_letter(text: str, chance: Random) -> None:
    shorter, longer = (CLASSES[f"one character {how}"](text, chance) for how in ("dropped", "doubled"))
    letters = sum(map(str.isalnum, text))
    if letters < 4:
        assert shorter == longer == text
        return
    assert sum(map(str.isalnum, shorter)) == letters - 1
    assert sum(map(str.isalnum, longer)) == letters + 1


@repeatable
@given(text=texts, chance=seeds)
def test_word_order_keeps_every_letter(text: str, chance: Random) -> None:
    changed = CLASSES["word order"](text, chance)
    assert sorted(filter(str.isalnum, changed)) == sorted(filter(str.isalnum, text))


@repeatable
@given(text=texts, chance=seeds)
def test_courtesy_goes_around_the_question(text: str, chance: Random) -> None:
    assert text in CLASSES["added politeness"](text, chance) != text


@pytest.mark.parametrize("name", ["traditional characters", "full width"])
def test_what_normalising_takes_back(name: str) -> None:
    for text in TEXTS:
        assert normalise(perturbed(text, name)) == normalise(text)


@pytest.mark.parametrize(
    ("name", "text", "changed"),
    [
        ("traditional characters", "养老保险", "養老保險"),
        ("full width", "a1 ?", "ａ１　？"),
        ("word order", "便宜的,托儿所?", "托儿所,便宜的"),
    ],
)
def test_changed_just_so(name: str, text: str, changed: str) -> None:
    assert perturbed(text, name) == changed


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("one homophone", "library"),
        ("one character dropped", "低保?"),
        ("full width", "低保"),
        ("traditional characters", "低保"),
        ("word order", "library"),
    ],
)
def test_where_there_is_nothing_to_change_nothing_is(name: str, text: str) -> None:
    assert perturbed(text, name) == text


@pytest.mark.parametrize("name", CLASSES)
def test_a_question_is_always_changed_alike(name: str) -> None:
    assert {perturbed(TEXTS[1], name) for _ in range(5)} == {perturbed(TEXTS[1], name)}


def cases(*questions: str) -> list[Case]:
    return [Case(q, (frozenset({"dibao"}),)) for q in questions]


def test_robustness_counts_what_changed() -> None:
    rows = robustness(cases("低保一年多少钱", "低保"), toy.knowledge())
    assert set(rows) <= set(CLASSES)
    assert rows["one homophone"]["n"] == 2
    assert "full width" not in rows
    assert rows["traditional characters"] == {
        "n": 1,
        "changed": 0,
        "share": 0.0,
        "by_sort": {"in scope": 0.0},
        "lost": 0,
        "examples": [],
    }
    for row in rows.values():
        assert row["changed"] == len(row["examples"]) >= row["lost"]
        assert row["share"] == pytest.approx(row["changed"] / row["n"], abs=1e-4)


def test_a_changed_answer_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CLASSES, "one homophone", lambda text, chance: "图书馆有多少书")
    rows = robustness(cases("低保一年多少钱", "低保怎么申请"), toy.knowledge())
    assert rows["one homophone"] == {
        "n": 2,
        "changed": 2,
        "share": 1.0,
        "by_sort": {"in scope": 1.0},
        "lost": 2,
        "examples": ["低保一年多少钱 → 图书馆有多少书", "低保怎么申请 → 图书馆有多少书"],
    }
    told = perturbed_as_text(rows, examples=True).splitlines()
    assert told[0].endswith("right → wrong  in scope")
    assert told[1].split() == ["one", "homophone", "2", "2", "100.00%", "2", "100.00%"]
    assert told[2] == "  低保一年多少钱 → 图书馆有多少书"


def test_each_sort_of_question_has_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        CLASSES, "one homophone", lambda text, chance: text.replace(CHINESE, "图书馆有多少书")
    )
    outside = Case("火星移民吗", ())
    rows = robustness([*cases("低保一年多少钱"), outside], toy.knowledge())
    assert rows["one homophone"]["by_sort"] == {"in scope": 1.0}
    assert set(rows["one character doubled"]["by_sort"]) == {"in scope", "outside"}
    homophone, *_ = (line for line in perturbed_as_text(rows).splitlines() if "homophone" in line)
    assert homophone.split()[-2:] == ["100.00%", "–"]


def test_what_many_conversations_begin_with_is_asked_once() -> None:
    first, other = cases("低保一年多少钱", "低保怎么申请")
    later = Case("电话呢", (), first=False)
    assert first_turns([(first,), (first, later), (other,)]) == [first, other]


def test_progress_is_told() -> None:
    told: list[int] = []
    robustness(cases("低保", "食堂"), toy.knowledge(), told.append)
    assert told == [1, 2]


def test_the_command_prints_a_table_or_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "set.jsonl"
    file.write_text('{"q": "低保一年多少钱", "expect": ["dibao-standard"]}\n', "utf-8")
    assert main(["eval", "--perturb", str(file)]) == 0
    assert capsys.readouterr().out.splitlines()[1].startswith("one homophone")
    assert main(["eval", "--perturb", "--json", str(file)]) == 0
    assert json.loads(capsys.readouterr().out)["traditional characters"]["changed"] == 0
