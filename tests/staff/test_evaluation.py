from itertools import count
from pathlib import Path

import pytest
import toy
from made_up import case, reply

from bot.errors import InputError
from bot.messages import Reply
from bot.staff.cases import Case, Nameable, example_cases, read_cases
from bot.staff.evaluation import Evaluation, Result, evaluate

FIRE = reply("emergency", phones="119 120", topic="emergency/fire")

# What was asked, what came, and whether that is right.
JUDGED = [
    (case("a"), reply("answered", "a"), True),
    (case("a"), reply("answered", "b"), False),
    (case("a|b"), reply("answered", "b"), True),
    (case("a"), reply("clarify", "a", "b"), True),
    (case("a"), reply("clarify", "b", "a"), False),
    (case("a"), reply("answered", "a", "b"), False),
    (case("a"), reply("unanswered"), False),
    (case(), reply("unanswered"), True),
    (case(), reply("clarify", "a"), True),
    (case(), reply("smalltalk"), True),
    (case(), reply("answered", "a"), False),
    (case("a", "b"), reply("answered", "b", "a"), True),
    (case("a", "b"), reply("answered", "a"), False),
    (case("a", "b"), reply("answered", "a", "b", "c"), False),
    (case("a", "b|c"), reply("answered", "a", "c"), True),
    (case("a", "b"), reply("clarify", "a", "b"), False),
    (case("a", ""), reply("answered", "a"), True),
    (case("a", ""), reply("answered", "a", "b"), False),
    (case("a", ""), reply("unanswered"), False),
    (case("a|b", "a"), reply("answered", "b", "a"), True),
    (case("a|b", "a"), reply("answered", "a", "c"), False),
    (case(), FIRE, False),
    (case(numbers="119"), FIRE, True),
    (case(numbers="110|119"), FIRE, True),
    (case(numbers="120"), FIRE, False),
    (case(numbers="119"), reply("answered", "a", phones="119"), False),
    (case(numbers=""), FIRE, False),
    (case(numbers=""), reply("answered", "a"), True),
]


@pytest.mark.parametrize(("asked", "came", "right"), JUDGED)
def test_what_is_right(asked: Case, came: Reply, right: bool) -> None:
    assert Result(asked, came).right is right


@pytest.mark.parametrize(
    ("asked", "sort"),
    [
        (case("a"), "in scope"),
        (case(), "outside"),
        (case("a", "b"), "several"),
        (case("a", first=False), "follow-up"),
        (case(numbers="119"), "urgent"),
        (case(numbers=""), "calm"),
        (case(numbers="119", first=False), "urgent"),
    ],
)
def test_what_a_case_measures(asked: Case, sort: str) -> None:
    assert asked.sort == sort
    assert Evaluation([Result(asked, reply("unanswered"))]).of(sort)


def test_example_files_are_read_with_their_near_misses(tmp_path: Path) -> None:
    folder = tmp_path / "assistance"
    folder.mkdir()
    (folder / "dibao.yaml").write_text(
        "service: dibao\n"
        "examples:\n"
        "  - {q: 低保多少钱, style: plain, kind: cost}\n"
        "near_misses:\n"
        "  - {q: 图书馆多少书, lands: library}\n"
        "  - {q: 失业金多少钱, lands: outside}\n"
        "  - {q: 补办身份证, lands: outside, topics: [id-card]}\n",
        "utf-8",
    )
    assert [c for (c,) in read_cases([tmp_path])] == [
        case("dibao", q="低保多少钱", style="plain", kind="cost"),
        case("library", q="图书馆多少书", style="near"),
        case(q="失业金多少钱", style="near"),
        case(q="补办身份证", style="near", topics="id-card"),
    ]


def test_examples_of_the_outside_expect_nothing() -> None:
    data = {"service": "outside", "examples": [{"q": "长江多长", "style": "plain", "kind": "policy"}]}
    assert [c.expect for (c,) in example_cases(data)] == [()]


