"""Whether a locked package has a known vulnerability, by pip-audit; offline it says that nobody looked."""

import json
import subprocess
import sys
from pathlib import Path

from bootstrap import PYTHON

_OPTIONS = ("--disable-pip", "--no-deps", "--format", "json", "--progress-spinner", "off")


def audit(lock: Path) -> bool:
    """False where a package of the lock file has a known vulnerability; each is printed."""
    command = [str(PYTHON), "-m", "pip_audit", "-r", str(lock), *_OPTIONS]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        said, why = done.stdout, done.stderr
    except subprocess.TimeoutExpired:
        said, why = "", "no answer within 120 seconds"
    found, complaint = vulnerabilities(said)
    if complaint:
        last = (why.strip().splitlines() or [complaint])[-1]
        print(f"audit: NOT DONE, the advisory service could not be asked: {last}", file=sys.stderr)
    for line in found:
        print(f"audit: {line}", file=sys.stderr)
    if not complaint and not found:
        print(f"audit: no known vulnerability in {lock.name}")
    return not found


def vulnerabilities(said: str) -> tuple[list[str], str]:
    """What pip-audit found, one line each, and why its report cannot be read, if so."""
    try:
        packages = json.loads(said)["dependencies"]
    except (ValueError, KeyError, TypeError) as error:
        return [], f"no report ({type(error).__name__})"
    return [
        f"{p['name']} {p['version']}: {v['id']}, mended in {', '.join(v['fix_versions']) or 'no version yet'}"
        for p in packages
        for v in p.get("vulns", ())
    ], ""
