"""SQL of signing in: attempts, the second factor and its recovery codes."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# A bucket fills by one token per `refill` seconds up to `capacity`; a try takes one. After
# `patience` tries the next one must wait for 1 second, then 2, 4 and so on; an hour of peace
# forgets them. All rows are locked in the same order, so that two requests never wait in a ring.
_TAKE = text("""
WITH asked AS (
    SELECT * FROM unnest(CAST(:keys AS text[]), CAST(:capacities AS float8[]),
        CAST(:refills AS float8[]), CAST(:patience AS integer[]))
        AS a(key, capacity, refill, patience)
    ORDER BY key),
taken AS (
    INSERT INTO auth.sign_in_buckets AS b (key, tokens, misses, next_at, filled_at, granted)
    SELECT key, capacity - 1, 1, now(), now(), true FROM asked
    ON CONFLICT (key) DO UPDATE SET (tokens, misses, next_at, filled_at, granted) = (
        SELECT has.tokens - granted::integer,
               has.misses + granted::integer,
               CASE WHEN granted AND has.misses + 1 >= a.patience
                    THEN has.at + make_interval(secs => least(:longest,
                         2.0 ^ least(has.misses + 1 - a.patience, 30)))
                    ELSE b.next_at END,
               has.at, granted
        FROM asked a,
             LATERAL (SELECT greatest(now(), b.filled_at) AS at) moment,
             LATERAL (SELECT moment.at,
                 least(a.capacity,
                       b.tokens + extract(epoch FROM moment.at - b.filled_at) / a.refill) AS tokens,
                 CASE WHEN b.filled_at < moment.at - interval '1 hour' THEN 0
                      ELSE b.misses END AS misses) has,
             LATERAL (SELECT has.tokens >= 1 AND b.next_at <= has.at AS granted) verdict
        WHERE a.key = b.key)
    RETURNING key, tokens, next_at, granted)
SELECT coalesce(max(ceil(greatest(extract(epoch FROM t.next_at - now()),
                                  (1 - t.tokens) * a.refill, 1))), 0)
FROM taken t JOIN asked a USING (key) WHERE NOT t.granted
""")
_FORGET = text("DELETE FROM auth.sign_in_buckets WHERE key = :key")
_DROP_OLD = text("DELETE FROM auth.sign_in_buckets WHERE filled_at < now() - interval '1 day'")

_FACTOR = text("""
SELECT sealed, confirmed_at IS NOT NULL AS confirmed, last_step FROM auth.second_factors
WHERE account_id = :account
""")
_BEGIN = text("""
INSERT INTO auth.second_factors AS f (account_id, sealed) VALUES (:account, :sealed)
ON CONFLICT (account_id) DO UPDATE SET sealed = excluded.sealed, created_at = now(), last_step = 0
WHERE f.confirmed_at IS NULL RETURNING account_id
""")
_PLAIN = text(
    "SELECT account_id, secret FROM auth.second_factors WHERE secret IS NOT NULL FOR UPDATE"
)
_SEAL = text("""
UPDATE auth.second_factors SET secret = NULL, sealed = :sealed WHERE account_id = :account
""")
_CONFIRM = text("""
UPDATE auth.second_factors SET confirmed_at = now(), last_step = :step
WHERE account_id = :account AND confirmed_at IS NULL RETURNING account_id
""")
_USE_STEP = text("""
UPDATE auth.second_factors SET last_step = :step
WHERE account_id = :account AND confirmed_at IS NOT NULL AND last_step < :step
RETURNING account_id
""")
_REMOVE = text("DELETE FROM auth.second_factors WHERE account_id = :account RETURNING account_id")
_DROP_CODES = text("DELETE FROM auth.recovery_codes WHERE account_id = :account")
_ADD_CODES = text("""
INSERT INTO auth.recovery_codes (account_id, code_hash)
SELECT :account, unnest(CAST(:hashes AS text[]))
""")
_USE_CODE = text("""
UPDATE auth.recovery_codes SET used_at = now()
WHERE account_id = :account AND code_hash = :hash AND used_at IS NULL RETURNING account_id
""")
_CODES_LEFT = text("""
SELECT count(*) FROM auth.recovery_codes WHERE account_id = :account AND used_at IS NULL
""")


@dataclass(frozen=True, slots=True)
class Limit:
    """A bucket: ``refill`` is the seconds to a new token, ``patience`` the tries without delay."""

    key: str
    capacity: float
    refill: float
    patience: int


@dataclass(frozen=True, slots=True)
class Factor:
    """``sealed`` is the secret as it is stored: encrypted."""

    sealed: str
    confirmed: bool
    last_step: int


async def take(session: AsyncSession, limits: list[Limit], longest_delay: float) -> int:
    """Take a token of each bucket in one statement: 0, or the seconds to wait where one refused."""
    values = {
        "keys": [limit.key for limit in limits],
        "capacities": [limit.capacity for limit in limits],
        "refills": [limit.refill for limit in limits],
        "patience": [limit.patience for limit in limits],
        "longest": longest_delay,
    }
    return int(await session.scalar(_TAKE, values) or 0)


async def forget(session: AsyncSession, key: str) -> None:
    await session.execute(_FORGET, {"key": key})


async def drop_old_buckets(session: AsyncSession) -> None:
    await session.execute(_DROP_OLD)


async def factor(session: AsyncSession, account_id: UUID) -> Factor | None:
    row = (await session.execute(_FACTOR, {"account": account_id})).one_or_none()
    return Factor(row.sealed, row.confirmed, row.last_step) if row else None


async def begin_factor(session: AsyncSession, account_id: UUID, sealed: str) -> bool:
    """Keep a secret that is not confirmed yet; False where a confirmed one is in force."""
    values = {"account": account_id, "sealed": sealed}
    return await session.scalar(_BEGIN, values) is not None


async def plain_secrets(session: AsyncSession) -> list[tuple[UUID, str]]:
    """Secrets of before they were encrypted, held for that."""
    return [(row.account_id, row.secret) for row in await session.execute(_PLAIN)]


async def seal_secret(session: AsyncSession, account_id: UUID, sealed: str) -> None:
    await session.execute(_SEAL, {"account": account_id, "sealed": sealed})


async def confirm_factor(session: AsyncSession, account_id: UUID, step: int) -> bool:
    return await session.scalar(_CONFIRM, {"account": account_id, "step": step}) is not None


async def use_step(session: AsyncSession, account_id: UUID, step: int) -> bool:
    """Use a time step up; False where it or a later one was used already."""
    return await session.scalar(_USE_STEP, {"account": account_id, "step": step}) is not None


async def remove_factor(session: AsyncSession, account_id: UUID) -> bool:
    return await session.scalar(_REMOVE, {"account": account_id}) is not None


async def replace_codes(session: AsyncSession, account_id: UUID, hashes: list[str]) -> None:
    await session.execute(_DROP_CODES, {"account": account_id})
    await session.execute(_ADD_CODES, {"account": account_id, "hashes": hashes})


async def use_code(session: AsyncSession, account_id: UUID, code_hash: str) -> bool:
    values = {"account": account_id, "hash": code_hash}
    return await session.scalar(_USE_CODE, values) is not None


async def codes_left(session: AsyncSession, account_id: UUID) -> int:
    return int(await session.scalar(_CODES_LEFT, {"account": account_id}) or 0)
