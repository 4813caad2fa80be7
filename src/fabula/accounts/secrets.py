"""Random tokens and passwords, and the only forms in which they are stored."""

import hashlib
import secrets

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

# OWASP's second choice for Argon2id: 19 MiB, two passes, one lane; about 22 ms.
_passwords = PasswordHash((Argon2Hasher(memory_cost=19 * 1024, time_cost=2, parallelism=1),))
_DUMMY = _passwords.hash(secrets.token_urlsafe(16))

KEY_PREFIX = "fab_"


def new_token() -> str:
    """256 random bits, safe in a URL."""
    return secrets.token_urlsafe(32)


def new_api_key() -> str:
    return KEY_PREFIX + new_token()


def token_hash(token: str) -> str:
    """SHA-256 in hex. Enough for random tokens: there is nothing to guess from."""
    return hashlib.sha256(token.encode()).hexdigest()


def hash_password(password: str) -> str:
    return _passwords.hash(password)


def password_matches(password: str, stored: str | None) -> bool:
    """Takes as long for an account without a password, so that its absence does not show."""
    matches = _passwords.verify(password, stored or _DUMMY)
    return matches and stored is not None
