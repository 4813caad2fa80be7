"""The pictures that a job starts from: found by their ids, frozen, and the mode that they allow."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts.caller import Caller
from fabula.generation import source_repository
from fabula.generation.errors import NotPossible, SourceNotFound
from fabula.generation.provenance import FrozenPicture, FrozenReference, Provenance
from fabula.generation.reference_schemas import ReferenceIn
from fabula.generation.repainting import MASK_FIELD
from fabula.generation.schemas import JobIn
from fabula.generation.source_repository import SourcePicture
from fabula.moderation.rating import Mode, rating_of

STRENGTH, STRENGTH_IN_PART = 0.5, 0.9
"""Denoise strengths where none was asked for: of a whole picture, and of a part of one."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What a job starts from; ``mode`` is the one that it is made under because of it."""

    reference: FrozenReference | None
    start: SourcePicture | None
    """The reference with its size."""
    first_frame: FrozenPicture | None
    last_frame: FrozenPicture | None
    first: SourcePicture | None
    """The first frame with its size."""
    mode: Mode


async def sources_of(session: AsyncSession, caller: Caller, body: JobIn) -> Sources:
    """Look up what a request names. Raises ``SourceNotFound`` for what is not the caller's or is
    beyond their mode, and ``NotPossible`` for pictures that do not go together."""
    start = body.reference
    reference = await _picture(
        session, caller, start.asset_id if start else None, "reference.asset_id"
    )
    mask = await _picture(session, caller, start.mask if start else None, MASK_FIELD)
    first = await _picture(session, caller, body.first_frame, "first_frame")
    last = await _picture(session, caller, body.last_frame, "last_frame")
    return Sources(
        reference=_reference(start, reference, mask) if start and reference else None,
        start=reference,
        first_frame=FrozenPicture(**facts_of(first)) if first else None,
        last_frame=FrozenPicture(**facts_of(last)) if last else None,
        first=first,
        mode=_mode({"reference": reference, "first_frame": first, "last_frame": last}, caller.mode),
    )


def _reference(
    start: ReferenceIn, picture: SourcePicture, mask: SourcePicture | None
) -> FrozenReference:
    usual = STRENGTH_IN_PART if start.in_part else STRENGTH
    return FrozenReference(
        **facts_of(picture),
        strength=usual if start.strength is None else start.strength,
        # Nobody is seen in a mask, which has two values and only says what shows.
        mask=FrozenPicture(**facts_of(mask) | {"brought": False}) if mask else None,
    )


async def _picture(
    session: AsyncSession, caller: Caller, asset_id: UUID | None, field: str
) -> SourcePicture | None:
    if asset_id is None:
        return None
    found = await source_repository.source_picture(session, caller.user_id, asset_id, caller.mode)
    if found is None:
        raise SourceNotFound(field)
    return found


def facts_of(found: SourcePicture) -> dict[str, Any]:
    """The values of a ``FrozenPicture``."""
    return {
        "asset_id": found.asset_id,
        "bucket": found.bucket,
        "key": found.key,
        "sha256": found.sha256,
        "brought": _brought(found),
    }


def _brought(found: SourcePicture) -> bool:
    """Whether a picture was brought along, or goes back to one that was."""
    return found.settings is None or Provenance.model_validate(found.settings).brought


def _mode(pictures: dict[str, SourcePicture | None], mode: Mode) -> Mode:
    """From a picture that may show anybody, only what is fit for everybody is made; what was made
    for adults cannot be part of that."""
    named = {field: found for field, found in pictures.items() if found}
    if not any(map(_brought, named.values())):
        return mode
    for field, found in named.items():
        if rating_of(found.rating) == "adult":
            raise NotPossible(
                "A picture that was brought along does not go together with one that is for "
                "adults: choose another.",
                field=field,
            )
    return "general"
