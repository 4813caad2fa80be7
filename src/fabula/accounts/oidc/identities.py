"""Identities of the own account: one more, or one less."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts import trail
from fabula.accounts.caller import Caller
from fabula.accounts.oidc import repository
from fabula.accounts.oidc.problems import IdentityTaken, LastWayIn, SignInExpired
from fabula.accounts.oidc.provider import Provider
from fabula.accounts.oidc.tokens import Person
from fabula.accounts.people import repository as people
from fabula.accounts.trail import Action
from fabula.core.database import Database, lock_named
from fabula.core.errors import Forbidden, NotFound
from fabula.core.pagination import Cursor
from fabula.models import Identity


async def link(
    database: Database,
    provider: Provider,
    person: Person,
    *,
    account_id: UUID,
    session_id: UUID,
    agent: str | None,
    address: str | None,
) -> None:
    """Add an identity to the account of somebody who is still signed in. Raises ``SignInExpired``
    or ``IdentityTaken``."""
    async with database.system() as session:
        await lock_named(session, f"identity {person.issuer} {person.subject}")
        if not await repository.session_lives(session, account_id, session_id):
            raise SignInExpired
        known = await repository.find(session, person)
        if known and known.account_id != account_id:
            raise IdentityTaken
        if known:
            return
        account = await people.lock_account(session, account_id)
        if account is None:
            raise SignInExpired
        identity = await repository.add(session, account_id, person)
        caller = Caller(
            account_id, account.username, frozenset(), session_id, address=address, agent=agent
        )
        after = {"provider": provider.id, "account": account_id}
        await trail.record(
            session, caller, Action.IDENTITY_LINKED, "identity", identity.id, after=after
        )


def demand_browser(caller: Caller) -> UUID:
    """The session of somebody who is to go to a provider, which a program with a key cannot."""
    if caller.session_id is None:
        raise Forbidden("A provider is added in a browser: sign in on the page for that.")
    return caller.session_id


async def of_caller(
    session: AsyncSession, caller: Caller, cursor: Cursor | None, limit: int
) -> list[Identity]:
    return await repository.of_account(session, caller.user_id, cursor, limit)


async def unlink(
    session: AsyncSession, caller: Caller, identity_id: UUID, issuers: Iterable[str]
) -> None:
    """Take an identity away, unless it is the last way in. ``issuers`` are those of the settings:
    an identity at any other one lets nobody in."""
    account = await people.lock_account(session, caller.user_id)
    row = await repository.own(session, caller.user_id, identity_id)
    if account is None or row is None:
        raise NotFound("There is no such identity: it may have been removed already.")
    usable = list(issuers)
    others = await repository.others(session, caller.user_id, identity_id, usable)
    if row.issuer in usable and account.password_hash is None and not others:
        raise LastWayIn
    await repository.remove(session, identity_id)
    await trail.record(
        session, caller, Action.IDENTITY_REMOVED, "identity", identity_id,
        before={"issuer": row.issuer},
    )  # fmt: skip
