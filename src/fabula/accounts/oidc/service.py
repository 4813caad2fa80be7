"""Signing in by what a provider says: whose account it is, and whether they come in.

An account is found by issuer and subject alone. Locks are taken in one order: the identity, admins,
the account, the end of the trail.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts import service, signing_in, throttle, trail, two_factor
from fabula.accounts.oidc import identities, repository, roles
from fabula.accounts.oidc.problems import (
    AccountUnknown,
    NotInGroup,
    ProviderRefused,
    ProviderUnreachable,
    SignInExpired,
)
from fabula.accounts.oidc.provider import Provider
from fabula.accounts.oidc.tokens import Person
from fabula.accounts.oidc.transaction import Pending, Transaction
from fabula.accounts.people import repository as people
from fabula.accounts.service import SignedIn, Suspended
from fabula.accounts.trail import Action
from fabula.core.database import Database, lock_named
from fabula.core.errors import FabulaError
from fabula.core.settings import OidcProvider


def way(provider_id: str) -> str:
    """How the trail names it."""
    return f"oidc:{provider_id}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider sends back in the address; ``code`` is None where it refuses."""

    state: str
    code: str | None
    issuer: str | None


async def come_back(
    database: Database,
    provider: Provider,
    carried: Transaction | None,
    answer: Answer,
    merging_issuers: list[str],
    *,
    agent: str | None,
    address: str | None,
) -> SignedIn | Pending | None:
    """What becomes of an answer: a session, somebody whose code is asked for, or None where a
    provider was added to an account.

    Raises ``TooMany``, ``ProviderUnreachable`` and the other ``problems``. Failures are in the
    trail, but for answers that nobody here waits for: anybody can send those.
    """
    async with database.system() as session:
        wait = await throttle.take(session, None, address)
    throttle.refuse_for(wait)
    if carried is None or not carried.answers(provider.id, answer.state):
        raise SignInExpired
    person: Person | None = None
    try:
        await provider.check_issuer(answer.issuer)
        if answer.code is None:
            raise ProviderRefused
        person = await provider.person(answer.code, carried)
        if carried.account_id and carried.session_id:
            await identities.link(
                database, provider, person, account_id=carried.account_id,
                session_id=carried.session_id, agent=agent, address=address,
            )  # fmt: skip
            return None
        return await enter(
            database, provider, person, merging_issuers, agent=agent, address=address
        )
    except FabulaError as error:
        if not isinstance(error, ProviderUnreachable):
            await _note_failure(database, provider, person, error, agent, address)
        raise


async def enter(
    database: Database,
    provider: Provider,
    person: Person,
    merging_issuers: list[str],
    *,
    agent: str | None,
    address: str | None,
) -> SignedIn | Pending:
    """A session for somebody whom the provider has named, or what waits for their code.

    Raises ``NotInGroup``, ``AccountUnknown`` or ``Suspended``. Roles that the provider governs are
    given and taken in the same transaction.
    """
    config = provider.config
    if config.allowed_groups and not config.allowed_groups & person.groups:
        raise NotInGroup
    async with database.system() as session:
        await lock_named(session, f"identity {person.issuer} {person.subject}")
        if config.role_map:
            await people.lock_admins(session)
        account_id = await _account_of(session, provider, person, merging_issuers)
        account = await people.lock_account(session, account_id)
        if account is None or account.suspended_at:
            raise Suspended
        await roles.follow(session, provider, account_id, person.groups)
        if config.ask_second_factor and await two_factor.is_on(session, account_id):
            return Pending.begin(provider.id, account_id)
        return await service.open_session(
            session,
            account_id,
            way(provider.id),
            provider=provider.id,
            agent=agent,
            address=address,
        )


async def _note_failure(
    database: Database,
    provider: Provider,
    person: Person | None,
    error: FabulaError,
    agent: str | None,
    address: str | None,
) -> None:
    async with database.system() as session:
        known = await repository.find(session, person) if person else None
        await signing_in.record_failure(
            session, known.account_id if known else None, way(provider.id), agent, address,
            reason=error.code,
        )  # fmt: skip


async def _account_of(
    session: AsyncSession, provider: Provider, person: Person, merging_issuers: list[str]
) -> UUID:
    known = await repository.find(session, person)
    if known:
        await repository.touch(session, known.id, person)
        return known.account_id
    account_id = await _same_address(session, provider.config, person, merging_issuers)
    merged = account_id is not None
    if account_id:
        await people.lock_account(session, account_id)
    else:
        if not provider.config.create_accounts:
            raise AccountUnknown
        await lock_named(session, "account names")
        name = await service.free_name(session, person.name)
        account_id = (await service.create_account(session, name, roles.DEFAULT)).id
    identity = await repository.add(session, account_id, person)
    after = {"provider": provider.id, "account": account_id, "by_email": merged}
    await trail.record(session, None, Action.IDENTITY_LINKED, "identity", identity.id, after=after)
    return account_id


async def _same_address(
    session: AsyncSession, config: OidcProvider, person: Person, merging_issuers: list[str]
) -> UUID | None:
    """The one account whose person has this address at another provider. Both must have verified
    it and both must be trusted to merge, or the weaker one would decide. Never at the same
    provider, which may have given somebody's address to somebody else."""
    if not (config.merge_by_email and person.email and person.email_verified):
        return None
    elsewhere = [issuer for issuer in merging_issuers if issuer != person.issuer]
    found = await repository.with_address(session, person.email, elsewhere)
    return found[0] if len(found) == 1 else None
