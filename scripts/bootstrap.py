"""Make .venv with the locked packages, on any machine with Python ≥ 3.11. Standard library only.

`python3 scripts/bootstrap.py extras` adds those of the extras: PostgreSQL, MCP, the city's own sign-in.

Uses uv where it is on PATH, else this Python's pip, else the one it bundles; where Debian ships neither,
one pip wheel of a known hash from the configured index. Everything said goes to standard error.
"""

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urljoin

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCKS = ROOT / "scripts" / "locks"
WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
OLDEST_PIP = (22, 3)  # the first that installs into another environment than its own
_BEYOND = 1 << 30  # a byte that nobody reads: on Windows a lock keeps readers out
PIP_WHEEL = "pip-25.3-py3-none-any.whl"
PIP_SHA256 = "9655943313a94722b7774661c21049070f6bbb0a1516bf02f7c8d5d9201514cd"


def say(text: str) -> None:
    """Tell the person at the keyboard what is going on."""
    print(f"甬问: {text}", file=sys.stderr, flush=True)


def ready(group: str) -> None:
    """See to it that .venv holds the locked packages of a group such as `run` or `dev`; silent if so."""
    if sys.version_info < (3, 11):  # noqa: UP036
        sys.exit(f"甬问 needs Python 3.11 or newer; this is {sys.version.split()[0]} ({sys.executable}).")
    locks = [LOCKS / f"{name}.txt" for name in dict.fromkeys(("build", "run", group))]
    marker = VENV / f"ready-{group}"
    wanted = _fingerprint(locks)
    if _is_ready(marker, wanted):
        return
    with _alone():
        if not _is_ready(marker, wanted):
            _set_up(locks, marker, wanted)


def _is_ready(marker: Path, wanted: str) -> bool:
    return marker.is_file() and marker.read_text() == wanted and PYTHON.exists()


@contextmanager
def _alone() -> Iterator[None]:
    """Wait until no other process sets up here: two at once would spoil each other's .venv."""
    with Path(__file__).open("rb") as held:
        if not _locked(held):
            say("another set-up is going on here; waiting for it …")
            while not _locked(held):
                time.sleep(0.2)
        yield


def _locked(file: BinaryIO) -> bool:
    """Whether a file is ours now, until it is closed; where files cannot be locked, it goes without."""
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(_BEYOND)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True
    return True


def _set_up(locks: list[Path], marker: Path, wanted: str) -> None:
    say("first run: setting up .venv with the locked packages (about half a minute) …")
    try:
        _install(locks)
    except (subprocess.CalledProcessError, OSError) as error:
        sys.exit(
            f"甬问: set-up failed: {error}\nCheck the network or the package index, then run this again."
        )
    marker.write_text(wanted)
    say("set-up done.")


def _fingerprint(locks: list[Path]) -> str:
    digest = hashlib.sha256(sys.version.encode())
    for lock in locks:
        digest.update(lock.read_bytes())
    return digest.hexdigest()


def _install(locks: list[Path]) -> None:
    uv = shutil.which("uv")
    if not PYTHON.exists():
        say(f"making {VENV.name} with Python {sys.version.split()[0]} …")
        without_pip = (sys.executable, "-m", "venv", "--without-pip", str(VENV))
        _run(*((uv, "venv", "-q", "--python", sys.executable, str(VENV)) if uv else without_pip))
    pip = [uv, "pip", "install", "--python", str(PYTHON)] if uv else [*_pip(), "install", "--no-compile"]
    for lock in locks:
        say(f"installing {lock.stem} packages …")
        _run(*pip, "-q", "--no-build-isolation", "--require-hashes", "-r", str(lock))
    _compile()


def _pip() -> list[str]:
    """How to call pip for .venv: this Python's where it is recent, as that is quickest, else its own."""
    if importlib.util.find_spec("pip") and _numbers(metadata.version("pip")) >= OLDEST_PIP:
        return [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    own = [str(PYTHON), "-m", "pip"]
    if subprocess.run([*own, "--version"], capture_output=True).returncode:
        if importlib.util.find_spec("ensurepip"):
            _run(str(PYTHON), "-m", "ensurepip")
        else:
            _fetch_pip()
    return own


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdecimal())


def _compile() -> None:
    """Compile what was installed, on every core; left undone, the first questions would wait for it."""
    code = "import compileall as c, sysconfig as s; c.compile_dir(s.get_path('purelib'), quiet=2, workers=0)"
    _run(str(PYTHON), "-c", code)


def _fetch_pip() -> None:
    say("this Python has no pip: fetching one …")
    with tempfile.TemporaryDirectory() as folder:
        wheel = Path(folder) / PIP_WHEEL
        wheel.write_bytes(_download(PIP_WHEEL))
        if hashlib.sha256(wheel.read_bytes()).hexdigest() != PIP_SHA256:
            raise OSError(f"{PIP_WHEEL} from the package index is not the file we know")
        _run(str(PYTHON), f"{wheel}/pip", "install", "-q", "--no-deps", str(wheel))


def _download(name: str) -> bytes:
    index = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/") + "/pip/"
    accept = {"Accept": "application/vnd.pypi.simple.v1+json"}
    with urllib.request.urlopen(urllib.request.Request(index, headers=accept), timeout=60) as page:
        files = json.load(page)["files"]
    found = next((f["url"] for f in files if f["filename"] == name), None)
    if found is None:
        raise OSError(f"the package index has no {name}")
    with urllib.request.urlopen(urljoin(index, found), timeout=120) as wheel:
        return bytes(wheel.read())


def _run(*command: str) -> None:
    quiet = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PYTHONWARNINGS": "ignore"}
    subprocess.run(command, check=True, stdout=sys.stderr, env=os.environ | quiet)


def python(*arguments: str) -> None:
    """Become the environment's Python with these arguments, from wherever we were called."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    environment = os.environ | {"PYTHONPATH": path}
    command = [str(PYTHON), *arguments]
    if WINDOWS:
        sys.exit(subprocess.run(command, env=environment).returncode)
    os.execve(command[0], command, environment)


if __name__ == "__main__":
    ready(*(sys.argv[1:] or ["run"]))
