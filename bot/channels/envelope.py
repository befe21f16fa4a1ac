"""The envelope WeChat, WeCom and DingTalk push in: SHA-1 signature, AES-256-CBC, the receiver's id inside.

key = base64(AESKey + "="), IV = its first 16 bytes; plain = 16 random bytes, 4 bytes of length (big-endian),
text, receiver; PKCS#7 to 32 bytes; the signature is over the sorted token, timestamp, nonce and ciphertext.
"""

import base64
import binascii
import hashlib
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from bot.channels.webhook import PushRefusedError, same
from bot.errors import ChannelError

# All in bytes.
_PADDED_TO = 32
_RANDOM = 16
_LENGTH = 4
_KEY = 32
_AES_BLOCK = 16


def signature(*parts: str) -> str:
    """SHA-1 of the sorted parts, as these platforms sign."""
    return hashlib.sha1("".join(sorted(parts)).encode("utf-8", "surrogatepass")).hexdigest()


def check_signature(given: str, *parts: str) -> None:
    """Refuse with 403 what is not signed so."""
    if not same(given, signature(*parts)):
        raise PushRefusedError(403, "wrong signature")


def decoded(sealed: str) -> bytes:
    """Base64 as bytes; refused with 400 where it is none."""
    try:
        return base64.b64decode(sealed, validate=True)
    except (binascii.Error, ValueError) as error:
        raise PushRefusedError(400, "not base64") from error


def decrypted(data: bytes, key: bytes, iv: bytes, padded_to: int) -> bytes:
    """What AES-256-CBC hides, without its PKCS#7 padding to a multiple of so many bytes.

    Refused with 400 where it is cut off, with 403 where the padding shows that the key was another.
    """
    if not data or len(data) % _AES_BLOCK:
        raise PushRefusedError(400, "cut off")
    decryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    unpadder = PKCS7(8 * padded_to).unpadder()
    try:
        return unpadder.update(decryptor.update(data) + decryptor.finalize()) + unpadder.finalize()
    except ValueError as error:
        raise PushRefusedError(403, "sealed with another key") from error


class Envelope:
    """Opens and seals texts for one receiver: an app id, a corp id, an app key."""

    def __init__(self, aes_key: str, receiver: str) -> None:
        """ChannelError where the key is not 43 letters and digits that stand for 32 bytes."""
        try:
            self._key = base64.b64decode(f"{aes_key}=", validate=True)
        except (binascii.Error, ValueError):
            self._key = b""
        if len(aes_key) != 43 or len(self._key) != _KEY:
            raise ChannelError("an AES key of a messenger has 43 letters and digits; copy it again")
        self._receiver = receiver.encode()

    def open(self, sealed: str) -> str:
        """The text inside; refused with 400 where it is damaged, with 403 where it is another's."""
        content = decrypted(decoded(sealed), self._key, self._key[:_AES_BLOCK], _PADDED_TO)[_RANDOM:]
        if len(content) < _LENGTH:
            raise PushRefusedError(400, "too short")
        end = _LENGTH + struct.unpack(">I", content[:_LENGTH])[0]
        if content[end:] != self._receiver:
            raise PushRefusedError(403, "for another receiver")
        try:
            return content[_LENGTH:end].decode()
        except UnicodeDecodeError as error:
            raise PushRefusedError(400, "not UTF-8") from error

    def seal(self, text: str) -> str:
        """The text, encrypted."""
        content = text.encode()
        whole = secrets.token_bytes(_RANDOM) + struct.pack(">I", len(content)) + content + self._receiver
        padder = PKCS7(8 * _PADDED_TO).padder()
        encryptor = Cipher(algorithms.AES(self._key), modes.CBC(self._key[:_AES_BLOCK])).encryptor()
        sealed = encryptor.update(padder.update(whole) + padder.finalize()) + encryptor.finalize()
        return base64.b64encode(sealed).decode()
