"""The begin of a GGUF file: what it says of the model in it.

The form is described at https://github.com/ggml-org/ggml/blob/master/docs/gguf.md. Only the keys
before the first long list are read, which are those about the model.
"""

import struct
from pathlib import Path
from typing import BinaryIO

from fabula.engines.model_files.header import DamagedFile

MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_MOST_KEYS = 64
_MOST_TEXT = 65_536
_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q",
            12: "d"}  # fmt: skip
_TEXT, _LIST = 8, 9

Value = str | int | float | bool


def read_gguf(path: Path) -> dict[str, Value]:
    """Keys and values up to the first list. Raises ``DamagedFile``, and ``OSError`` where the file
    cannot be read."""
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise DamagedFile("The file does not begin as a GGUF file does.")
        if _number(file, "I") not in _VERSIONS:
            raise DamagedFile("The GGUF file is of a version that the studio does not know.")
        _number(file, "Q")
        keys = int(_number(file, "Q"))
        found: dict[str, Value] = {}
        for _ in range(min(keys, _MOST_KEYS)):
            name, kind = _text(file), int(_number(file, "I"))
            if kind == _LIST:
                break
            if kind != _TEXT and kind not in _NUMBERS:
                raise DamagedFile("The GGUF file has a value of no known kind.")
            found[name] = _text(file) if kind == _TEXT else _number(file, _NUMBERS[kind])
        return found


def _number(file: BinaryIO, form: str) -> int | float | bool:
    layout = struct.Struct(f"<{form}")
    data = file.read(layout.size)
    if len(data) < layout.size:
        raise DamagedFile("The GGUF file ends in its header: it was not copied whole.")
    value: int | float | bool = layout.unpack(data)[0]
    return value


def _text(file: BinaryIO) -> str:
    length = int(_number(file, "Q"))
    if length > _MOST_TEXT:
        raise DamagedFile("The GGUF file has a text that is too long.")
    data = file.read(length)
    if len(data) < length:
        raise DamagedFile("The GGUF file ends in its header: it was not copied whole.")
    return data.decode("utf-8", "replace")
