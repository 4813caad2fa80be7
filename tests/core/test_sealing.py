"""Sealed texts open for whom they were sealed, and for nobody else."""

import pytest

from fabula.core.sealing import CannotOpen, seal, unseal

SECRET = b"of the studio"


def test_a_sealed_text_opens_and_shows_nothing() -> None:
    sealed = seal(SECRET, "keys", "row 1", "sk-private")
    assert b"private" not in sealed
    assert unseal(SECRET, "keys", "row 1", sealed) == "sk-private"
    assert seal(SECRET, "keys", "row 1", "sk-private") != sealed


@pytest.mark.parametrize(
    ("secret", "purpose", "place"),
    [(b"another", "keys", "row 1"), (SECRET, "codes", "row 1"), (SECRET, "keys", "row 2")],
)
def test_it_opens_nowhere_else(secret: bytes, purpose: str, place: str) -> None:
    with pytest.raises(CannotOpen):
        unseal(secret, purpose, place, seal(SECRET, "keys", "row 1", "sk-private"))


def test_it_does_not_open_when_it_was_changed() -> None:
    sealed = bytearray(seal(SECRET, "keys", "row 1", "sk-private"))
    for at in (0, 12, len(sealed) - 1):
        sealed[at] ^= 1
        with pytest.raises(CannotOpen):
            unseal(SECRET, "keys", "row 1", bytes(sealed))
        sealed[at] ^= 1
    with pytest.raises(CannotOpen):
        unseal(SECRET, "keys", "row 1", b"")
