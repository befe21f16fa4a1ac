"""A folder with a catalogue of its own, for the commands that change one."""

import shutil
from pathlib import Path

import pytest
import tiny_knowledge

from bot import config


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_knowledge.build(tmp_path_factory.mktemp("cli"))


@pytest.fixture
def folder(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a catalogue and its knowledge, which all commands work on."""
    shutil.copy(built / "services.sqlite", tmp_path / "services.sqlite")
    shutil.copytree(built / "knowledge", tmp_path / "knowledge")
    for key in config.SETTINGS:
        monkeypatch.delenv(f"YONGWEN_{key.upper()}", raising=False)
    monkeypatch.setenv("YONGWEN_CATALOGUE", str(tmp_path / "services.sqlite"))
    monkeypatch.setenv("YONGWEN_KNOWLEDGE", str(tmp_path / "knowledge"))
    monkeypatch.setenv("YONGWEN_RESIDENTS", str(tmp_path / "second.sqlite"))
    return tmp_path
