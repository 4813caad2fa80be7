"""Secrets that the studio must be able to read again, encrypted before they go into the database.

AES-256-GCM (NIST SP 800-38D) under a key that HKDF-SHA256 (RFC 5869) derives from the studio's
secret for each purpose. What is sealed is bound to a place, such as the id of its row: moved to
another row it does not open.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES = 12
_KEY_BYTES = 32


class CannotOpen(Exception):
    """The bytes were sealed with another secret, for another place, or were changed."""


def seal(secret: bytes, purpose: str, place: str, text: str) -> bytes:
    """The text, encrypted. ``purpose`` chooses the key, ``place`` is what it is bound to."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + _cipher(secret, purpose).encrypt(nonce, text.encode(), place.encode())


def unseal(secret: bytes, purpose: str, place: str, sealed: bytes) -> str:
    """What ``seal`` was given. Raises ``CannotOpen``."""
    nonce, body = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        return _cipher(secret, purpose).decrypt(nonce, body, place.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise CannotOpen from error


def _cipher(secret: bytes, purpose: str) -> AESGCM:
    info = f"fabula sealing 1 {purpose}".encode()
    return AESGCM(HKDF(SHA256(), _KEY_BYTES, salt=None, info=info).derive(secret))
