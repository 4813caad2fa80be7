"""Sealing what must come back as it was and be read by nobody else.

AES-256-GCM (NIST SP 800-38D) with random nonces of 96 bits, under keys that HKDF-SHA256 (RFC 5869)
derives from the studio's secret, one for each purpose.
"""

import base64
import binascii
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_KEY_BYTES = 32
_NONCE_BYTES = 12


class Unsealable(ValueError):
    """It was not sealed with this secret, for this purpose and in this context."""


class Sealer:
    """Seals for one purpose, such as ``totp``."""

    def __init__(self, secret: bytes, purpose: str) -> None:
        if not secret:
            raise RuntimeError("Nothing can be sealed without the studio's secret.")
        info = f"fabula {purpose} 1".encode()
        key = HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=info).derive(secret)
        self._cipher = AESGCM(key)

    def seal(self, plain: bytes, context: bytes = b"") -> str:
        """Safe in a URL or cookie. The context is not in it: it must be given again to open."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, plain, context)
        return base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def unseal(self, sealed: str, context: bytes = b"") -> bytes:
        """Raises ``Unsealable``."""
        try:
            raw = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
            return self._cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], context)
        except (binascii.Error, InvalidTag, ValueError) as error:
            raise Unsealable("This was sealed elsewhere, or was changed.") from error
