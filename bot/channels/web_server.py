"""Runs the web chat under uvicorn, inside an asyncio loop that may do other things too."""

import asyncio
import signal
import socket
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp
from uvicorn.server import HANDLED_SIGNALS

from bot.channels.web_protocol import PatientProtocol
from bot.errors import ChannelError

_SECONDS_TO_FINISH = 5
IDLE_SECONDS = 5
"""A connection on which nobody asks is closed then; a proxy has to be sooner (scripts/deploy/Caddyfile)."""
MOST_CONNECTIONS = 2000


def _quiet(url: str) -> None:
    """Tell nobody."""


async def serve(
    app: ASGIApp,
    host: str,
    port: int,
    listening: Callable[[str], None] = _quiet,
    proxies: Sequence[str] = (),
) -> None:
    """Serve until SIGINT, SIGTERM or cancellation, then let open requests finish.

    `listening` is called with the address, once, when a browser can connect; port 0 takes a free one.
    `proxies` are the addresses or networks whose X-Forwarded-For and X-Forwarded-Proto are believed.
    Raises ChannelError where the address cannot be listened on or the app's lifespan fails to start.
    """
    with _listener(host, port) as listener:
        shown_host = f"[{host}]" if ":" in host else host
        url = f"http://{shown_host}:{listener.getsockname()[1]}"
        config = uvicorn.Config(
            app,
            ws="none",
            http=PatientProtocol.of_a_server(),
            limit_concurrency=MOST_CONNECTIONS,
            access_log=False,
            log_config=None,
            server_header=False,
            forwarded_allow_ips=list(proxies),
            timeout_keep_alive=IDLE_SECONDS,
            timeout_graceful_shutdown=_SECONDS_TO_FINISH,
        )
        server = _Server(config, lambda: listening(url))
        running = asyncio.ensure_future(server.serve([listener]))
        try:
            await asyncio.shield(running)
        except asyncio.CancelledError:
            server.should_exit = True
            await running
            raise


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family)
        # What is accepted inherits it. Else a reply's body waits for the caller to confirm its head: 40 ms.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listener
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ChannelError(f"the web chat cannot listen on {host} port {port}: {reason}") from error


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._listening = listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start; a failed lifespan becomes an error of ours instead of SystemExit."""
        try:
            await super().startup(sockets)
        except SystemExit as error:
            raise ChannelError("the web chat could not start; the log says why") from error
        self._listening()

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Stop on a signal. Unlike uvicorn, do not raise it again: the caller has yet to clean up."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in HANDLED_SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
