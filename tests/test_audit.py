"""The audit tells a vulnerability from a service that cannot be reached."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot import config

sys.path.insert(0, str(config.ROOT / "scripts"))
import audit

CLEAN = {"dependencies": [{"name": "a", "version": "1", "vulns": []}, {"name": "b", "skip_reason": "x"}]}
BAD = {"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2"]}]}]}


@pytest.mark.parametrize(
    ("said", "why", "fine", "told"),
    [
        (json.dumps(CLEAN), "", True, "no known vulnerability in run.txt"),
        (json.dumps(BAD), "", False, "a 1: PYSEC-1, mended in 2"),
        ("", "ConnectionError: no route", True, "NOT DONE, the advisory service could not be asked: Connec"),
    ],
)
def test_what_is_told(
    said: str,
    why: str,
    fine: bool,
    told: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done = subprocess.CompletedProcess([], 0, said, why)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)
    assert audit.audit(Path("run.txt")) is fine
    assert told in "".join(capsys.readouterr())
