"""The header of a safetensors file: eight bytes of length, then JSON with the place of each tensor.

Nothing in it is believed unchecked: lengths are held against the file, shapes against the bytes
that they claim, and the tensors must fill the file without a gap. The format is described at
https://github.com/huggingface/safetensors#format.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, BinaryIO

MOST_HEADER_BYTES = 32 * 2**20
"""More than any model needs whose header is no attack; the format itself allows 100 MB."""

MOST_DIMENSIONS = 32
_LENGTH_BYTES = 8
_BITS = {
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "F4": 4,
    "F6_E2M3": 6, "F6_E3M2": 6, "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32,
    "U32": 32, "F32": 32, "I64": 64, "U64": 64, "F64": 64, "C64": 64,
}  # fmt: skip


class DamagedFile(Exception):
    """A file is not what its form says; the message is a sentence for people."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """``begin`` and ``end`` are bytes behind the header."""

    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Header:
    """All of a header. Tensors begin at byte ``data_begin`` of the file."""

    tensors: Mapping[str, Tensor]
    metadata: Mapping[str, str]
    data_begin: int


def read_header(path: Path) -> Header:
    """Read and check the header. Raises ``DamagedFile``, and ``OSError`` where it cannot be read.

    The memory that this takes is bounded by ``MOST_HEADER_BYTES``, whatever the file says.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(0)
        return parse_header(file, size)


def parse_header(file: BinaryIO, size: int) -> Header:
    """As ``read_header``, from an open file of ``size`` bytes at its start."""
    begin = file.read(_LENGTH_BYTES)
    if len(begin) < _LENGTH_BYTES:
        raise DamagedFile("The file is too short for a safetensors file.")
    length = int.from_bytes(begin, "little")
    if length > size - _LENGTH_BYTES:
        raise DamagedFile("The file ends before its header does: it was not copied whole.")
    if length > MOST_HEADER_BYTES:
        raise DamagedFile("The header is larger than that of any model.")
    told = _json(file.read(length))
    metadata = _metadata(told.pop("__metadata__", {}))
    tensors = {name: _tensor(name, entry) for name, entry in told.items()}
    _demand_whole(tensors, size - _LENGTH_BYTES - length)
    return Header(tensors, metadata, _LENGTH_BYTES + length)


def _json(text: bytes) -> dict[str, Any]:
    try:
        told = json.loads(text, object_pairs_hook=_without_doubles)
    except (ValueError, RecursionError) as error:
        raise DamagedFile("The header is not the JSON of a safetensors file.") from error
    if not isinstance(told, dict):
        raise DamagedFile("The header is not the JSON of a safetensors file.")
    return told


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Two tensors of one name would be read differently by different programs."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name twice")
    return found


def _metadata(told: object) -> dict[str, str]:
    if not isinstance(told, dict) or not all(isinstance(text, str) for text in told.values()):
        raise DamagedFile("The metadata of the header are not texts.")
    return told


def _tensor(name: str, entry: object) -> Tensor:
    match entry:
        case {"dtype": str() as dtype, "shape": list() as shape, "data_offsets": [begin, end]}:
            whole = (*shape, begin, end)
            if dtype not in _BITS or len(shape) > MOST_DIMENSIONS or not all(map(_is_size, whole)):
                raise _wrong(name)
        case _:
            raise _wrong(name)
    bits = prod(shape) * _BITS[dtype]
    if bits % 8 or end - begin != bits // 8:
        raise _wrong(name)
    return Tensor(dtype, tuple(shape), begin, end)


def _is_size(value: object) -> bool:
    return type(value) is int and 0 <= value < 2**63


def _demand_whole(tensors: Mapping[str, Tensor], size: int) -> None:
    """The tensors lie one behind the other and fill the file."""
    place = 0
    for name, tensor in sorted(tensors.items(), key=lambda item: (item[1].begin, item[1].end)):
        if tensor.begin != place:
            raise _wrong(name)
        place = tensor.end
    if place > size:
        raise DamagedFile("The file ends before its tensors do: it was not copied whole.")
    if place < size:
        raise DamagedFile("The file goes on behind its last tensor.")


def _wrong(name: str) -> DamagedFile:
    return DamagedFile(f"The header lies about the tensor {name[:80]!r}.")
