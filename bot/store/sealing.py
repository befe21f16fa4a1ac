"""What waits to be answered, readable only with the privacy key: AES in Galois/counter mode."""

import base64
import json
import secrets
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_FIELD = "sealed"
_NONCE = 12  # bytes


class Seal:
    """Closes JSON objects with a key of 32 bytes, and opens them again."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def closed(self, data: Mapping[str, Any]) -> dict[str, str]:
        """An object that tells nothing of what is in it but its length."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = nonce + self._cipher.encrypt(nonce, json.dumps(data).encode(), None)
        return {_FIELD: base64.b64encode(sealed).decode("ascii")}

    def opened(self, data: Mapping[str, Any] | None) -> dict[str, Any] | None:
        """What was closed; empty where it was with another key. What was stored open is returned as it is."""
        if data is None or _FIELD not in data:
            return None if data is None else dict(data)
        sealed = base64.b64decode(data[_FIELD])
        try:
            text = self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], None)
        except InvalidTag:
            return {}
        opened: dict[str, Any] = json.loads(text)
        return opened
