"""The generated parts of the documentation are what would be generated now."""

import re
import shlex
import sys

import pytest

from bot import cli, config
from bot.conversation.context import Context
from bot.conversation.knowledge import Knowledge
from bot.conversation.state import State
from bot.conversation.turn import STEPS, decided
from bot.messages import Message

sys.path.insert(0, str(config.ROOT / "scripts"))
import documentation

README = config.ROOT / "README.md"
SCRIPTS = config.ROOT / "scripts"


@pytest.mark.parametrize("path", documentation.FILES, ids=lambda p: p.parent.name)
def test_the_generated_parts_are_fresh(path) -> None:
    text = path.read_text("utf-8")
    fresh, found = documentation.renewed(text)
    assert found, f"{path} has no generated part"
    assert fresh == text, "run scripts/docs"


def test_every_part_is_somewhere() -> None:
    found = {
        name for path in documentation.FILES for name in documentation.renewed(path.read_text("utf-8"))[1]
    }
    assert found == set(documentation.PARTS)


def test_the_commands_of_the_readme_exist(capsys: pytest.CaptureFixture[str]) -> None:
    shown = re.findall(r"^python3 scripts/run ([\w-]+)", README.read_text("utf-8"), re.MULTILINE)
    shown += re.findall(r"`python -m bot ([\w-]+)", README.read_text("utf-8"))
    assert len(shown) > 3
    for command in sorted(set(shown)):
        with pytest.raises(SystemExit) as stopped:
            cli.main([command, "--help"])
        assert stopped.value.code == 0
        assert command in capsys.readouterr().out


def test_the_scripts_of_the_readme_exist() -> None:
    lines = re.findall(r"python3 (scripts/[\w.]*\w)", README.read_text("utf-8"))
    assert len(lines) > 3
    for line in lines:
        assert (config.ROOT / shlex.split(line)[0]).is_file()


def test_the_list_of_scripts_has_all_there_are_and_no_other() -> None:
    rows = re.findall(r"^\| (`.*?) \| (.*) \|$", (SCRIPTS / "README.md").read_text("utf-8"), re.MULTILINE)
    there = {f"{p.name}{'/' if p.is_dir() else ''}" for p in SCRIPTS.iterdir() if p.name[0] not in "_."}
    named = set(re.findall(r"`([^` ]+)`", " ".join(map(" ".join, rows))))
    assert there - named == {"README.md"}
    assert set(re.findall(r"`([^`]+)`", " ".join(row[0] for row in rows))) <= there


def test_the_steps_of_the_readme_decide_what_it_says(knowledge: Knowledge) -> None:
    _, table = README.read_text("utf-8").split("| step | for example |")
    steps = re.findall(r"^\| `(\w+)` \| (.*?) ?\| .*\|$", table, re.MULTILINE)[: len(STEPS)]
    assert [name for name, _ in steps] == [step.__name__.lstrip("_") for step in STEPS]
    told = {name: said.split(" → ") for name, said in steps if said}
    assert len(told) >= len(STEPS) - 1
    assert {name: deciding(said, knowledge) for name, said in told.items()} == {name: name for name in told}


def deciding(said: list[str], knowledge: Knowledge) -> str:
    """The step that decides the last of some messages."""
    state, name = State(), ""
    for text in said:
        name, outcome = decided(Context(Message(text), state, knowledge))
        state = outcome.state
    return name
