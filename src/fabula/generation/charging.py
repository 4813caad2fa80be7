"""What jobs cost: the price is held when a job is accepted, and paid for what it delivered.

The ledger knows nothing of jobs, so the part that knows both is here; ``fabula.bootstrap`` wires
it before the other handlers, so that a job that is refused does nothing else first.
"""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts.credits import quotas
from fabula.accounts.credits import service as credits_
from fabula.accounts.credits.service import Usage
from fabula.core.settings import Settings
from fabula.generation import repository
from fabula.generation.events import JobAccepted, JobClosed
from fabula.generation.job_types import JOB_TYPES
from fabula.generation.provenance import Provenance


@dataclass(frozen=True, slots=True)
class Charging:
    """The handlers of a studio with its rules."""

    settings: Settings

    async def accept(self, session: AsyncSession, event: JobAccepted) -> None:
        """Count the job against the quotas and hold its price; raises when either is too much."""
        await quotas.check_job(session, self.settings, event.user_id)
        if self.settings.credits_enabled:
            price = event.provenance.price
            await credits_.reserve(session, event.user_id, event.job_id, price)

    async def close(self, session: AsyncSession, event: JobClosed) -> None:
        """Pay for the outputs that are there, give the rest back, and write the usage down.

        What was reserved is ended whatever the settings say by now.
        """
        found = await repository.plan_and_delivered(session, event.job_id)
        if found is None:
            return
        plan, delivered = Provenance.model_validate(found[0]), found[1]
        paid = plan.unit_credits * delivered
        await credits_.settle(session, event.job_id, paid)
        if delivered:
            kind = JOB_TYPES[plan.job_type]
            await credits_.record_usage(
                session,
                Usage(
                    user_id=event.user_id,
                    job_id=event.job_id,
                    action="upscale" if plan.task == "upscale" else plan.job_type,
                    format=kind.format,
                    quality=kind.quality,
                    model_type=kind.family,
                    batch=plan.count,
                    delivered=delivered,
                    credits=paid,
                ),
            )
