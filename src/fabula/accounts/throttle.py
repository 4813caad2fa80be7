"""Limits on trying to sign in: a token bucket and growing delays, by name and by address.

They are the same for names that do not exist, so that an answer tells nothing.
"""

from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts import sign_in_repository as repository
from fabula.accounts.secrets import token_hash
from fabula.accounts.sign_in_repository import Limit
from fabula.core.errors import TooMany

NAME_TRIES = 10
NAME_REFILL_SECONDS = 60.0
NAME_PATIENCE = 4
ADDRESS_TRIES = 50
ADDRESS_REFILL_SECONDS = 2.0
LONGEST_DELAY_SECONDS = 300.0
_NEVER = 2**30
_SITE_BITS = 64


async def take(session: AsyncSession, name: str | None, address: str | None) -> int:
    """Count a try: 0 when it may go on, or the seconds to wait. The transaction must be committed
    in either case."""
    limits = []
    if name is not None:
        limits.append(Limit(_of_name(name), NAME_TRIES, NAME_REFILL_SECONDS, NAME_PATIENCE))
    if address is not None:
        key = _of_address(address)
        limits.append(Limit(key, ADDRESS_TRIES, ADDRESS_REFILL_SECONDS, _NEVER))
    return await repository.take(session, limits, LONGEST_DELAY_SECONDS) if limits else 0


async def take_turn(session: AsyncSession, what: str, turns: int, refill_seconds: float) -> int:
    """Count a turn of something costly that may be had ``turns`` times, and once more every
    ``refill_seconds``; as ``take``."""
    limit = Limit(token_hash(f"turn\n{what}"), turns, refill_seconds, _NEVER)
    return await repository.take(session, [limit], LONGEST_DELAY_SECONDS)


async def forget(session: AsyncSession, name: str) -> None:
    """Who has signed in starts afresh; the address does not, or one's own account would refill
    it."""
    await repository.forget(session, _of_name(name))


def refuse_for(seconds: int) -> None:
    """Raises ``TooMany`` where there is something to wait for."""
    if seconds:
        raise TooMany(
            f"Too many tries to sign in. Wait for {seconds} s and try again.", retry_after=seconds
        )


def _of_name(name: str) -> str:
    return token_hash(f"name\n{name}")


def _of_address(address: str) -> str:
    """Somebody with IPv6 has a whole /64 to try from."""
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return token_hash(f"address\n{ip_network((parsed, _SITE_BITS), strict=False)}")
    return token_hash(f"address\n{getattr(parsed, 'ipv4_mapped', None) or parsed}")
