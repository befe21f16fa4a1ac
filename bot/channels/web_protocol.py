"""uvicorn's HTTP protocol with a time limit on the head of a request; uvicorn itself waits without end.

It also drops what it has not read yet when the service stops, under load most of what was asked.
"""

import asyncio
from collections import OrderedDict
from typing import Any

from uvicorn.protocols.http.flow_control import CLOSE_HEADER
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 10.0
MOST_WITHOUT_HEAD = 500
_LAST_WORDS_SECONDS = 0.2
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class PatientProtocol(H11Protocol):
    """Closes a connection whose next request has no complete head within HEAD_SECONDS.

    When more than MOST_WITHOUT_HEAD connections of a server wait at once, the one that has waited longest is
    closed.
    """

    _waiting: OrderedDict["PatientProtocol", None]

    @classmethod
    def of_a_server(cls) -> "type[PatientProtocol]":
        """The protocol for one server, whose connections wait beside each other alone."""
        return type(cls.__name__, (cls,), {"_waiting": OrderedDict()})

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._deadline: asyncio.TimerHandle | None = None
        self._stopping = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A connection opens: the clock runs."""
        super().connection_made(transport)
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        """Bytes came: the clock stops once the head is whole, and runs for the next one."""
        super().data_received(data)
        if self._answering:
            self._have_head()
            if self._stopping:
                self._answer_last()
        elif self._deadline is None:
            self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """A connection is closed."""
        self._have_head()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """The service stops. What a caller had sent by then may not have been read yet: it is answered."""
        self._stopping = True
        if self._answering:
            self._answer_last()
        else:
            self.loop.call_later(_LAST_WORDS_SECONDS, self._leave)

    @property
    def _answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _answer_last(self) -> None:
        # As if the caller had asked for it: uvicorn then says that it closes, and nothing is sent after.
        self.cycle.scope["headers"] = [*self.cycle.scope["headers"], CLOSE_HEADER]
        super().shutdown()

    def _leave(self) -> None:
        if not self.transport.is_closing():
            super().shutdown()

    def _expect_head(self) -> None:
        self._deadline = self.loop.call_later(HEAD_SECONDS, self._give_up)
        self._waiting[self] = None
        if len(self._waiting) > MOST_WITHOUT_HEAD:
            next(iter(self._waiting))._give_up()

    def _have_head(self) -> None:
        self._waiting.pop(self, None)
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._have_head()
        if not self.transport.is_closing():
            self.transport.write(_TOO_SLOW)
            self.transport.close()
