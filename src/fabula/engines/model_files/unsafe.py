"""Files that run code when they are opened, known by what is in them and not by their names."""

from pathlib import Path

HEAD_BYTES = 512
_TAR_MARK = slice(257, 262)
WHAT_TO_DO = (
    "A pickle runs code when it is opened, so the studio never opens one. Take the model's "
    ".safetensors file, or convert this one on a machine that holds nothing of yours."
)


def pickle_kind(head: bytes) -> str | None:
    """What a file is by its first ``HEAD_BYTES`` bytes, where opening it may run code; else None.

    Torch writes a zip of pickles, older ones a bare pickle or a tar; protocols 0 and 1 of pickle
    are text and begin with no mark, so what is no model file is refused elsewhere.
    """
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "a zip of pickles"
    if len(head) > 1 and head[0] == 0x80 and 2 <= head[1] <= 5:
        return "a pickle"
    if head[_TAR_MARK] == b"ustar":
        return "a tar of pickles"
    return None


def head_of(path: Path) -> bytes:
    """The first bytes of a file, enough for ``pickle_kind``."""
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)


def refusal_of(name: str, head: bytes) -> str | None:
    """Why a file of this name that begins so is no model file, as sentences; None where it may be
    one."""
    if found := pickle_kind(head):
        return f"{name} is {found}, whatever its name says. {WHAT_TO_DO}"
    return None
