"""The systemd unit: the service writes its state and nothing else, and the catalogue is state."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
UNIT = (ROOT / "scripts" / "deploy" / "yongwen.service").read_text("utf-8")


def setting(name: str) -> list[str]:
    """What the unit gives under a name, line by line."""
    return re.findall(rf"^{name}=(.*)$", UNIT, re.MULTILINE)


@pytest.fixture
def prepare(tmp_path: Path) -> list[str]:
    """The command before the start, as systemd would run it, for a catalogue in another folder."""
    [line] = setting("ExecStartPre")
    expanded = shlex.split(line)
    catalogue = str(tmp_path / "services.sqlite")
    return [part.replace("${YONGWEN_CATALOGUE}", catalogue).replace("$$", "$") for part in expanded]


def test_the_service_can_write_nothing_but_its_state() -> None:
    assert setting("ProtectSystem") == ["strict"] and setting("StateDirectory") == ["yongwen"]
    assert setting("ReadWritePaths") == []
    assert "chown" not in UNIT
    environment = dict(pair.split("=") for line in setting("Environment") for pair in line.split())
    assert environment["XDG_STATE_HOME"] == "/var/lib"
    assert Path(environment["YONGWEN_CATALOGUE"]).parent == Path("/var/lib/yongwen")


def test_the_first_start_takes_the_catalogue_along_and_no_later_one_undoes_a_release(
    tmp_path: Path, prepare: list[str]
) -> None:
    tree, kept = tmp_path / "tree", tmp_path / "services.sqlite"
    tree.mkdir()
    for shipped, expected in ((b"first", b"first"), (b"newer", b"first")):
        (tree / "services.sqlite").write_bytes(shipped)
        subprocess.run(prepare, cwd=tree, check=True)
        assert kept.read_bytes() == expected
    kept.write_bytes(b"released")
    subprocess.run(prepare, cwd=tree, check=True)
    assert kept.read_bytes() == b"released"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["services.sqlite", "tree"]


def test_a_start_without_a_catalogue_to_take_fails(tmp_path: Path, prepare: list[str]) -> None:
    assert subprocess.run(prepare, cwd=tmp_path, capture_output=True, check=False).returncode != 0
