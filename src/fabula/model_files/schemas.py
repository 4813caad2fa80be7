"""What the API of model files takes and gives."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

FileName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Sha256 = Annotated[str, StringConstraints(to_lower=True, pattern=r"^[0-9a-fA-F]{64}$")]


class ModelUploadIn(BaseModel):
    """A file that is about to be sent: its name, its size in bytes and, where it is known, its
    SHA-256 in hexadecimal."""

    model_config = ConfigDict(extra="forbid")

    name: FileName
    size: int = Field(gt=0, le=2**40, strict=True)
    sha256: Sha256 | None = None


class ModelUploadOut(BaseModel):
    """A file on its way in. ``offset`` is how many bytes are there: the next part begins with
    it and has ``part_bytes`` at most."""

    id: UUID
    name: str
    size: int
    offset: int
    part_bytes: int
    created_at: datetime


class ModelFileOut(BaseModel):
    """A file, or a folder that is one model.

    ``name`` is what jobs call it and ``place`` where it lies; ``family_label`` is the family for
    people, ``runs`` whether the studio's own engines know the family. ``hashed`` is how much of it
    is hashed, 0 to 1. ``fits`` are the first models (of a LoRA) or LoRAs (of a model) that work
    with it, ``fitting`` how many there are. ``removable`` is False in folders that are only read.
    """

    id: UUID
    name: str
    place: str
    kind: str
    family: str
    family_label: str
    runs: bool
    title: str
    author: str
    licence: str
    description: str
    triggers: list[str]
    resolution: str
    prediction_type: str
    precision: str
    parameters: int
    folder: bool
    size: int
    sha256: str | None
    hashed: float
    hash_agrees: bool | None
    fault: str
    preview_url: str | None
    fits: list[str]
    fitting: int
    uses: int
    last_used_at: datetime | None
    removable: bool
    missing_since: datetime | None
    created_at: datetime


class ModelCountOut(BaseModel):
    kind: str
    family: str
    family_label: str
    count: int


class ModelProblemOut(BaseModel):
    """Something that does not work as it stands, and what to do; ``code`` is stable."""

    code: str
    message: str


class ModelFolderOut(BaseModel):
    """A folder of models; ``free`` is the room on its disk in bytes, None where it cannot be
    told. Files are only put into a ``writable`` one."""

    path: str
    writable: bool
    free: int | None


class ModelShelfOut(BaseModel):
    """The model files in sum: how many of which kind, where they lie, and what is wrong."""

    folders: list[ModelFolderOut]
    counts: list[ModelCountOut]
    problems: list[ModelProblemOut]


class ModelScanOut(BaseModel):
    found: int
    changed: int
    missing: int