def test_examples_of_talk_are_read_as_conversations(tmp_path: Path) -> None:
    (tmp_path / "talk.yaml").write_text(
        "openings:\n"
        "  - {q: 低保多少钱, lands: dibao}\n"
        "continued:\n"
        "  how: [要带什么]\n"
        "outside: [下雨吗, {q: 嗯嗯嗯, topics: [none]}]\n"
        "dialogues:\n"
        "  - - {q: 图书馆, lands: library}\n"
        "    - {q: 谢谢, lands: outside, kind: thanks}\n"
        "    - {q: 着火了, numbers: ['119']}\n"
        "several:\n"
        "  - {q: 低保和图书馆, lands: [dibao, library]}\n"
        "  - {q: 低保和下雨, lands: [dibao, outside]}\n"
        "urgent:\n"
        "  - {numbers: ['120', '110'], said: [晕倒了]}\n"
        "  - {numbers: [], said: [累死了]}\n",
        "utf-8",
    )
    opening, library = case("dibao", q="低保多少钱"), case("library", q="图书馆")
    thanks = case(q="谢谢", kind="thanks", first=False, after="图书馆")
    assert read_cases([tmp_path]) == [
        (library, thanks, case(q="着火了", numbers="119", first=False, after="谢谢")),
        (opening, case("dibao", q="要带什么", kind="how", first=False, after="低保多少钱")),
        (case(q="下雨吗"),),
        (opening, case(q="下雨吗", kind="outside", first=False, after="低保多少钱")),
        (case(q="嗯嗯嗯", topics="none"),),
        (opening, case(q="嗯嗯嗯", kind="outside", topics="none", first=False, after="低保多少钱")),
        (case("dibao", "library", q="低保和图书馆"),),
        (case("dibao", "", q="低保和下雨"),),
        (case(q="晕倒了", numbers="110|120"),),
        (case(q="累死了", numbers=""),),
    ]


def test_labelled_lines_are_read_in_every_form(tmp_path: Path) -> None:
    file = tmp_path / "set.jsonl"
    file.write_text(
        '{"q": "a", "expect": ["x", "y"], "style": "plain"}\n'
        "\n"
        '{"q": "b", "expect": [], "group": "far"}\n'
        '{"q": "c", "expect": [["x"], ["y", "z"]]}\n'
        '{"q": "d", "numbers": ["119"]}\n'
        '{"q": "e", "numbers": []}\n'
        '{"turns": [{"q": "f", "expect": ["x"]}, {"q": "g", "expect": ["x"]}]}\n',
        "utf-8",
    )
    *single, conversation = read_cases([file])
    assert [c for (c,) in single] == [
        case("x|y", q="a", style="plain"),
        case(q="b", style="far"),
        case("x", "y|z", q="c"),
        case(q="d", numbers="119"),
        case(q="e", numbers=""),
    ]
    assert [c.first for c in conversation] == [True, False]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("bad.jsonl", '{"q": "a"}\n{"q": \n', "bad.jsonl:2: not a labelled question"),
        ("bad.jsonl", '{"expect": []}\n', "bad.jsonl:1: not a labelled question"),
        ("bad.jsonl", "[1]\n", "bad.jsonl:1: not a labelled question"),
        ("bad.jsonl", '{"turns": 5}\n', "bad.jsonl:1: not a labelled question"),
        ("bad.jsonl", '{"q": 5, "expect": ["a"]}\n', "bad.jsonl:1: not a labelled question"),
        ("bad.jsonl", '{"q": "a", "expect": "x"}\n', 'bad.jsonl:1: .*"expect'),
        ("bad.jsonl", '{"q": "a", "numbers": "119"}\n', 'bad.jsonl:1: .*"numbers'),
        ("bad.jsonl", '{"q": "a", "style": [1]}\n', 'bad.jsonl:1: .*"style'),
        ("bad.jsonl", '{"turns": []}\n', "bad.jsonl:1: .*no turn"),
        ("bad.jsonl", '{"q": "a"}\n{"q": ' + "[" * 100_000, "bad.jsonl:2: not a labelled question"),
        ("bad.jsonl", '{"q": "a", "expect": ' + "1" * 5000 + "}", "bad.jsonl:1: not a labelled question"),
        ("bad.yaml", "service: a\nexamples:\n  - {q: 5}\n", 'bad.yaml: .*"q"'),
        ("bad.yaml", "service: [\n", "bad.yaml"),
        ("bad.yaml", "examples: []\n", "bad.yaml"),
        ("bad.yaml", "service: a\nexamples:\n  - {style: plain}\n", "bad.yaml"),
        ("bad.yaml", "just words\n", "bad.yaml"),
        ("empty.jsonl", "\n", "no labelled question"),
    ],
    ids=count(),
)
def test_what_cannot_be_read_is_named(name: str, text: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_text(text, "utf-8")
    with pytest.raises(InputError, match=message):
        read_cases([file])


KNOWN = Nameable(frozenset({"dibao", "canteen"}), frozenset({"passport", "none"}))
KNOWN_LINES = """\
{"q": "低保", "expect": ["dibao"]}
{"q": "低保和饭", "expect": [["dibao"], ["canteen", "dibao"], []]}
{"q": "护照", "topics": ["passport", "none"]}
{"q": "着火了", "numbers": ["119"]}
"""


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ('{"q": "低保", "expect": ["nope"]}', "'nope'"),
        ('{"q": "低保和饭", "expect": [["dibao"], ["cantine"]]}', "'cantine'"),
        ('{"q": "护照", "topics": ["pasport"]}', "'pasport'"),
        (
            '{"turns": [{"q": "低保", "expect": ["dibao"]}, {"q": "还有", "expect": ["outside"]}]}',
            "'outside'",
        ),
    ],
)
def test_a_label_that_could_never_be_met_is_named_with_its_line(
    line: str, named: str, tmp_path: Path
) -> None:
    file = tmp_path / "set.jsonl"
    file.write_text(KNOWN_LINES, "utf-8")
    assert len(read_cases([file], KNOWN)) == 4
    file.write_text(KNOWN_LINES + line + "\n", "utf-8")
    with pytest.raises(InputError, match=rf"set\.jsonl:5: .* is labelled {named}, which"):
        read_cases([file], KNOWN)
    assert len(read_cases([file])) == 5, "without a catalogue labels are anybody's"


