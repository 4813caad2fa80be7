"""What is sealed comes back whole, with the same secret, purpose and context, or not at all."""

import pytest

from fabula.core.sealing import Sealer, Unsealable

SEALER = Sealer(b"a secret", "one thing")


def test_it_comes_back_and_is_never_the_same_twice() -> None:
    first, second = (SEALER.seal(b"JBSWY3DP", b"ada") for _ in range(2))
    assert first != second
    assert "JBSWY3DP" not in first
    assert SEALER.unseal(first, b"ada") == SEALER.unseal(second, b"ada") == b"JBSWY3DP"


@pytest.mark.parametrize(
    ("sealer", "context"),
    [
        (SEALER, b"eve"),
        (SEALER, b""),
        (Sealer(b"another secret", "one thing"), b"ada"),
        (Sealer(b"a secret", "another thing"), b"ada"),
    ],
)
def test_nothing_else_opens_it(sealer: Sealer, context: bytes) -> None:
    with pytest.raises(Unsealable):
        sealer.unseal(SEALER.seal(b"x", b"ada"), context)


@pytest.mark.parametrize("changed", ["", "A", "AAAA", "!", "é", "A" * 200])
def test_what_was_never_sealed_is_not_opened(changed: str) -> None:
    with pytest.raises(Unsealable):
        SEALER.unseal(changed)


def test_a_changed_bit_shows() -> None:
    sealed = SEALER.seal(b"x" * 20)
    for place in range(0, len(sealed), 5):
        other = "A" if sealed[place] != "A" else "B"
        with pytest.raises(Unsealable):
            SEALER.unseal(sealed[:place] + other + sealed[place + 1 :])


def test_there_must_be_a_secret() -> None:
    with pytest.raises(RuntimeError):
        Sealer(b"", "one thing")
