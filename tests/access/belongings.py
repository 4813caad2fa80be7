"""One of everything that a person can have, made as they would make it."""

from uuid import UUID

import psycopg
from access_samples import OWNED_BY, ROWS, Person, insert_as

from studio import Studio, session_cookie

NAME = "zanzibar"
"""A word in everything with a text that a person made here."""


async def make_belongings(studio: Studio, word: str = NAME) -> dict[str, str]:
    """The ids of what the studio's person has then; ``word`` is in all their texts."""
    user_id = studio.caller.user_id
    await session_cookie(studio.database, user_id)
    await studio.client.post("/api/workspace/sessions", json={"name": word})
    job = await studio.made(prompt=f"a lighthouse in {word}", count=2)
    kept = await studio.client.post(f"/api/workspace/assets/{job['assets'][0]['id']}/keep")
    assert kept.status_code == 200
    await studio.client.put("/api/prompt-book/lists/sea", json={"entries": [word, "b"]})
    await studio.client.put("/api/prompt-book/snippets/sea", json={"text": word})
    sessions = (await studio.client.get("/api/workspace/sessions")).json()["items"]
    keys = (await studio.client.get("/api/me/api-keys")).json()["items"]
    mine = {"me": str(user_id)}
    identity = await studio.scalar(
        "INSERT INTO auth.identities (account_id, issuer, subject) "
        "VALUES (:me, 'https://home.example', :subject) RETURNING id",
        **mine,
        subject=f"subject {user_id}",
    )
    sign_in = await studio.scalar("SELECT id FROM auth.sessions WHERE account_id = :me", **mine)
    history = (await studio.client.get("/api/prompt-book/history")).json()["items"]
    return {
        "person_id": str(user_id),
        "job_id": job["id"],
        "staged": job["assets"][1]["id"],
        "kept": kept.json()["id"],
        "workspace": sessions[0]["id"],
        "sign_in": str(sign_in),
        "key_id": keys[0]["id"],
        "identity_id": str(identity),
        "prompt_id": history[0]["id"],
    }


def fill_other_tables(
    connection: psycopg.Connection[tuple[object, ...]], name: str, made: dict[str, str]
) -> None:
    """A sample row of the person in every table of people that still has none."""
    person = Person(name, UUID(made["person_id"]))
    ids = {
        **person.ids,
        "job": made["job_id"],
        "session": made["workspace"],
        "asset": made["staged"],
        "kept": made["kept"],
    }
    for table in ROWS:
        condition = OWNED_BY.get(table, "user_id = %(user)s")
        found = connection.execute(
            f"SELECT EXISTS (SELECT FROM {table} WHERE {condition})".encode(),  # noqa: S608
            ids,
        ).fetchone()
        if found == (False,):
            insert_as(connection, table, ids)
