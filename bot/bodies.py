"""Bodies of requests, read no further than they may be long."""

from collections.abc import AsyncIterable


async def read_limited(chunks: AsyncIterable[bytes], longest: int) -> bytes | None:
    """The body that comes in these chunks; None where it has more bytes than `longest`."""
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > longest:
            return None
    return bytes(body)
