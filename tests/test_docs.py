"""The generated parts of the documentation are what would be generated now."""

import re
import shlex
import sys

import pytest

from bot import cli, config

sys.path.insert(0, str(config.ROOT / "scripts"))
import documentation

README = config.ROOT / "README.md"


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
