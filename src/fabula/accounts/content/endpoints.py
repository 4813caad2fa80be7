"""Which content the caller sees, and the age gate."""

from uuid import UUID

from fastapi import APIRouter

from fabula.accounts.access import CallerDep, DatabaseDep, MachineSessionDep, SessionDep
from fabula.accounts.content import service
from fabula.accounts.content.repository import Chosen
from fabula.accounts.content.schemas import AgeIn, AgeOfPersonIn, ContentIn, ContentOut, StepOut
from fabula.accounts.credits.access import SettingsDep
from fabula.accounts.people import service as people
from fabula.accounts.people.endpoints import person_out
from fabula.accounts.people.schemas import PersonOut
from fabula.core.settings import Settings

router = APIRouter(tags=["content"])


def _content(chosen: Chosen, settings: Settings) -> ContentOut:
    standing = service.standing_of(chosen, adult_mode=settings.adult_mode)
    return ContentOut(
        mode=standing.mode(),
        steps=[StepOut.model_validate(step, from_attributes=True) for step in standing.steps()],
        blur=chosen.blur,
        age_check=service.age_check(chosen),
    )


@router.get("/me/content")
async def get_content(caller: CallerDep, session: SessionDep, settings: SettingsDep) -> ContentOut:
    """The caller's effective mode of content, and what it is made of."""
    return _content(await service.chosen_by(session, caller), settings)


@router.put("/me/content")
async def set_content(
    body: ContentIn, caller: CallerDep, session: SessionDep, settings: SettingsDep
) -> ContentOut:
    """Choose the mode, and whether what is rated for adults is covered at first."""
    chosen = await service.choose(
        session, caller, body.mode, blur=body.blur, adult_mode=settings.adult_mode
    )
    return _content(chosen, settings)


@router.post("/me/age")
async def confirm_age(
    body: AgeIn, caller: CallerDep, database: DatabaseDep, settings: SettingsDep
) -> ContentOut:
    """Confirm the own age by a birth date, which is judged and not stored. One below 18 is refused,
    and only an admin can confirm the age after that."""
    chosen = await service.confirm_own_age(
        database, caller, body.birth_date, adult_mode=settings.adult_mode
    )
    return _content(chosen, settings)


@router.put("/people/{person_id}/age")
async def set_age_of_person(
    person_id: UUID, body: AgeOfPersonIn, caller: CallerDep, session: MachineSessionDep
) -> PersonOut:
    """Confirm somebody's age, or withdraw that, for a reason. Admins only."""
    await people.get(session, caller, person_id)
    await service.set_age(session, caller, person_id, verified=body.verified, reason=body.reason)
    return person_out(await people.get(session, caller, person_id))
