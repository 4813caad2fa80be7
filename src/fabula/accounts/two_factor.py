"""A second factor: one-time passwords by time (RFC 6238), and recovery codes for a lost device.

Wrong codes count as tries to sign in. A code works once: the time step of the last one is kept.
Secrets are encrypted under a key of the studio's secret, each for its account alone.
"""

import base64
import hmac
import secrets as random
from dataclasses import dataclass
from uuid import UUID

import pyotp
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts import sign_in_repository as repository
from fabula.accounts import throttle, trail
from fabula.accounts.caller import Caller
from fabula.accounts.secrets import token_hash
from fabula.accounts.trail import Action
from fabula.core.clock import now
from fabula.core.database import Database
from fabula.core.errors import Conflict, Invalid
from fabula.core.logging import get_logger
from fabula.core.sealing import Sealer, Unsealable

log = get_logger(__name__)
STEP_SECONDS = 30
RECOVERY_CODES = 10
_RECOVERY_BYTES = 10
_ISSUER = "Fabula"


@dataclass(frozen=True, slots=True)
class Setup:
    """What an authenticator app needs, by hand or as a QR code of ``uri``."""

    secret: str
    uri: str


async def begin(session: AsyncSession, caller: Caller) -> Setup:
    """A new secret, which is not in force before a code from it was given."""
    secret = pyotp.random_base32()
    sealed = _seal(session, caller.user_id, secret)
    if not await repository.begin_factor(session, caller.user_id, sealed):
        raise Conflict("Two-factor sign-in is on already: turn it off first.", code="two_factor_on")
    uri = pyotp.TOTP(secret).provisioning_uri(name=caller.username, issuer_name=_ISSUER)
    return Setup(secret, uri)


async def confirm(database: Database, caller: Caller, code: str) -> list[str]:
    """Turn the factor on with a first code; the recovery codes, which are shown once."""
    await _admit(database, caller)
    async with database.system() as session:
        factor = await repository.factor(session, caller.user_id)
        if factor is None or factor.confirmed:
            raise Conflict(
                "There is no two-factor set-up to confirm: begin one.", code="two_factor_not_begun"
            )
        step = _step_of(_unseal(session, caller.user_id, factor.sealed), code)
        if step is None or not await repository.confirm_factor(session, caller.user_id, step):
            raise Invalid(_WRONG, field="code")
        codes = await _new_codes(session, caller.user_id)
        await throttle.forget(session, caller.username)
        await trail.record(session, caller, Action.FACTOR_ADDED, "account", caller.user_id)
    return codes


async def renew_codes(database: Database, caller: Caller, code: str) -> list[str]:
    """New recovery codes in place of all old ones."""
    await _admit(database, caller)
    async with database.system() as session:
        await _demand(session, caller, code)
        codes = await _new_codes(session, caller.user_id)
        await trail.record(session, caller, Action.RECOVERY_CODES_MADE, "account", caller.user_id)
    return codes


async def remove(database: Database, caller: Caller, code: str) -> None:
    """Turn the factor off, which takes a code."""
    await _admit(database, caller)
    async with database.system() as session:
        await _demand(session, caller, code)
        await repository.remove_factor(session, caller.user_id)
        await trail.record(session, caller, Action.FACTOR_REMOVED, "account", caller.user_id)


async def seal_plain(session: AsyncSession) -> int:
    """Encrypt the secrets that an older version stored as they are; how many there were."""
    found = await repository.plain_secrets(session)
    for account_id, secret in found:
        await repository.seal_secret(session, account_id, _seal(session, account_id, secret))
    return len(found)


async def is_on(session: AsyncSession, account_id: UUID) -> bool:
    factor = await repository.factor(session, account_id)
    return factor is not None and factor.confirmed


async def codes_left(session: AsyncSession, account_id: UUID) -> int:
    return await repository.codes_left(session, account_id)


async def accepts(session: AsyncSession, account_id: UUID, code: str) -> bool:
    """Use a code up: one by time, or a recovery code."""
    factor = await repository.factor(session, account_id)
    if factor is None or not factor.confirmed:
        return False
    plain = "".join(code.split()).replace("-", "").upper()
    step = _step_of(_unseal(session, account_id, factor.sealed), plain)
    if step is not None:
        return await repository.use_step(session, account_id, step)
    return await repository.use_code(session, account_id, token_hash(plain))


_WRONG = "That code is not right, or was used already. Take the next one that the app shows."


async def _admit(database: Database, caller: Caller) -> None:
    async with database.system() as session:
        wait = await throttle.take(session, caller.username, caller.address)
    throttle.refuse_for(wait)


async def _demand(session: AsyncSession, caller: Caller, code: str) -> None:
    if not await is_on(session, caller.user_id):
        raise Conflict("Two-factor sign-in is not on.", code="two_factor_off")
    if not await accepts(session, caller.user_id, code):
        raise Invalid(_WRONG, field="code")
    await throttle.forget(session, caller.username)


def _sealer(session: AsyncSession) -> Sealer:
    return Sealer(session.info["secret"], "totp")


def _seal(session: AsyncSession, account_id: UUID, secret: str) -> str:
    return _sealer(session).seal(secret.encode(), account_id.bytes)


def _unseal(session: AsyncSession, account_id: UUID, sealed: str) -> str | None:
    """None where the studio's secret is another one by now: no code of the app is right then."""
    try:
        return _sealer(session).unseal(sealed, account_id.bytes).decode()
    except Unsealable:
        log.warning("two_factor.unreadable", account=str(account_id))
        return None


def _step_of(secret: str | None, code: str) -> int | None:
    """The time step of a code: the current one or a neighbour, for clocks that differ."""
    if secret is None:
        return None
    totp = pyotp.TOTP(secret, interval=STEP_SECONDS)
    current = int(now().timestamp()) // STEP_SECONDS
    given = "".join(code.split()).encode()
    for step in (current, current - 1, current + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), given):
            return step
    return None


async def _new_codes(session: AsyncSession, account_id: UUID) -> list[str]:
    """Codes of 80 random bits, stored as hashes."""
    plain = [
        base64.b32encode(random.token_bytes(_RECOVERY_BYTES)).decode()
        for _ in range(RECOVERY_CODES)
    ]
    await repository.replace_codes(session, account_id, [token_hash(code) for code in plain])
    return ["-".join(code[at : at + 4] for at in range(0, 16, 4)) for code in plain]
