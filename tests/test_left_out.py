"""What `scripts/test` does where Node or the browser is missing; nothing is installed or tested for it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.config import ROOT

STUBBED = """
import pathlib, runpy, sys, bootstrap, chromium

bootstrap.ready = lambda group: None
bootstrap.python = lambda *arguments: print("tested", *arguments[6:])
chromium.CHROMIUM = pathlib.Path(sys.argv.pop(1))
runpy.run_path("test", run_name="__main__")
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The scripts, with the folders for Node as if npm had been there."""
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    for name in ("telegram", "wechat", "mcp"):
        (tmp_path / "tests/fakes" / name / "node_modules").mkdir(parents=True)
    for name in ("node", "npm", "google-chrome"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    return tmp_path


def run(clone: Path, browser: Path, *arguments: str, ci: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-Bc", STUBBED, str(browser), *arguments]
    environment = os.environ | {"PATH": str(clone), "CI": ci}
    return subprocess.run(command, cwd=clone / "scripts", env=environment, capture_output=True, text=True)


@pytest.mark.parametrize("ci", ["", "1"])
def test_with_all_there_nothing_is_said_and_all_is_tested(clone: Path, ci: str) -> None:
    done = run(clone, clone / "google-chrome", ci=ci)
    assert (done.returncode, done.stderr, done.stdout) == (0, "", f"tested {clone / 'tests'}\n")
    assert run(clone, clone / "node", "-s", "x.py", ci=ci).stdout == "tested -s x.py\n"


@pytest.mark.parametrize("missing", ["node", "npm", "chromium"])
def test_what_is_left_out_is_told_and_fails_on_ci(clone: Path, missing: str) -> None:
    (clone / missing).unlink(missing_ok=True)
    browser = clone / ("google-chrome" if missing != "chromium" else "chromium")
    done = run(clone, browser)
    assert done.returncode == 0 and done.stdout.startswith("tested")
    assert done.stderr.count("left out: ") == (1 if missing == "chromium" else 3)
    on_ci = run(clone, browser, ci="1")
    assert on_ci.returncode == 1 and on_ci.stdout == ""
    assert on_ci.stderr.count("left out: ") == done.stderr.count("left out: ")


def test_a_folder_without_tests_is_told_before_anything_is_installed(clone: Path) -> None:
    for name in ("dialogues", "photos", "text"):
        (clone / "tests" / name).mkdir()
    for name in ("test_dialogues.py", "text/test_cut.py"):
        (clone / "tests" / name).touch()
    shutil.rmtree(clone / "tests/fakes/wechat/node_modules")
    done = run(clone, clone / "google-chrome", "../tests/dialogues", "-s", "../tests/photos")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        f"甬问: no tests in ../tests/dialogues; what is in it is tested by {clone}/tests/test_dialogues.py",
        "甬问: no tests in ../tests/photos",
    ]
    assert run(clone, clone / "google-chrome", "../tests/text").stdout == "tested ../tests/text\n"
