"""Processes that move credits at random, or all race for the last ones.

Run as ``python ledger_crowd.py DSN random|race SEED COUNT``; what it did is printed as JSON.
"""

import asyncio
import json
import random
import sys
from collections import Counter
from dataclasses import dataclass
from uuid import UUID, uuid5

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from fabula.accounts.credits import service
from fabula.accounts.credits.errors import InsufficientCredits
from fabula.core.database import Database
from fabula.core.errors import Conflict

PEOPLE = 8
JOBS = 4000
TOGETHER = 12
"""Operations of a transaction, at most."""
_SPACE = UUID("0a1de1b0-5b6f-4c1b-8d0a-2f6a4f1c9d55")
_PEOPLE = text("SELECT id FROM profiles ORDER BY username")
WEIGHTS = {"reserve": 40, "settle": 25, "release": 15, "grant": 10, "adjustment": 7, "lost": 3}


class Lost(Exception):
    """The transaction is rolled back here."""


def job(number: int) -> UUID:
    """Jobs are shared: two processes may end the same one."""
    return uuid5(_SPACE, str(number))


@dataclass
class Hand:
    """One hand in a process; it moves credits of whoever comes up."""

    database: Database
    people: list[UUID]
    dice: random.Random
    done: Counter[str]

    async def work(self, operations: int) -> None:
        while operations:
            count = min(operations, self.dice.randint(1, TOGETHER))
            people = self.dice.sample(range(PEOPLE), self.dice.choice((1, 1, 2)))
            try:
                async with self.database.system() as session:
                    await service.lock_people(session, (self.people[one] for one in people))
                    for _ in range(count):
                        operations -= 1
                        await self.operate(session, self.dice.choice(people))
            except (InsufficientCredits, Conflict, Lost) as error:
                self.done[type(error).__name__] += 1

    async def operate(self, session: AsyncSession, one: int) -> None:
        what = self.dice.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        self.done[what] += 1
        number = self.dice.randrange(JOBS // PEOPLE) * PEOPLE + one
        price = 1 + number % 18
        match what:
            case "reserve":
                await service.reserve(session, self.people[one], job(number), price)
            case "settle":
                await service.settle(session, job(number), self.dice.randint(0, price))
            case "release":
                await service.release(session, job(number))
            case "grant" | "adjustment":
                amount = self.dice.randint(1, 20) * (1 if what == "grant" else -1)
                await service.grant(session, self.people[one], amount, "luck", None)
            case _:
                raise Lost


async def crowd(dsn: str, seed: int, operations: int) -> Counter[str]:
    """Four hands at once; how often each kind of operation was tried, and why some were lost."""
    done: Counter[str] = Counter()
    database = Database(dsn, pool_size=4, secret=bytes(32))
    async with database.system() as session:
        people = list(await session.scalars(_PEOPLE))
    hands = [Hand(database, people, random.Random(seed * 4 + hand), done) for hand in range(4)]
    await asyncio.gather(*(hand.work(operations // 4) for hand in hands))
    await database.close()
    return done


async def race(dsn: str, seed: int, count: int) -> Counter[str]:
    """Many small jobs for the same few credits."""
    done: Counter[str] = Counter()
    database = Database(dsn, pool_size=4, secret=bytes(32))
    async with database.system() as session:
        person = (await session.scalars(_PEOPLE)).first()
    assert person

    async def one(number: int) -> None:
        try:
            async with database.system() as session:
                await service.reserve(session, person, uuid5(_SPACE, f"{seed}-{number}"), 7)
            done["reserve"] += 1
        except InsufficientCredits:
            done["InsufficientCredits"] += 1

    await asyncio.gather(*(one(number) for number in range(count)))
    await database.close()
    return done


if __name__ == "__main__":
    dsn, kind, seed, size = sys.argv[1:]
    work = race if kind == "race" else crowd
    sys.stdout.write(json.dumps(asyncio.run(work(dsn, int(seed), int(size)))))
