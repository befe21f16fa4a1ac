"""A service of our own on this machine, for the scripts that need one."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit


@contextmanager
def service(settings: Mapping[str, str]) -> Iterator[int]:
    """The port of a service on 127.0.0.1, with its residents' database in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "log").open("w+") as log:
        own = {"YONGWEN_PORT": "0", "YONGWEN_RESIDENTS": f"{folder}/residents.sqlite"}
        command = [sys.executable, "-m", "bot", "serve"]
        environment = {**os.environ, **own, **settings}
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            line = process.stdout.readline() if process.stdout else ""
            port = urlsplit(line.split()[-1] if line else "").port
            if not port:
                log.seek(0)
                sys.exit(f"the service did not start:\n{log.read()}")
            yield port
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()
