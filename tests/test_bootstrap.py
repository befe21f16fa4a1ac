"""Setting up in a fresh clone, with a stand-in for what installs."""

import shutil
import subprocess
import sys
from pathlib import Path

from bot.config import ROOT

SLOW = """
import time, bootstrap

def install(locks):
    with (bootstrap.ROOT / "installs").open("a") as told:
        told.write("begun\\n")
    time.sleep(1)
    bootstrap.PYTHON.parent.mkdir(parents=True, exist_ok=True)
    bootstrap.PYTHON.touch()

bootstrap._install = install
bootstrap.ready("run")
"""


def fresh_clone(folder: Path) -> Path:
    shutil.copytree(ROOT / "scripts", folder / "scripts")
    return folder


def test_of_two_first_runs_at_once_one_sets_up_and_the_other_waits(tmp_path: Path) -> None:
    clone = fresh_clone(tmp_path / "clone")
    runs = [
        subprocess.Popen(
            [sys.executable, "-Bc", SLOW], cwd=clone / "scripts", stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    said = sorted((run.communicate(timeout=60)[1] for run in runs), key=len)
    assert [run.returncode for run in runs] == [0, 0], said
    assert "waiting" in said[0] and "set-up done" in said[1]
    assert (clone / "installs").read_text().count("begun") == 1


def test_once_all_is_there_nothing_is_said(tmp_path: Path) -> None:
    clone = fresh_clone(tmp_path / "clone")
    command = [sys.executable, "-Bc", SLOW]
    first, second = (
        subprocess.run(command, cwd=clone / "scripts", capture_output=True, text=True, check=True)
        for _ in range(2)
    )
    assert "first run" in first.stderr and second.stderr == ""
