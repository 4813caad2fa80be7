"""The picture that a job starts from, as the jobs API takes and gives it."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from fabula.core.strict import Strict

Side = Annotated[int, Field(ge=0, le=4096, strict=True)]
"""Pixels that a picture grows by at one side."""


class ExtensionIn(Strict):
    """How far a picture grows at each side, in its own pixels."""

    left: Side = 0
    right: Side = 0
    top: Side = 0
    bottom: Side = 0

    @model_validator(mode="after")
    def _grows(self) -> Self:
        if not any((self.left, self.right, self.top, self.bottom)):
            raise ValueError("Say by how many pixels the picture grows at one side at least.")
        return self


class ReferenceIn(Strict):
    """A source picture. ``strength`` is the denoise strength: 0 keeps it, 1 ignores it; without it
    0.5, and 0.9 where only a part is drawn anew.

    ``mask`` is the id of an uploaded picture, which is brought to the size of the source: what is
    white in it is drawn anew, what is black stays as it is. ``extend`` draws more around the
    picture, so that the result is larger. Both need an engine with ``inpainting``.
    """

    asset_id: UUID
    strength: float | None = Field(default=None, ge=0.0, le=1.0)
    mask: UUID | None = None
    extend: ExtensionIn | None = None

    @property
    def in_part(self) -> bool:
        """Whether only a part of the result is drawn anew."""
        return self.mask is not None or self.extend is not None


class ExtensionOut(BaseModel):
    """Pixels that were added to a picture at each side."""

    left: int
    right: int
    top: int
    bottom: int


class ReferenceOut(BaseModel):
    """``mask`` is the id of the picture whose white was drawn anew."""

    asset_id: UUID
    strength: float
    mask: UUID | None
    extend: ExtensionOut | None