def test_a_label_of_an_example_file_that_could_never_be_met_is_named(tmp_path: Path) -> None:
    file = tmp_path / "nope.yaml"
    file.write_text("service: nope\nexamples:\n  - {q: 低保}\n", "utf-8")
    with pytest.raises(InputError, match=r"nope\.yaml: '低保' is labelled 'nope'"):
        read_cases([file], KNOWN)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_labelled_lines_are_read_as_spreadsheets_save_them(encoding: str, tmp_path: Path) -> None:
    file = tmp_path / "set.jsonl"
    file.write_text('{"q": "低保多少钱"}\n{"q": "养老院"}\n', encoding, newline="\r\n")
    assert [c.q for (c,) in read_cases([file])] == ["低保多少钱", "养老院"]


def test_what_ends_a_line_for_unicode_only_does_not_end_one(tmp_path: Path) -> None:
    file = tmp_path / "set.jsonl"
    file.write_text('{"q": "低保\u2028多少\x85钱"}\n', "utf-8")
    assert [c.q for (c,) in read_cases([file])] == ["低保\u2028多少\x85钱"]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere"):
        read_cases([tmp_path / "nowhere.jsonl"])


def test_bytes_that_are_no_text_are_named(tmp_path: Path) -> None:
    (tmp_path / "bytes.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match=r"bytes\.jsonl"):
        read_cases([tmp_path / "bytes.jsonl"])


def test_every_conversation_begins_afresh_and_its_turns_lean_on_each_other() -> None:
    first = (case("dibao", q="低保多少钱"), case("dibao", q="怎么申请", first=False))
    second = (case("canteen", q="老年食堂在哪里"), case("canteen", q="电话呢", first=False))
    told: list[int] = []
    evaluation = evaluate([first, second], toy.knowledge(), told.append)
    assert [r.first for r in evaluation.results] == ["dibao", "dibao", "canteen", "canteen"]
    assert evaluation.wrong == []
    assert told == [1, 2]
    assert all(r.reply.elapsed_us >= 0 for r in evaluation.results)
