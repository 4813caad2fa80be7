"""What a plan gives in each calendar month (UTC): once an account, however often this runs.

The grant's reference in the ledger follows from the account and the month, so that the ledger
itself says who has had it. Each account is a transaction of its own, so that a crash loses nothing.
"""

from uuid import UUID, uuid5

from fabula.accounts.credits import repository, service
from fabula.core.clock import now
from fabula.core.database import Database
from fabula.core.errors import FabulaError
from fabula.core.logging import get_logger
from fabula.core.settings import Settings

log = get_logger(__name__)
_MONTHS = UUID("c0a7c2f4-5d0e-4f0b-9a43-0d7a5c1be6a9")
_PAGE = 500


async def grant_month(database: Database, settings: Settings) -> int:
    """Give this month's credits to everybody who has not had them; returns to how many. Nobody
    gets any while credits are off, nor while they are suspended."""
    amounts = {
        name: plan.credits_per_month
        for name, plan in settings.plans.items()
        if plan.credits_per_month
    }
    if not settings.credits_enabled or not amounts:
        return 0
    month, given, after = f"{now():%Y-%m}", 0, None
    while True:
        async with database.system() as session:
            page = await repository.people_on_plans(session, list(amounts), after, _PAGE)
            references = {month_of(person, month): (person, plan) for person, plan in page}
            had = await repository.granted(session, list(references))
        for reference, (person, plan) in references.items():
            if reference not in had:
                given += await _give(database, person, plan, amounts[plan], month, reference)
        if len(page) < _PAGE:
            return given
        after = page[-1][0]


def month_of(person: UUID, month: str) -> UUID:
    """The reference of a person's grant for a month such as ``2026-03``."""
    return uuid5(_MONTHS, f"{person}:{month}")


async def _give(
    database: Database, person: UUID, plan: str, amount: int, month: str, reference: UUID
) -> bool:
    reason = f"Credits of the plan {plan} for {month}"
    try:
        async with database.system() as session:
            return await service.grant_once(session, person, amount, reason, None, reference)
    except FabulaError as error:
        log.warning("credits.month_not_given", account=str(person), reason=str(error))
        return False
