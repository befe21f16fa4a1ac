"""Requests to a messenger's server: JSON out, JSON in, failures told apart by whether to try later."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx

from bot.channels.inbox import DelayedError, UndeliverableError

_TIMEOUT_SECONDS = 10.0
_RETRIED = (408, 425, 429)


class Rest:
    """A client for one messenger; follows no redirect, for it may lead elsewhere."""

    def __init__(self) -> None:
        self._client = httpx.AsyncClient(timeout=_TIMEOUT_SECONDS, trust_env=True)

    async def post(
        self, url: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """The object answered. Raises DelayedError where it may work later, else UndeliverableError."""
        try:
            response = await self._client.post(url, json=body, headers=headers)
        except httpx.HTTPError as error:
            raise DelayedError(type(error).__name__) from None
        if response.status_code in _RETRIED or response.status_code >= 500:
            raise DelayedError(f"status {response.status_code}", _after(response))
        try:
            data = response.json()
        except ValueError:
            data = None
        if not isinstance(data, dict):
            raise UndeliverableError(f"status {response.status_code}, no JSON object")
        return data

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def _after(response: httpx.Response) -> float:
    seconds = response.headers.get("retry-after", "")
    return float(seconds) if seconds.isdecimal() else 0.0


@asynccontextmanager
async def running_rest() -> AsyncIterator[Rest]:
    """A client for the length of the context."""
    rest = Rest()
    try:
        yield rest
    finally:
        await rest.close()
