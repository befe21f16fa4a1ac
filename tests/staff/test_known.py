from pathlib import Path

import pytest
from made_up import answered, case, reply

from bot.cli import main
from bot.staff import known
from bot.staff.evaluation import Evaluation, Result

EVALUATION = Evaluation(
    [
        answered("dibao", "canteen", q="乙"),
        answered("dibao", "canteen", q="甲"),
        answered("dibao", "dibao", q="对的"),
        Result(case("b|a", q="丙"), reply("unanswered")),
        Result(case(q="丁: 外面"), reply("answered", "dibao")),
        Result(case("a", "b", q="戊"), reply("unanswered")),
        Result(case("a", "", q="壬"), reply("unanswered")),
        Result(case("a", q="己", first=False, after="甲"), reply("unanswered")),
        Result(case(q="庚", numbers="119|120"), reply("unanswered")),
        Result(case(q="辛", numbers=""), reply("emergency", phones="119")),
    ]
)


def test_what_misses_is_listed_under_what_it_should_have_come_to() -> None:
    assert known.failures(EVALUATION) == {
        "119/120": ["庚"],
        "a": ["丙", "甲 → 己"],
        "a+b": ["戊"],
        "a+outside": ["壬"],
        "calm": ["辛"],
        "dibao": ["乙", "甲"],
        "outside": ["丁: 外面"],
    }


def test_a_list_comes_back_and_keeps_its_remarks(tmp_path: Path) -> None:
    path = tmp_path / known.FILE
    path.write_text("# 说明\nold:\n  - 旧的\n", "utf-8")
    known.write(path, known.failures(EVALUATION))
    assert known.read(path) == known.failures(EVALUATION)
    assert path.read_text("utf-8").startswith("# 说明\n119/120:\n  - 庚\na:\n  - 丙\n")


def test_writing_twice_gives_the_same(tmp_path: Path) -> None:
    path = tmp_path / known.FILE
    known.write(path, known.failures(EVALUATION))
    once = path.read_bytes()
    known.write(path, known.failures(Evaluation(EVALUATION.results[::-1])))
    assert path.read_bytes() == once


def test_no_file_or_an_empty_one_lists_nothing(tmp_path: Path) -> None:
    path = tmp_path / known.FILE
    assert known.read(path) == {}
    known.write(path, {})
    assert known.read(path) == {}
    path.write_text("# nothing yet\n", "utf-8")
    assert known.read(path) == {}


def test_the_command_lists_what_the_catalogue_misses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "examples").mkdir()
    (tmp_path / "examples" / "city-study-rooms.yaml").write_text(
        "service: city-study-rooms\n"
        "examples:\n"
        "  - {q: 低保一年多少钱, style: plain, kind: cost}\n"
        "  - {q: 城市书房在哪里, style: plain, kind: where}\n",
        "utf-8",
    )
    monkeypatch.setenv("YONGWEN_KNOWLEDGE", str(tmp_path))
    assert main(["known"]) == 0
    assert known.read(tmp_path / known.FILE) == {"city-study-rooms": ["低保一年多少钱"]}
    assert "1 of 2 examples miss" in capsys.readouterr().err
