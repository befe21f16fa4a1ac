"""Danger is heard however people cry for help, and only then."""

from pathlib import Path

import pytest

from bot import config
from bot.catalogue.examples import Grid
from bot.cli import main
from bot.conversation.knowledge import Knowledge
from bot.errors import InputError
from bot.staff import grid
from bot.staff.evaluation import Evaluation, evaluate
from bot.staff.report import wrong_as_text

REAL = config.load({}).knowledge / grid.FILE
SMALL = """\
grid:
  least: {cries: 1, calm: 1}
  cries: {happens: […, 救命 …]}
  calm: {happens: [昨晚梦见…], topics: [社区有…培训吗]}
  dangers:
    - numbers: ['119']
      said: {happens: [家里着火了], topics: [消防]}
"""


def small(folder: Path, text: str = SMALL) -> Path:
    path = folder / grid.FILE
    path.parent.mkdir(parents=True)
    path.write_text(text, "utf-8")
    return path


def test_all_that_happens_is_put_into_every_frame_and_spelling(tmp_path: Path) -> None:
    made = [(case.q, case.wanted) for case in grid.cases(grid.read(small(tmp_path)))]
    assert made == [
        ("家里着火了", "119"),
        ("家裡著火了", "119"),
        (made[2][0], "119"),
        ("jia li zhe huo le", "119"),
        ("救命 家里着火了", "119"),
        ("昨晚梦见家里着火了", "calm"),
        ("社区有消防培训吗", "calm"),
    ]
    assert len(made[2][0]) == 5 and made[2][0] != "家里着火了"


def test_a_file_without_a_grid_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no grid"):
        grid.read(small(tmp_path, "several: []\n"))
    with pytest.raises(InputError, match=r"danger\.yaml"):
        grid.read(tmp_path / "danger.yaml")


@pytest.mark.parametrize("content", [b"grid: [", b"\xff", b"openings: []\n", b"grid: 1\n"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "danger.yaml").write_bytes(content)
    with pytest.raises(InputError, match=r"danger\.yaml"):
        grid.read(tmp_path / "danger.yaml")


def test_every_danger_is_heard_and_what_only_sounds_so_is_not(knowledge: Knowledge) -> None:
    tried = grid.read(REAL)
    found = evaluate(((case,) for case in grid.cases(tried)), knowledge)
    shares = grid.shares(found, tried)
    assert [share.asked > 100 for share in shares] == [True, True]
    assert all(share.enough for share in shares), wrong_as_text(found.wrong)
    heard = {r.reply.topic.removeprefix("emergency/") for r in found.of("urgent")}
    assert heard >= knowledge.lookup.emergencies.keys()


def test_nothing_asked_is_not_enough() -> None:
    nothing = Grid.model_validate({"least": {"cries": 0, "calm": 0}, "cries": {}, "calm": {}, "dangers": ()})
    assert [share.enough for share in grid.shares(Evaluation(), nothing)] == [False, False]


def test_the_command_tells_what_falls_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("YONGWEN_KNOWLEDGE", str(tmp_path))
    path = small(tmp_path, SMALL.replace("家里着火了", "图书馆几点开门"))
    assert main(["danger"]) == 4
    out = capsys.readouterr().out
    assert "救命 图书馆几点开门  [119]" in out
    assert "urgent: 0 of" in out and "calm: 2 of 2 right, at least 100.0% must be" in out
    path.write_text(SMALL, "utf-8")
    assert main(["danger"]) == 0
