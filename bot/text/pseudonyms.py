"""Names for people and conversations that nobody can turn back without the key: HMAC-SHA-256."""

import hmac

from bot.text.normalise import normalise

SHORTEST_KEY = 16


class Pseudonyms:
    """Keyed hashes, 40 hexadecimal digits each. What is hashed for one purpose never equals another's."""

    def __init__(self, key: bytes) -> None:
        """ValueError where the key is shorter than 16 bytes."""
        if len(key) < SHORTEST_KEY:
            raise ValueError(f"a key needs at least {SHORTEST_KEY} bytes")
        self._key = key

    def person(self, channel: str, person: str) -> str:
        """A person on a channel; empty for nobody."""
        return self._hash("person", channel, person) if person else ""

    def conversation(self, channel: str, session: str) -> str:
        """A conversation on a channel."""
        return self._hash("conversation", channel, session)

    def wording(self, text: str) -> str:
        """What was said, however it was spelled."""
        return self._hash("wording", normalise(text))

    def key_for(self, purpose: str) -> bytes:
        """A key of 32 bytes for one purpose, made of this one."""
        return hmac.digest(self._key, f"key\0{purpose}".encode(), "sha256")

    def _hash(self, *parts: str) -> str:
        joined = "\0".join(parts).encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, joined, "sha256").hex()[:40]
