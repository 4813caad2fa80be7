"""Removing an account with everything that is the person's.

One transaction removes the rows and notes that files are left, so that an account is whole or gone
whatever is killed when. Its locks are taken in the order of a worker that delivers an output and of
a request that asks for a job: runs, the profile, the account, credits. Where something comes in
between all the same and both wait for one another, PostgreSQL ends one and it is tried again.
"""

from uuid import UUID

from psycopg.errors import DeadlockDetected
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts import repository as accounts
from fabula.accounts import throttle, trail
from fabula.accounts.caller import Caller
from fabula.accounts.credits import service as credits_
from fabula.accounts.leaving import erasure, proof, repository
from fabula.accounts.people import repository as people
from fabula.accounts.people.service import LastAdmin, PersonNotFound
from fabula.accounts.permissions import Permission
from fabula.accounts.trail import Action
from fabula.core.database import Database
from fabula.core.errors import Conflict
from fabula.queue import control
from fabula.queue.tasks import defer

_TRIES = 3


async def leave(
    database: Database, caller: Caller, username: str, *, password: str | None, code: str | None
) -> None:
    """The caller removes their own account. Raises ``Invalid`` without the proof that it is they,
    and ``LastAdmin``."""
    await proof.demand(database, caller, username, password=password, code=code)
    await delete_account(database, caller.user_id, by=caller, reason=None)


async def delete_as_admin(
    database: Database, caller: Caller, account_id: UUID, reason: str
) -> None:
    """An admin removes somebody else's account."""
    caller.require(Permission.PEOPLE)
    if account_id == caller.user_id:
        raise Conflict(
            "This is your own account: delete it among your own settings.", code="own_account"
        )
    await delete_account(database, account_id, by=caller, reason=reason)


async def delete_account(
    database: Database, account_id: UUID, *, by: Caller | None, reason: str | None
) -> None:
    """Remove an account; ``by`` is None for the studio's own machine. Raises ``PersonNotFound``
    and ``LastAdmin``."""
    for further in reversed(range(_TRIES)):
        try:
            async with database.system() as session:
                await _delete(session, account_id, by, reason)
        except DBAPIError as error:
            if not further or not isinstance(error.orig, DeadlockDetected):
                raise
        else:
            return


async def _delete(
    session: AsyncSession, account_id: UUID, by: Caller | None, reason: str | None
) -> None:
    jobs = await repository.lock_open_jobs(session, account_id)
    await people.lock_admins(session)
    await repository.lock_profile(session, account_id)
    account = await people.lock_account(session, account_id)
    if account is None:
        raise PersonNotFound
    roles = await accounts.roles_of(session, account_id)
    if "admin" in roles and not await people.other_admins(session, account_id):
        raise LastAdmin
    await credits_.lock_people(session, [account_id])
    for job in jobs:
        await control.request_cancel(session, job)
        await credits_.release(session, job)
    await throttle.forget(session, account.username)
    session.expunge(account)
    await repository.remove_account(session, account_id)
    await defer(session, erasure.TASK)
    after = {"reason": reason} if reason else None
    await trail.record(
        session, by, Action.ACCOUNT_DELETED, "account", account_id,
        before={"roles": sorted(roles)}, after=after,
        actor_is_gone=by is not None and by.user_id == account_id,
    )  # fmt: skip
